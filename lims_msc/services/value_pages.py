"""What pages show of values that are no curve: by quantity, each with the cells it is from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from lims_msc.domain.curve import Signal
from lims_msc.domain.layout import WellRole
from lims_msc.domain.plate import SourceCell, WellAddress
from lims_msc.domain.value_wording import (
    KEY_TITLES,
    has_number,
    in_words,
    interval_of_value,
    key_texts,
    value_text,
)
from lims_msc.models import Analysis
from lims_msc.services.analyses import stored_signals
from lims_msc.services.read_models import ValueLine

_ROLES = tuple(WellRole)
Signals: TypeAlias = Mapping[WellAddress, Signal]


@dataclass(frozen=True, slots=True)
class WellPlace:
    """A well that a result was computed from: its reading, and the cell of the file that has it.

    ``reference_source`` is the cell of the reading that was subtracted from it, where one was.
    """

    well: WellAddress
    signal: float | None = None
    source: SourceCell | None = None
    reference_source: SourceCell | None = None


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value of a group: what it is of, and its number, bound or reason in words.

    ``of`` has one text for each heading of the group.
    """

    line: ValueLine
    of: tuple[str, ...]
    text: str
    is_number: bool
    interval: str
    reason: str
    wells: tuple[WellPlace, ...]


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """The values of one quantity.

    ``common`` is what all of them share, ``headings`` are of what tells them apart.
    """

    title: str
    common: str
    headings: tuple[str, ...]
    rows: tuple[ValueRow, ...]
    definitions: tuple[str, ...]
    intervals: tuple[str, ...]

    @property
    def numbers(self) -> int:
        """How many of the values are numbers."""
        return sum(row.is_number for row in self.rows)


def signals_of_analysis(session: Session, analysis_id: int) -> dict[WellAddress, Signal]:
    """Return the reading of each well that an analysis was computed from."""
    return stored_signals(session, session.get_one(Analysis, analysis_id))


def places_of(wells: Iterable[WellAddress], signals: Signals) -> tuple[WellPlace, ...]:
    """Return these wells with their readings and cells."""
    return tuple(_place_of(well, signals.get(well)) for well in wells)


def _place_of(well: WellAddress, signal: Signal | None) -> WellPlace:
    if signal is None:
        return WellPlace(well)
    reference = signal.subtraction.reference_source if signal.subtraction else None
    return WellPlace(well, signal.value, signal.source, reference)


def group_values(
    lines: Iterable[ValueLine], signals: Signals | None = None
) -> tuple[ValueGroup, ...]:
    """Return the values by quantity, like beside like; quantities in the order of the assay."""
    groups: dict[tuple[str, str, str], list[ValueLine]] = {}
    for line in lines:
        value = line.value
        groups.setdefault((value.name, value.title, value.unit), []).append(line)
    return tuple(
        _group(title or name, members, signals or {})
        for (name, title, _), members in groups.items()
    )


def _like_beside_like(line: ValueLine) -> tuple[object, ...]:
    """Return what rows are sorted by: plate, role, materials, more MSC first, E:T, sample."""
    key = line.value.key
    return (
        line.plate_code,
        _ROLES.index(key.role),
        key.batch_code,
        key.priming,
        key.responder_code,
        key.stimulus,
        key.treatment,
        -(key.msc_per_responder or 0.0),
        key.effectors_per_target or 0.0,
        key.sample_code,
        key.mode,
    )


def _group(title: str, lines: list[ValueLine], signals: Signals) -> ValueGroup:
    lines = sorted(lines, key=_like_beside_like)
    texts = [key_texts(line.value.key) for line in lines]
    columns = range(len(KEY_TITLES))
    shared = [c for c in columns if len(lines) > 1 and len({text[c] for text in texts}) == 1]
    used = [c for c in columns if c not in shared and any(text[c] for text in texts)]
    return ValueGroup(
        title=title,
        common=", ".join(in_words(c, texts[0][c]) for c in shared if texts[0][c]),
        headings=tuple(KEY_TITLES[column] for column in used),
        rows=tuple(
            _row(line, tuple(text[column] for column in used), signals)
            for line, text in zip(lines, texts, strict=True)
        ),
        definitions=_different(line.value.definition for line in lines),
        intervals=_different(line.value.interval for line in lines),
    )


def _row(line: ValueLine, of: tuple[str, ...], signals: Signals) -> ValueRow:
    value = line.value
    text = value_text(value)
    return ValueRow(
        line=line,
        of=of,
        text=text,
        is_number=has_number(value),
        interval=interval_of_value(value),
        reason=value.reason if value.reason != text else "",
        wells=places_of(value.wells, signals),
    )


def _different(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
