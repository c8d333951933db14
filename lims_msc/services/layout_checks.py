"""Whether a file and a layout describe the same plate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lims_msc.domain.curve import Signal
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout
from lims_msc.domain.plate import PlateReading, SourceCell, WellAddress, WellReading

_NAMED_WELLS = 12


def check_against_layout(
    layout: PlateLayout,
    plate_reading: PlateReading,
    signals: Mapping[WellAddress, Signal],
    plate_code: str,
) -> tuple[Finding, ...]:
    """Return everything that speaks against the file being of this plate."""
    return (
        *_outside(layout, signals),
        *_unread(layout, plate_reading, signals),
        *_unused(layout, signals),
        *_other_name(plate_reading, plate_code),
        *_doubled(plate_reading),
    )


def _outside(layout: PlateLayout, signals: Mapping[WellAddress, Signal]) -> Iterable[Finding]:
    outside = [well for well in signals if well not in layout.plate_format]
    if outside:
        yield Finding(
            Level.ERROR,
            "layout.outside",
            f"The file has readings of {_list(outside)}, but the plate map describes a plate of "
            f"{layout.plate_format.value} wells.",
            "Upload the file of this plate, or correct 'Wells of the plate' in the plate map.",
            **_at(signals[outside[0]].source),
        )


def _unread(
    layout: PlateLayout, plate_reading: PlateReading, signals: Mapping[WellAddress, Signal]
) -> Iterable[Finding]:
    used = [c for _, c in sorted(layout.contents.items()) if c.role.is_read]
    unread = [content for content in used if content.well not in signals]
    if not unread:
        return
    if not {content.well for content in unread}.isdisjoint(plate_reading.wells):
        wells = _list([content.well for content in unread])
        message = (
            f"The plate map uses {wells}, but what was chosen as the signal is not read there."
        )
    elif len(unread) == len(used):
        message = "The file has no reading of any well that the plate map uses."
    else:
        wells = _list([content.well for content in unread])
        message = f"The plate map uses {wells}, but the file has no reading there."
    roles = ", ".join(dict.fromkeys(content.role.value for content in unread))
    yield Finding(
        Level.ERROR,
        "layout.unread",
        message,
        f"The roles are {roles}. Upload the file of this plate, or correct the plate map "
        "(a well that was lost has the role EXCLUDED).",
        **_at(unread[0].source),
        well=str(unread[0].well),
    )


def _unused(layout: PlateLayout, signals: Mapping[WellAddress, Signal]) -> Iterable[Finding]:
    unused = [
        well
        for well in sorted(signals)
        if well in layout.plate_format
        and (well not in layout.contents or not layout.contents[well].role.is_read)
    ]
    if unused:
        yield Finding(
            Level.NOTE,
            "layout.unused",
            f"The reader measured {_list(unused)}, but the plate map does not use them.",
            "Their readings are kept and enter no result.",
        )


def _other_name(plate_reading: PlateReading, plate_code: str) -> Iterable[Finding]:
    if plate_reading.plate and plate_reading.plate != plate_code:
        yield Finding(
            Level.WARNING,
            "layout.other_name",
            f"The file calls the plate '{plate_reading.plate}', the plate map '{plate_code}'.",
            "Check that this is the file of this plate.",
        )


def _doubled(plate_reading: PlateReading) -> Iterable[Finding]:
    seen: dict[tuple[object, ...], WellReading] = {}
    for reading in plate_reading.readings:
        key = (reading.well, reading.sample, reading.read.label, reading.time_s)
        first = seen.setdefault(key, reading)
        if first is not reading:
            yield Finding(
                Level.ERROR,
                "layout.doubled",
                f"The file has two readings of {reading.well or reading.sample} for "
                f"'{reading.read.label}': in {first.source} and in {reading.source}.",
                "Export the plate again, one measurement a file.",
                **_at(reading.source),
                well=str(reading.well or ""),
            )
            return


def _list(wells: Sequence[WellAddress]) -> str:
    names = ", ".join(str(well) for well in wells[:_NAMED_WELLS])
    more = f" and {len(wells) - _NAMED_WELLS} more" if len(wells) > _NAMED_WELLS else ""
    return f"{'well' if len(wells) == 1 else 'wells'} {names}{more}"


def _at(source: SourceCell | None) -> dict[str, str]:
    return {"sheet": source.sheet, "cell": source.cell} if source else {}
