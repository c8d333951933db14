"""What the suppression figure shows: panels, labels, symbols, and the numbers behind them.

Plain data without any drawing, so that the figure and its source data cannot differ.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lims_msc.domain.curve import CurveResult, DosePoint
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.exporting import PlateRecord, PublicationBundle
from lims_msc.domain.layout import WellRole
from lims_msc.errors import InputError
from lims_msc.exports.columns import Column, ColumnType, Table
from lims_msc.exports.rows import StudyRow, is_headline, origin

PLATE_OPTION, MODE_OPTION = "plate", "mode"

# Okabe and Ito's palette, without yellow, which cannot be read on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
# How a symbol is filled and how its line is broken, for curves of one batch.
FILLS = ("full", "none", "left", "right")
LINES = ("-", "--", ":", "-.")


@dataclass(frozen=True, slots=True)
class Style:
    """How a curve looks; it can be told from the others without its colour."""

    colour: str
    marker: str
    fill: str
    line: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One curve of a panel with the label that the legend shows."""

    label: str
    variant: str
    plate: PlateRecord
    curve: CurveResult


@dataclass(frozen=True, slots=True)
class Panel:
    """The curves of one assay, responder and background mode; ``left_out`` says what is missing."""

    letter: str
    title: str
    mode: str
    n_text: str
    drawn: tuple[Drawn, ...]
    left_out: tuple[str, ...]


def panels_of(bundle: PublicationBundle, options: Mapping[str, str]) -> tuple[Panel, ...]:
    """Return the panels in the order of the plates.

    Option ``plate`` restricts them to the plate of that code; option ``mode`` takes that
    background mode instead of the one that each assay shows first.

    :raises InputError: if no plate or no curve answers to the options.
    """
    groups: dict[tuple[str, str, str, str], list[tuple[PlateRecord, CurveResult]]] = {}
    for plate in _plates(bundle, options):
        for curve in plate.curves:
            mode = options.get(MODE_OPTION)
            if curve.key.mode.value == mode if mode else is_headline(plate, curve):
                key = (plate.assay_key, plate.readout, curve.key.responder_code, curve.key.mode)
                groups.setdefault(key, []).append((plate, curve))
    if not groups:
        raise InputError(
            f"The study '{bundle.study_code}' has no curve to draw.",
            hint="Choose another plate or background mode.",
        )
    letters = _letters()
    return tuple(_panel(next(letters), bundle, members) for members in groups.values())


def _plates(bundle: PublicationBundle, options: Mapping[str, str]) -> tuple[PlateRecord, ...]:
    wanted = options.get(PLATE_OPTION)
    plates = tuple(p for p in bundle.plates if not wanted or p.plate_code == wanted)
    if not plates:
        codes = ", ".join(plate.plate_code for plate in bundle.plates) or "none"
        raise InputError(
            f"The study '{bundle.study_code}' has no plate '{wanted or ''}'.",
            hint=f"Its plates are: {codes}.",
        )
    return plates


def _letters() -> Iterator[str]:
    yield from string.ascii_lowercase
    yield from (a + b for a in string.ascii_lowercase for b in string.ascii_lowercase)


def _panel(
    letter: str, bundle: PublicationBundle, members: list[tuple[PlateRecord, CurveResult]]
) -> Panel:
    labelled = _labelled(members)
    drawn = tuple(d for d in labelled if d.curve.points)
    left_out = tuple(
        f"{d.label}: {d.curve.reason or d.curve.status}" for d in labelled if not d.curve.points
    )
    return Panel(
        letter=letter,
        title=_title(members),
        mode=members[0][1].key.mode.value,
        n_text=_n_text(bundle, drawn),
        drawn=drawn,
        left_out=left_out,
    )


def _title(members: list[tuple[PlateRecord, CurveResult]]) -> str:
    """Name assay and responder, and the stimulus where all curves have the same."""
    plate, curve = members[0]
    responder = f"responder {curve.key.responder_code}" if curve.key.responder_code else ""
    stimuli = {member.key.stimulus for _, member in members}
    stimulus = curve.key.stimulus if len(stimuli) == 1 else ""
    return ", ".join(part for part in (plate.assay_title, responder, stimulus) if part)


def _labelled(members: list[tuple[PlateRecord, CurveResult]]) -> list[Drawn]:
    """Label curves by batch and priming, and by whatever else two curves of one batch differ in."""
    traits = [_traits(plate, curve) for plate, curve in members]
    named = [(_batch(curve), curve.key.priming) for _, curve in members]
    labelled = []
    for (plate, curve), own, name in zip(members, traits, named, strict=True):
        twins = [trait for trait, other in zip(traits, named, strict=True) if other == name]
        differing = [
            value or "none" for i, value in enumerate(own) if len({twin[i] for twin in twins}) > 1
        ]
        variant = ", ".join(part for part in (curve.key.priming, *differing) if part)
        label = ", ".join(part for part in (_batch(curve), variant) if part)
        labelled.append(Drawn(label, variant, plate, curve))
    return labelled


def _traits(plate: PlateRecord, curve: CurveResult) -> tuple[str, ...]:
    key = curve.key
    return (key.stimulus, key.treatment, plate.experiment_code, plate.plate_code)


def _batch(curve: CurveResult) -> str:
    code = curve.key.batch_code or curve.key.role.meaning
    return f"{code} (reference)" if curve.key.role is WellRole.REF_MSC else code


def _n_text(bundle: PublicationBundle, drawn: Iterable[Drawn]) -> str:
    """Say what was repeated: batches, donors, plates, and wells per dose."""
    shown = tuple(drawn)
    if not shown:
        return "n = 0: no curve could be evaluated"
    donor_of = {batch.batch_code: batch.donor_code for batch in bundle.batches}
    codes = {d.curve.key.batch_code for d in shown} - {""}
    text = f"n = {_count(len(codes), 'MSC batch', 'MSC batches')}"
    if codes and codes <= donor_of.keys():
        text += f" of {_count(len({donor_of[code] for code in codes}), 'donor', 'donors')}"
    wells = {len(point.replicates) for d in shown for point in d.curve.points}
    span = f"{min(wells)}" if len(wells) == 1 else f"{min(wells)}–{max(wells)}"
    plates = len({d.plate.plate_code for d in shown})
    noun = "well" if wells == {1} else "wells"
    return f"{text}; {_count(plates, 'plate', 'plates')}; {span} {noun} per dose"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def styles_of(panels: Iterable[Panel]) -> dict[str, Style]:
    """Return the style of each label, the same in all panels, in the order of the legend.

    Colour and shape stand for the batch, filling and line for what else differs; with many such
    variants every curve gets its own colour and shape.
    """
    shown = {d.label: d for panel in panels for d in panel.drawn}
    variants = list(dict.fromkeys(d.variant for d in shown.values()))
    batches = list(dict.fromkeys(_batch(d.curve) for d in shown.values()))
    styles = {}
    for number, (label, drawn) in enumerate(shown.items()):
        has_few = len(variants) <= len(FILLS)
        first = batches.index(_batch(drawn.curve)) if has_few else number
        second = variants.index(drawn.variant) if has_few else 0
        styles[label] = Style(
            COLOURS[first % len(COLOURS)],
            MARKERS[first % len(MARKERS)],
            FILLS[second],
            LINES[second],
        )
    return styles


@dataclass(frozen=True, slots=True)
class SourceRow(StudyRow):
    """One symbol of the figure: a mean, or a single well."""

    panel: Panel
    drawn: Drawn
    point: DosePoint
    well: str
    suppression_percent: float
    se_percent: float | None


def _source_rows(bundle: PublicationBundle) -> Iterator[SourceRow]:
    for panel in panels_of(bundle, {}):
        for drawn in panel.drawn:
            for point in drawn.curve.points:
                yield SourceRow(
                    bundle, panel, drawn, point, "", point.suppression_percent, point.se_percent
                )
                for one in point.replicates:
                    name, percent = str(one.well), one.suppression_percent
                    yield SourceRow(bundle, panel, drawn, point, name, percent, None)


SOURCE_DATA: Table[SourceRow] = Table(
    path="figures/source_data.csv",
    one_row_per="symbol of the figure: the mean of a dose, or a single well",
    columns=(
        Column("study", "code of the study", lambda r: r.bundle.study_code),
        Column(
            "data_origin",
            "measured, or simulated for numbers that no instrument measured",
            lambda r: origin(r.bundle),
        ),
        Column("panel", "letter of the panel", lambda r: r.panel.letter),
        Column("panel_title", "title of the panel", lambda r: r.panel.title),
        Column("mode", "background mode: what is subtracted", lambda r: r.panel.mode),
        Column("curve", "label of the curve in the legend", lambda r: r.drawn.label),
        Column("plate", "code of the plate", lambda r: r.drawn.plate.plate_code),
        Column("symbol", "mean or well", lambda r: "well" if r.well else "mean"),
        Column("well", "address of a single well; empty for a mean", lambda r: r.well),
        Column(
            "msc_per_responder",
            "dose: viable MSC per responder cell; larger is more MSC",
            lambda r: r.point.msc_per_responder,
            ColumnType.NUMBER,
            "1",
        ),
        Column(
            "ratio",
            "the dose as a ratio in the named order",
            lambda r: f"MSC:responder {ratio_text(r.point.msc_per_responder)}",
        ),
        Column(
            "suppression_percent",
            "height of the symbol",
            lambda r: r.suppression_percent,
            ColumnType.NUMBER,
            "%",
            "BAO:0000201",
        ),
        Column(
            "se_percent",
            "length of the error bar to either side; empty for wells and where too few wells allow "
            "no error bar",
            lambda r: r.se_percent,
            ColumnType.NUMBER,
            "%",
        ),
    ),
    rows=_source_rows,
)
