"""What the page of a plate and the preview show: the grid of wells with roles and readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.curve import Signal
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.findings import Finding
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent
from lims_msc.domain.plate import SourceCell, WellAddress, row_letters
from lims_msc.domain.relations import PairRelation
from lims_msc.domain.value_wording import number_text
from lims_msc.errors import NotFound
from lims_msc.models import Import, Plate
from lims_msc.registry import Registry
from lims_msc.services.analyses import read_of, stored_signals
from lims_msc.services.codec import findings_from_json
from lims_msc.services.consents import consents_behind
from lims_msc.services.exports import current_analysis
from lims_msc.services.plate_maps import conditions_of, layout_of
from lims_msc.services.queries import plate_lines, readout_title
from lims_msc.services.read_models import PlateLine
from lims_msc.services.relations import pair_relations

_SHADES = 9
_LONGEST_LABEL = 9


@dataclass(frozen=True, slots=True)
class GridWell:
    """One well of the grid: what stands in it, what was read, and where that stands.

    ``shade`` is 0 (lowest reading of the plate) to 8 (highest), ``None`` without a value.
    """

    well: str
    role: str
    label: str
    description: str
    value: str
    shade: int | None
    source: SourceCell | None


@dataclass(frozen=True, slots=True)
class Grid:
    """The wells of a plate by row, with the range of the readings that the shades span."""

    columns: tuple[int, ...]
    rows: tuple[tuple[str, tuple[GridWell, ...]], ...]
    roles: tuple[tuple[str, str], ...]
    lowest: str
    highest: str


@dataclass(frozen=True, slots=True)
class PlatePage:
    """A plate with its grid, and its file where it has one."""

    line: PlateLine
    study_title: str
    is_simulated: bool
    readout: str
    arrest: str
    conditions: str
    map_file_id: int
    created_by: str
    grid: Grid
    file_id: int | None
    file_name: str
    importer: str
    imported_by: str
    imported_at: datetime | None
    read: str
    findings: tuple[Finding, ...]
    relations: tuple[PairRelation, ...] = ()
    consents: tuple[Finding, ...] = ()


def plate_page(session: Session, registry: Registry, plate_id: int) -> PlatePage:
    """Return what the page of a plate shows.

    :raises NotFound: if there is none of that number.
    """
    plate = session.get(Plate, plate_id)
    if plate is None:
        raise NotFound(f"There is no plate number {plate_id}.")
    chosen = select(Plate).where(Plate.id == plate_id)
    source = session.scalar(select(Import).where(Import.plate_id == plate_id))
    analysis = current_analysis(session, plate_id)
    layout = layout_of(plate)
    pairs = [(c.batch_code, c.responder_code) for c in layout.contents.values()]
    signals: Mapping[WellAddress, Signal] = {}
    if source is not None and analysis is not None:
        signals = stored_signals(session, analysis)
    return PlatePage(
        line=plate_lines(session, registry, chosen)[0],
        study_title=plate.experiment.study.title,
        is_simulated=plate.experiment.study.is_simulated,
        readout=readout_title(registry, plate.assay_key, plate.readout),
        arrest=plate.arrest,
        conditions=_conditions(conditions_of(plate)),
        map_file_id=plate.map_file_id,
        created_by=plate.created_by_name,
        grid=grid(layout, signals),
        file_id=source.source_file_id if source else None,
        file_name=source.source_file.file_name if source else "",
        importer=f"{source.importer_key} {source.importer_version}" if source else "",
        imported_by=source.accepted_by_name if source else "",
        imported_at=source.accepted_at if source else None,
        read=read_of(analysis).title if analysis else "",
        findings=findings_from_json(source.findings) if source else _about_layout(registry, plate),
        relations=pair_relations(session, pairs),
        consents=consents_behind(session, pairs),
    )


def _conditions(conditions: PlateConditions) -> str:
    """Return what was stated about the whole plate, in words."""
    volume, hours = conditions.supernatant_volume_ml, conditions.culture_hours
    parts = (
        f"concentrations in {conditions.concentration_unit}" * bool(conditions.concentration_unit),
        "" if volume is None else f"supernatants of {number_text(volume)} mL",
        "" if hours is None else f"culture of {number_text(hours)} h",
    )
    return ", ".join(part for part in parts if part)


def _about_layout(registry: Registry, plate: Plate) -> tuple[Finding, ...]:
    """Return what the assay says about a layout that waits for its readings."""
    assay = registry.assay_types.get(plate.assay_key)
    return assay.check_layout(layout_of(plate)) if assay else ()


def grid(layout: PlateLayout, signals: Mapping[WellAddress, Signal]) -> Grid:
    """Return the wells of a layout with their readings."""
    values = [signal.value for signal in signals.values() if signal.value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    rows = range(1, layout.plate_format.rows + 1)
    columns = tuple(range(1, layout.plate_format.columns + 1))
    roles = {content.role: None for _, content in sorted(layout.contents.items())}
    return Grid(
        columns=columns,
        rows=tuple(
            (
                row_letters(row),
                tuple(
                    _grid_well(layout, signals, WellAddress(row, column), (low, high))
                    for column in columns
                ),
            )
            for row in rows
        ),
        roles=tuple((role.value, role.meaning) for role in roles),
        lowest=_short(low) if values else "",
        highest=_short(high) if values else "",
    )


def _grid_well(
    layout: PlateLayout,
    signals: Mapping[WellAddress, Signal],
    well: WellAddress,
    span: tuple[float, float],
) -> GridWell:
    content, signal = layout.contents.get(well), signals.get(well)
    value = ""
    if signal is not None:
        value = _short(signal.value) if signal.value is not None else str(signal.marker)
    return GridWell(
        well=str(well),
        role=content.role.value if content else "EMPTY",
        label=_label(content),
        description=_description(well, content, value) + _reference(signal),
        value=value,
        shade=_shade(signal, span),
        source=signal.source if signal else None,
    )


def _reference(signal: Signal | None) -> str:
    """Return in words what was subtracted from a reading, with its cell."""
    if signal is None or signal.subtraction is None:
        return ""
    measured, reference = signal.subtraction.measured, signal.subtraction.reference
    texts = [
        _short(number) if number is not None else "no number" for number in (measured, reference)
    ]
    return f": {texts[0]} minus {texts[1]} in {signal.subtraction.reference_source}"


def _short(value: float) -> str:
    """Return a reading as it fits into a well: four digits, and large counts without a power."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _shade(signal: Signal | None, span: tuple[float, float]) -> int | None:
    if signal is None or signal.value is None:
        return None
    low, high = span
    if high == low:
        return 0
    return min(_SHADES - 1, int((signal.value - low) / (high - low) * _SHADES))


def _label(content: WellContent | None) -> str:
    """Return what tells a well from others of its role, as short as it fits into the grid."""
    if content is None:
        return ""
    if content.standard_concentration is not None:
        return number_text(content.standard_concentration)
    if content.effectors_per_target is not None:
        return f"{number_text(content.effectors_per_target)}:1"
    if content.sample_code:
        is_short = len(content.sample_code) <= _LONGEST_LABEL
        return content.sample_code if is_short else f"{content.sample_code[:_LONGEST_LABEL]}…"
    return ratio_text(content.dose.msc_per_responder) if content.dose else ""


def _description(well: WellAddress, content: WellContent | None, value: str) -> str:
    if content is None:
        return f"{well}: unused" + (f", reading {value}" if value else "")
    parts = (
        f"{well}: {content.role.value}",
        f"supernatant of {content.sample_of.value}" if content.sample_of else "",
        content.sample_code,
        str(content.dose) if content.dose else "",
        _said("E:T", content.effectors_per_target, ":1"),
        content.batch_code,
        content.priming,
        content.responder_code,
        content.stimulus,
        content.treatment,
        _said("concentration", content.standard_concentration),
        _said("diluted", content.dilution_factor, "-fold"),
        f"reading {value}" if value else "",
    )
    return ", ".join(part for part in parts if part)


def _said(what: str, number: float | None, after: str = "") -> str:
    return "" if number is None else f"{what} {number_text(number)}{after}"
