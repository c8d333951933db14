"""The tables of results that are no curve, and of the standard curves behind concentrations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lims_msc.domain.exporting import PublicationBundle
from lims_msc.domain.value_wording import has_number
from lims_msc.domain.values import AssayValue, StandardCurveResult, StandardLevel, ValueKey
from lims_msc.exports.columns import Cell, Column, ColumnType, Table, number_list
from lims_msc.exports.relations import relation_column
from lims_msc.exports.rows import ASSAY_COLUMNS, PLATE_COLUMNS, SOURCE_COLUMNS, PlateRow

_IN_UNIT = "see column unit"
_SIGNAL = "see column unit of readings.csv"


@dataclass(frozen=True, slots=True)
class ValueRow(PlateRow):
    """One value of a plate."""

    value: AssayValue


@dataclass(frozen=True, slots=True)
class StandardRow(PlateRow):
    """One standard of a standard curve; without level for a curve that has none."""

    number: int
    curve: StandardCurveResult
    level: StandardLevel | None


def _value_rows(bundle: PublicationBundle) -> Iterator[ValueRow]:
    for plate in bundle.plates:
        for value in plate.values:
            yield ValueRow(bundle, plate, value)


def _standard_rows(bundle: PublicationBundle) -> Iterator[StandardRow]:
    for plate in bundle.plates:
        for number, curve in enumerate(plate.standard_curves, start=1):
            for level in curve.levels or (None,):
                yield StandardRow(bundle, plate, number, curve, level)


def _of_key(
    name: str, meaning: str, cell: Callable[[ValueKey], Cell], *, is_number: bool = False
) -> Column[ValueRow]:
    kind, unit = (ColumnType.NUMBER, "1") if is_number else (ColumnType.TEXT, "")
    return Column(name, meaning, lambda row: cell(row.value.key), kind, unit)


def _number(
    name: str, meaning: str, cell: Callable[[AssayValue], float | None]
) -> Column[ValueRow]:
    return Column(name, meaning, lambda row: cell(row.value), ColumnType.NUMBER, _IN_UNIT)


def _if_number(
    cell: Callable[[AssayValue], float | None],
) -> Callable[[AssayValue], float | None]:
    """Return the cell of values that are numbers; others keep their bound or reason alone."""
    return lambda value: cell(value) if has_number(value) else None


VALUES: Table[ValueRow] = Table(
    path="data/values.csv",
    one_row_per="result that is no curve: a concentration, a lysis, an activity, a ratio",
    columns=(
        *PLATE_COLUMNS,
        *ASSAY_COLUMNS,
        Column("name", "stable name of the quantity", lambda r: r.value.name),
        Column("title", "name of the quantity for people", lambda r: r.value.title),
        _of_key("role", "role of the culture well", lambda k: k.role.value),
        _of_key("sample_code", "code of the sample", lambda k: k.sample_code),
        _of_key("batch", "code of the MSC batch; empty without MSC", lambda k: k.batch_code),
        _of_key("priming", "how the MSC were conditioned", lambda k: k.priming),
        _of_key("responder", "code of the responder or effector cells", lambda k: k.responder_code),
        _of_key("stimulus", "what activates the responders", lambda k: k.stimulus),
        _of_key("treatment", "anything else added to the wells", lambda k: k.treatment),
        _of_key(
            "msc_per_responder",
            "dose: viable MSC per responder cell; larger is more MSC; empty where there is none",
            lambda k: k.msc_per_responder,
            is_number=True,
        ),
        _of_key(
            "effectors_per_target",
            "E:T ratio of a killing assay; not a ratio of MSC",
            lambda k: k.effectors_per_target,
            is_number=True,
        ),
        _of_key(
            "mode",
            "how background was treated, where there are several ways; two are never compared",
            lambda k: k.mode,
        ),
        Column(
            "status",
            "ok; below_range or above_range: less or more than 'bound', how much is not known; "
            "undefined: the formula has no meaning for these wells; withheld: its conditions do "
            "not hold",
            lambda r: r.value.status.value,
        ),
        _number(
            "value",
            "the number in the unit of the column 'unit'; empty unless status is ok",
            _if_number(lambda v: v.value),
        ),
        Column("unit", "unit of value, se, low, high and bound", lambda r: r.value.unit),
        _number(
            "se",
            "technical standard error; empty where the wells allow none",
            _if_number(lambda v: v.se),
        ),
        _number(
            "low",
            "lower end of the interval; empty if not bounded",
            _if_number(lambda v: v.low),
        ),
        _number(
            "high",
            "upper end of the interval; empty if not bounded",
            _if_number(lambda v: v.high),
        ),
        _number(
            "bound",
            "limit that the value is below or above, dilution included; never the value itself",
            lambda v: v.bound,
        ),
        Column("interval", "how low and high were made", lambda r: r.value.interval),
        Column("reason", "why there is no number, in words", lambda r: r.value.reason),
        Column("definition", "the formula with its terms", lambda r: r.value.definition),
        Column(
            "n_wells",
            "number of wells that the value was computed from, controls included where listed",
            lambda r: len(r.value.wells),
            ColumnType.INTEGER,
            "1",
        ),
        Column("wells", "these wells", lambda r: " ".join(map(str, r.value.wells))),
        *SOURCE_COLUMNS,
        relation_column(lambda r: (r.value.key.batch_code, r.value.key.responder_code)),
    ),
    rows=_value_rows,
)


def _of_level(cell: Callable[[StandardLevel], Cell]) -> Callable[[StandardRow], Cell]:
    return lambda row: None if row.level is None else cell(row.level)


def _errors(curve: StandardCurveResult) -> str:
    return json.dumps([estimate.se for _, estimate in curve.fit.parameters])


_FIT: tuple[Column[StandardRow], ...] = (
    Column("weighting", "weights of the least-squares fit", lambda r: r.curve.weighting),
    Column("fit_model", "name of the fitted model", lambda r: r.curve.fit.model),
    Column(
        "fit_equation",
        "its equation; x is the concentration, y the signal",
        lambda r: r.curve.fit.equation,
    ),
    Column(
        "fit_status",
        "ok, or why there is no standard curve",
        lambda r: r.curve.fit.status.value,
    ),
    Column("fit_reason", "the same in words", lambda r: r.curve.fit.reason),
    Column(
        "fit_warnings",
        "what to doubt about the curve",
        lambda r: "; ".join((*r.curve.fit.warnings, *r.curve.warnings)),
    ),
    Column(
        "fit_parameters",
        "names of the parameters of the equation",
        lambda r: " ".join(name for name, _ in r.curve.fit.parameters),
    ),
    Column(
        "fit_values",
        "their values, in the same order",
        lambda r: number_list(estimate.value for _, estimate in r.curve.fit.parameters),
        ColumnType.NUMBERS,
        "see column fit_equation",
    ),
    Column(
        "fit_standard_errors",
        "their standard errors, in the same order; null where there is none",
        lambda r: _errors(r.curve),
        ColumnType.NUMBERS,
        "see column fit_equation",
    ),
    Column(
        "fit_residual_sum_of_squares",
        "sum of the weighted squared residuals",
        lambda r: r.curve.fit.residual_sum_of_squares,
        ColumnType.NUMBER,
        "square of the signal, times the weight",
    ),
)

STANDARD_CURVES: Table[StandardRow] = Table(
    path="data/standard_curves.csv",
    one_row_per="standard curve and level of its standards",
    columns=(
        *PLATE_COLUMNS,
        *ASSAY_COLUMNS,
        Column(
            "standard_curve",
            "number of the standard curve on its plate, from 1",
            lambda r: r.number,
            ColumnType.INTEGER,
            "1",
        ),
        Column("unit", "unit of all concentrations of the row", lambda r: r.curve.unit),
        Column(
            "concentration",
            "what the standard holds",
            _of_level(lambda s: s.concentration),
            ColumnType.NUMBER,
            _IN_UNIT,
        ),
        Column(
            "signal_mean",
            "mean signal of its wells",
            _of_level(lambda s: s.signal_mean),
            ColumnType.NUMBER,
            _SIGNAL,
        ),
        Column(
            "cv_percent",
            "coefficient of variation of the signals of its wells; empty for one well",
            _of_level(lambda s: s.cv_percent),
            ColumnType.NUMBER,
            "%",
        ),
        Column(
            "back_calculated",
            "what the curve reads back from the mean signal; empty beyond its plateaus",
            _of_level(lambda s: s.back_calculated),
            ColumnType.NUMBER,
            _IN_UNIT,
        ),
        Column(
            "recovery_percent",
            "back_calculated in percent of concentration; empty where there is none",
            _of_level(lambda s: s.recovery_percent),
            ColumnType.NUMBER,
            "%",
        ),
        Column(
            "is_accepted",
            "yes where the level may bound the range of quantitation, else no",
            _of_level(lambda s: "yes" if s.is_accepted else "no"),
        ),
        Column("reason", "what is the matter with the level", _of_level(lambda s: s.reason)),
        Column("wells", "the wells of the level", _of_level(lambda s: " ".join(map(str, s.wells)))),
        Column(
            "lowest",
            "lower limit of quantitation (LLOQ) of the curve; empty where there is no range",
            lambda r: r.curve.lowest,
            ColumnType.NUMBER,
            _IN_UNIT,
        ),
        Column(
            "highest",
            "upper limit of quantitation (ULOQ) of the curve; empty where there is no range",
            lambda r: r.curve.highest,
            ColumnType.NUMBER,
            _IN_UNIT,
        ),
        Column("range_rule", "how the range was found", lambda r: r.curve.range_rule),
        Column("range_reason", "why there is no range", lambda r: r.curve.reason),
        *_FIT,
        *SOURCE_COLUMNS,
    ),
    rows=_standard_rows,
)
