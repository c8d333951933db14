"""The tables of curves and of their points; one row per curve in each background mode."""

from __future__ import annotations

from collections.abc import Iterator

from lims_msc.domain.dose import ratio_text
from lims_msc.domain.exporting import PublicationBundle
from lims_msc.exports.columns import Column, ColumnType, Table, number_list
from lims_msc.exports.curve_columns import FIT_COLUMNS, SUMMARY_COLUMNS
from lims_msc.exports.relations import relation_column
from lims_msc.exports.rows import (
    ASSAY_COLUMNS,
    PLATE_COLUMNS,
    REVIEW_STATE,
    SOURCE_COLUMNS,
    CurveRow,
    PointRow,
    is_headline,
)

_RELATION: Column[CurveRow] = relation_column(
    lambda r: (r.curve.key.batch_code, r.curve.key.responder_code)
)
_IDENTITY: tuple[Column[CurveRow], ...] = (
    *PLATE_COLUMNS,
    *ASSAY_COLUMNS,
    Column("batch", "code of the MSC batch", lambda r: r.curve.key.batch_code),
    Column("priming", "how the MSC were conditioned", lambda r: r.curve.key.priming),
    Column("responder", "code of the responder", lambda r: r.curve.key.responder_code),
    Column("stimulus", "what activates the responders", lambda r: r.curve.key.stimulus),
    Column("treatment", "anything else added to the wells", lambda r: r.curve.key.treatment),
    Column("role", "role of the test wells", lambda r: r.curve.key.role.value),
    Column(
        "mode",
        "background mode: what is subtracted; results of two modes are never compared",
        lambda r: r.curve.key.mode.value,
    ),
    Column(
        "is_headline",
        "yes in the mode that the assay shows first, else no",
        lambda r: "yes" if is_headline(r.plate, r.curve) else "no",
    ),
)


def _curve_rows(bundle: PublicationBundle) -> Iterator[CurveRow]:
    for plate in bundle.plates:
        for curve in plate.curves:
            yield CurveRow(bundle, plate, curve)


CURVES: Table[CurveRow] = Table(
    path="data/curves.csv",
    one_row_per="curve: plate, batch, priming, responder, stimulus, treatment and background mode",
    columns=(
        *_IDENTITY,
        Column("status", "ok, or that the curve has no numbers", lambda r: r.curve.status),
        Column("reason", "why the curve has no numbers", lambda r: r.curve.reason),
        Column(
            "n_doses",
            "number of doses with a number",
            lambda r: len(r.curve.points),
            ColumnType.INTEGER,
            "1",
        ),
        Column(
            "n_wells",
            "number of test wells behind these doses: technical replicates of one plate",
            lambda r: sum(len(point.replicates) for point in r.curve.points),
            ColumnType.INTEGER,
            "1",
            "OBI:0000249",
        ),
        Column(
            "missing_wells",
            "wells of the curve whose reading has a marker instead of a value",
            lambda r: " ".join(str(well) for well in r.curve.missing_wells),
        ),
        *SUMMARY_COLUMNS,
        *FIT_COLUMNS,
        Column(
            "definition", "the formula of suppression in this mode", lambda r: r.curve.definition
        ),
        *SOURCE_COLUMNS,
        _RELATION,
    ),
    rows=_curve_rows,
)

POINTS: Table[PointRow] = Table(
    path="data/points.csv",
    one_row_per="curve and dose",
    columns=(
        *_IDENTITY,
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
            "suppression of the mean signal; below 0 is stimulation; never clipped",
            lambda r: r.point.suppression_percent,
            ColumnType.NUMBER,
            "%",
            "BAO:0000201",
        ),
        Column(
            "se_percent",
            "technical standard error of suppression_percent, controls included; empty where too "
            "few wells allow one",
            lambda r: r.point.se_percent,
            ColumnType.NUMBER,
            "%",
        ),
        Column(
            "n_wells",
            "number of replicate wells",
            lambda r: len(r.point.replicates),
            ColumnType.INTEGER,
            "1",
        ),
        Column(
            "signal_mean",
            "mean reading of the wells",
            lambda r: r.point.signal_mean,
            ColumnType.NUMBER,
            "see column unit of readings.csv",
        ),
        Column(
            "background_mean",
            "mean background that was subtracted from it",
            lambda r: r.point.background_mean,
            ColumnType.NUMBER,
            "see column unit of readings.csv",
        ),
        Column(
            "wells",
            "the replicate wells",
            lambda r: " ".join(str(replicate.well) for replicate in r.point.replicates),
        ),
        Column(
            "well_signals",
            "their readings, in the same order",
            lambda r: number_list(replicate.signal for replicate in r.point.replicates),
            ColumnType.NUMBERS,
            "see column unit of readings.csv",
        ),
        Column(
            "well_suppression_percent",
            "the suppression that each shows by itself, in the same order",
            lambda r: number_list(
                replicate.suppression_percent for replicate in r.point.replicates
            ),
            ColumnType.NUMBERS,
            "%",
        ),
        REVIEW_STATE,
        _RELATION,
    ),
    rows=lambda bundle: (
        PointRow(bundle, row.plate, row.curve, point)
        for row in _curve_rows(bundle)
        for point in row.curve.points
    ),
)
