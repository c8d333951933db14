"""Whether the readings of an upload were imported before, from a file of other bytes.

A file that was saved again has other bytes and the same readings; a file with an edited well has
nearly the same.  Both are told with the earlier file; a person decides what that means.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.plate import PlateReading, SourceCell, WellAddress, WellReading
from lims_msc.models import Import, Reading

_PROBES = 8
_FEWEST_VALUES = 6
_FEWEST_DISTINCT = 4
_SHARE_NEARLY_SAME = 0.9
_NAMED_DIFFERENCES = 12
# Programs that save a file again may round the sixteenth digit.
_RELATIVE_TOLERANCE = 1e-12

_Key = tuple[str, float | None, int]
_Entry = tuple[float | None, str, SourceCell]


def compare_with_earlier(
    session: Session, plate_reading: PlateReading, source_file_id: int
) -> tuple[Finding, ...]:
    """Return a warning for each earlier import that has all or nearly all of these readings.

    Whole plates are compared by well, time and value; names of files, plates and reads play no
    part, because they change when a file is saved again.
    """
    here = _entries(plate_reading.readings)
    values = [value for value, _, _ in here.values() if value is not None]
    if len(values) < _FEWEST_VALUES or len(set(values)) < _FEWEST_DISTINCT:
        return ()
    findings = []
    for earlier in _candidates(session, plate_reading.readings, source_file_id):
        rows = select(Reading).where(Reading.import_id == earlier.id).order_by(Reading.position)
        there = _stored_entries(session.scalars(rows))
        finding = _compared(here, there, earlier)
        if finding is not None:
            findings.append(finding)
    return tuple(findings)


def _candidates(
    session: Session, readings: Sequence[WellReading], source_file_id: int
) -> Iterable[Import]:
    """Return imports from other files that have half of some probes: same well, same value."""
    numbers = [r for r in readings if r.value is not None]
    probes = numbers[:: max(1, len(numbers) // _PROBES)][:_PROBES]
    is_probe = or_(
        *(
            and_(
                Reading.row.is_(r.well.row if r.well else None),
                Reading.column.is_(r.well.column if r.well else None),
                Reading.value.between(*_around(r.value or 0.0)),
            )
            for r in probes
        )
    )
    shared = (
        select(Reading.import_id)
        .where(is_probe)
        .group_by(Reading.import_id)
        .having(func.count() * 2 >= len(probes))
    )
    found = select(Import).where(Import.id.in_(shared), Import.source_file_id != source_file_id)
    return session.scalars(found.order_by(Import.id)).all()


def _around(value: float) -> tuple[float, float]:
    margin = abs(value) * _RELATIVE_TOLERANCE
    return value - margin, value + margin


def _entries(readings: Iterable[WellReading]) -> dict[_Key, _Entry]:
    rows = ((r.place or r.sample, r.time_s, r.value, r.raw, r.source) for r in readings)
    return _keyed(rows)


def _stored_entries(readings: Iterable[Reading]) -> dict[_Key, _Entry]:
    return _keyed(
        (
            str(WellAddress(r.row, r.column)) if r.row and r.column else r.sample,
            r.time_s,
            r.value,
            r.raw,
            SourceCell(r.sheet, r.cell),
        )
        for r in readings
    )


def _keyed(
    rows: Iterable[tuple[str, float | None, float | None, str, SourceCell]],
) -> dict[_Key, _Entry]:
    """Key readings by place and time; several of one place and time are counted."""
    seen: Counter[tuple[str, float | None]] = Counter()
    keyed: dict[_Key, _Entry] = {}
    for place, time_s, value, raw, source in rows:
        keyed[place, time_s, seen[place, time_s]] = (value, raw, source)
        seen[place, time_s] += 1
    return keyed


def _compared(
    here: dict[_Key, _Entry], there: dict[_Key, _Entry], earlier: Import
) -> Finding | None:
    everything = [*here, *(key for key in there if key not in here)]
    different = [key for key in everything if not _is_same(here.get(key), there.get(key))]
    if len(different) > (1 - _SHARE_NEARLY_SAME) * len(everything):
        return None
    name = (
        f"the file '{earlier.source_file.file_name}', which was imported for the plate"
        f" '{earlier.plate.code}' on {earlier.accepted_at:%Y-%m-%d %H:%M} UTC"
        f" by {earlier.accepted_by_name}"
    )
    if not different:
        return Finding(
            Level.WARNING,
            "readings.same",
            f"All readings are those of {name}.",
            "It is probably the same measurement, saved again. Check that it is not used twice.",
        )
    words = "; ".join(_difference(key, here, there) for key in different[:_NAMED_DIFFERENCES])
    more = len(different) - _NAMED_DIFFERENCES
    at = next((here[key][2] for key in different if key in here), SourceCell("", ""))
    return Finding(
        Level.WARNING,
        "readings.nearly_same",
        f"{len(different)} of {len(everything)} readings differ from {name}: {words}"
        + (f"; and {more} more." if more > 0 else "."),
        "It is probably the same measurement with edited wells. Find out which file is right.",
        sheet=at.sheet,
        cell=at.cell,
        well=different[0][0],
    )


def _is_same(here: _Entry | None, there: _Entry | None) -> bool:
    if here is None or there is None:
        return False
    if here[0] is None or there[0] is None:
        return here[0] is there[0]
    return math.isclose(here[0], there[0], rel_tol=_RELATIVE_TOLERANCE)


def _difference(key: _Key, here: dict[_Key, _Entry], there: dict[_Key, _Entry]) -> str:
    """Return one difference in words, with the texts of both files."""
    now, before = (f"'{e[key][1]}'" if key in e else "nothing" for e in (here, there))
    time_s = key[1]
    place = key[0] if time_s is None else f"{key[0]} at {time_s:g} s"
    return f"{place} holds {now} here and {before} there"
