"""Counts made of readings: units by the file or by the only one possible, and never a guess."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lims_msc.domain.cell_counts import CellCount, Measured, cell_counts, quantity_text
from lims_msc.domain.count_columns import half_digit, times
from lims_msc.domain.count_reads import Quantity
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.importing import FileReadings
from lims_msc.domain.plate import (
    Marker,
    PlateReading,
    Read,
    ReadingKind,
    SourceCell,
    WellAddress,
    WellReading,
)
from lims_msc.domain.workbook import column_letters

MILLIONS = "10*6{cells}/mL"
TOTAL = ("Total (x10^6) cells/mL", MILLIONS)
VIABLE = ("Viable (x10^6) cells/mL", MILLIONS)
VIABILITY = ("Viability (%)", "%")
BARE_VIABILITY = ("Viability", "")
DIAMETER = ("Average diameter (µm)", "um")
Heading = tuple[str, str]


def reading(
    heading: Heading, raw: str, *, sample: str = "S", cell: str = "B2", sheet: str = "Run"
) -> WellReading:
    label, unit = heading
    number = raw.removesuffix("%")
    is_marker = not number.replace(".", "").replace("-", "").replace("e+", "").isdigit()
    return WellReading(
        Read(label, ReadingKind.OTHER, unit=unit),
        SourceCell(sheet, cell),
        raw,
        sample=sample,
        value=None if is_marker else float(number),
        marker=Marker.ERROR if is_marker else None,
    )


def table(*lines: tuple[str, dict[Heading, str]], sheet: str = "Run") -> PlateReading:
    """Return readings of a table with one sample a line, from line 2 on."""
    headings = list(dict.fromkeys(heading for _, line in lines for heading in line))
    readings = [
        reading(
            heading,
            raw,
            sample=sample,
            cell=f"{column_letters(headings.index(heading) + 2)}{row}",
            sheet=sheet,
        )
        for row, (sample, line) in enumerate(lines, start=2)
        for heading, raw in line.items()
    ]
    return PlateReading(sheet, tuple(readings))


def counted(*plates: PlateReading, findings: tuple[Finding, ...] = ()) -> tuple[CellCount, ...]:
    return cell_counts(FileReadings(plates, findings=findings)).counts


def one(line: dict[Heading, str]) -> CellCount:
    (count,) = counted(table(("S", line)))
    return count


def codes(count: CellCount, level: Level) -> list[str]:
    return [f.code.removeprefix("count.") for f in count.findings if f.level is level]


GOOD = {TOTAL: "1.84", VIABLE: "1.81", VIABILITY: "98.4", DIAMETER: "14.6"}


def test_a_count_has_its_quantities_in_their_units_each_with_its_cell() -> None:
    count = one(GOOD)
    assert count.total_cells_per_ml == Measured(
        1_840_000.0, None, "1.84", SourceCell("Run", "B2"), TOTAL[0]
    )
    assert count.viable_cells_per_ml.value == 1_810_000.0
    assert (count.viability_percent.value, count.mean_diameter_um.value) == (98.4, 14.6)
    assert count.mean_diameter_um.source == SourceCell("Run", "E2")
    assert count.mean_circularity == Measured(reason="not in the file")
    assert count.findings == ()


def test_a_marker_is_no_number_and_keeps_its_text_and_cell() -> None:
    count = one(GOOD | {VIABLE: "ERROR"})
    assert count.viable_cells_per_ml.value is None
    assert count.viable_cells_per_ml.marker is Marker.ERROR
    assert "'ERROR'" in count.viable_cells_per_ml.reason
    assert count.viable_cells_per_ml.source == SourceCell("Run", "C2")
    assert count.can_be_accepted


def test_a_sample_without_any_number_cannot_be_accepted() -> None:
    count = one({TOTAL: "ERROR", VIABILITY: "ERROR"})
    assert codes(count, Level.ERROR) == ["no_number"]


IMPOSSIBLE = {
    "viable_over_total": GOOD | {VIABLE: "1.94"},
    "over_100": {VIABILITY: "100.1"},
    "negative": {TOTAL: "-1.84"},
    "too_many": {TOTAL: "2280000"},
}


@pytest.mark.parametrize("code", IMPOSSIBLE)
def test_what_is_impossible_is_an_error_with_its_cell_and_its_text(code: str) -> None:
    count = one(IMPOSSIBLE[code])
    (finding,) = (f for f in count.findings if f.level is Level.ERROR)
    assert finding.code == f"count.{code}"
    assert finding.sheet == "Run"
    assert finding.cell in {"B2", "C2"}
    assert "'S'" in finding.message
    assert not count.can_be_accepted


DOUBTED = {
    "too_few": {(TOTAL[0].replace("(x10^6) ", ""), "{cells}/mL"): "1.84"},
    "disagree": GOOD | {VIABILITY: "60.0"},
    "diameter": GOOD | {DIAMETER: "1460"},
    "circularity": GOOD | {("Average circularity", ""): "1.2"},
    "given_twice": GOOD | {("Total cells/mL", "{cells}/mL"): "1900000"},
    "unit_unknown": GOOD | {("Mean diameter", "nm"): "14600"},
}


@pytest.mark.parametrize("code", DOUBTED)
def test_what_is_hardly_possible_is_a_warning_and_changes_nothing(code: str) -> None:
    line = {k: v for k, v in DOUBTED[code].items() if code != "unit_unknown" or k != DIAMETER}
    count = one(line)
    assert codes(count, Level.WARNING) == [code]
    assert count.can_be_accepted


def test_the_same_value_in_two_units_is_no_doubt() -> None:
    assert one(GOOD | {("Total cells/mL", "{cells}/mL"): "1840000"}).findings == ()


def test_rounding_alone_never_makes_more_viable_cells_than_cells() -> None:
    # 752 400 viable of 752 400 cells, the latter printed as 0.75 millions.
    line = {TOTAL: "0.75", ("Live (cells/ml)", "{cells}/mL"): "752400", VIABILITY: "100"}
    assert one(line).findings == ()


# --- fraction or percent ------------------------------------------------------------------------


@pytest.mark.parametrize("heading", [VIABILITY, BARE_VIABILITY])
@pytest.mark.parametrize(
    ("viable", "raw", "value"),
    [("1.60", "0.87", 87.0), ("0.016", "0.87", 0.87), ("1.84", "1", 100)],
)
def test_viable_and_total_cells_decide_between_fraction_and_percent_with_a_warning(
    heading: Heading, viable: str, raw: str, value: float
) -> None:
    count = one({TOTAL: "1.84", VIABLE: viable, heading: raw})
    assert count.viability_percent.value == value
    assert codes(count, Level.WARNING) == ["fraction_or_percent"]
    assert f"taken as {value:g} %" in count.findings[0].message


@pytest.mark.parametrize("heading", [VIABILITY, BARE_VIABILITY])
@pytest.mark.parametrize("beside", [{}, {TOTAL: "1.84", VIABLE: "0.9"}])
def test_without_evidence_there_is_no_viability_but_a_warning(
    heading: Heading, beside: dict[Heading, str]
) -> None:
    count = one(beside | {DIAMETER: "14.6", heading: "0.87"})
    assert count.viability_percent.value is None
    assert count.viability_percent.reason == "0.87 % or 87 %: not decided"
    assert codes(count, Level.WARNING) == ["fraction_or_percent"]


def test_beside_percentages_of_other_samples_a_small_one_is_a_percentage_with_a_warning() -> None:
    lines = (("A", {VIABILITY: "96.9"}), ("B", {VIABILITY: "0.5"}))
    first, second = counted(table(*((s, {DIAMETER: "14.6"} | line) for s, line in lines)))
    assert (first.viability_percent.value, second.viability_percent.value) == (96.9, 0.5)
    assert first.findings == ()
    assert codes(second, Level.WARNING) == ["fraction_or_percent"]


@pytest.mark.parametrize(
    ("heading", "raw", "value"),
    [
        (("Viability", "1"), "0.87", 87.0),
        (("Viability (%)", "1"), "0.57", 57.0),
        (("Viability", "%"), "0.87%", 0.87),
        (("Viability", "%"), "87.00%", 87.0),
        (VIABILITY, "0", 0.0),
    ],
)
def test_a_percentage_whose_cell_says_so_needs_no_guess(
    heading: Heading, raw: str, value: float
) -> None:
    count = one({DIAMETER: "14.6", heading: raw})
    assert count.viability_percent.value == value
    assert count.findings == ()


@given(
    total=st.floats(1e4, 1e8),
    fraction=st.floats(0, 1),
    is_fraction=st.booleans(),
)
@example(total=1e6, fraction=0.009, is_fraction=False)
def test_a_viability_is_never_off_by_a_hundred(
    total: float, fraction: float, *, is_fraction: bool
) -> None:
    printed = f"{fraction:.3f}" if is_fraction else f"{100 * fraction:.3f}"
    assume(float(printed) > 0)
    plain = {("Total cells/mL", "{cells}/mL"): f"{total:.0f}"}
    plain |= {("Viable cells/mL", "{cells}/mL"): f"{total * fraction:.0f}"}
    count = one(plain | {BARE_VIABILITY: printed})
    found = count.viability_percent.value
    assert found is None or abs(found - 100 * fraction) <= 5.1
    if float(printed) <= 1:
        assert "fraction_or_percent" in codes(count, Level.WARNING)


# --- units that the file does not state ---------------------------------------------------------


def test_a_unit_that_only_one_is_possible_for_is_taken_and_told() -> None:
    bare = {
        ("Total Cell Conc.", ""): "4753276",
        ("Avg Diameter", ""): "13.46",
        BARE_VIABILITY: "95.3",
    }
    found = cell_counts(FileReadings((table(("S", bare)),)))
    (count,) = found.counts
    assert count.total_cells_per_ml.value == 4_753_276.0
    assert (count.mean_diameter_um.value, count.viability_percent.value) == (13.46, 95.3)
    assert [f.code for f in found.findings] == ["count.unit_from_numbers"] * 3
    assert {f.level for f in found.findings} == {Level.NOTE}
    assert {f.cell for f in found.findings} == {"B2", "C2", "D2"}


def test_a_size_may_be_an_area_and_is_taken_with_a_warning() -> None:
    sizes = {("Live Mean Size", ""): "10.9", ("Total Mean Size", ""): "9.1"}
    found = cell_counts(FileReadings((table(("S", sizes)),)))
    assert found.counts[0].mean_diameter_um.value == 10.9
    (warning,) = found.findings
    assert (warning.level, warning.cell) == (Level.WARNING, "B2")


def test_a_concentration_that_may_be_in_millions_is_not_taken() -> None:
    low = (("A", {("Total Cell Conc.", ""): "4.75"}), ("B", {("Total Cell Conc.", ""): "0"}))
    first, second = counted(table(*((s, {DIAMETER: "14.6"} | line) for s, line in low)))
    assert first.total_cells_per_ml.value is None
    assert first.total_cells_per_ml.reason == "the file states no unit"
    assert codes(first, Level.WARNING) == ["unit_unknown"]
    assert second.total_cells_per_ml.value == 0.0


def test_one_large_number_tells_the_unit_of_its_whole_column() -> None:
    conc = ("Viable Cell Conc.", "")
    counts = counted(table(*(("S", {DIAMETER: "14.6", conc: raw}) for raw in ("4529542", "5000"))))
    assert [count.viable_cells_per_ml.value for count in counts] == [4_529_542.0, 5000.0]


def test_a_diameter_of_zero_is_none() -> None:
    count = one(GOOD | {DIAMETER: "0"})
    assert count.mean_diameter_um.value is None
    assert count.mean_diameter_um.reason


def test_a_concentration_of_unnamed_cells_is_left_out_and_told() -> None:
    found = cell_counts(FileReadings((table(("S", GOOD | {("Cells/mL", "{cells}/mL"): "9e+5"})),)))
    (warning,) = found.findings
    assert (warning.code, warning.level) == ("count.population", Level.WARNING)
    assert found.counts[0].total_cells_per_ml.value == 1_840_000.0


# --- samples ------------------------------------------------------------------------------------


def test_lines_of_one_name_are_never_mixed_even_where_cells_are_empty() -> None:
    lines = (
        ("S", {TOTAL: "1.00", DIAMETER: "14.0"}),
        ("S", {TOTAL: "2.00", VIABLE: "1.50", DIAMETER: "15.0"}),
    )
    first, second = counted(table(*lines))
    assert (first.sample, second.sample) == ("S", "S [2]")
    assert first.viable_cells_per_ml.value is None
    assert (second.total_cells_per_ml.value, second.viable_cells_per_ml.value) == (2e6, 1.5e6)
    assert (first.mean_diameter_um.value, second.mean_diameter_um.value) == (14.0, 15.0)


def test_a_name_that_looks_like_a_repetition_stays_a_sample_of_its_own() -> None:
    names = [count.sample for count in counted(table(*((s, GOOD) for s in ("S", "S [2]", "S"))))]
    assert len(set(names)) == 3
    assert names[:2] == ["S", "S [2]"]


def test_the_same_name_on_two_sheets_is_two_samples() -> None:
    counts = counted(table(("S", GOOD), sheet="Mon"), table(("S", GOOD), ("T", GOOD), sheet="Tue"))
    assert [count.sample for count in counts] == ["Mon: S", "Tue: S", "T"]


def test_a_report_with_a_line_for_each_quantity_is_one_sample() -> None:
    cells = {TOTAL: "7:2", VIABLE: "5:2", VIABILITY: "4:2"}
    readings = tuple(reading(h, GOOD[h], cell=cell, sheet="") for h, cell in cells.items())
    (count,) = counted(PlateReading("", readings))
    assert count.viability_percent.value == 98.4
    assert count.total_cells_per_ml.source == SourceCell("", "7:2")


def test_readings_of_wells_are_no_counts() -> None:
    read = Read("Total cells/mL", ReadingKind.OTHER, unit="{cells}/mL")
    in_well = WellReading(read, SourceCell("", "1:1"), "9", well=WellAddress(1, 1), value=9.0)
    assert counted(PlateReading("", (in_well,))) == ()


def test_what_the_importer_doubts_in_a_line_belongs_to_its_sample_and_errors_to_all() -> None:
    doubt = Finding(Level.WARNING, "instrument_remark", "Foreign object.", sheet="Run", cell="H3")
    error = Finding(Level.ERROR, "cut_off", "The file may be cut off.", sheet="Run", cell="A3")
    plate = table(("A", GOOD), ("B", GOOD))
    found = cell_counts(FileReadings((plate,), findings=(doubt, error)))
    assert [count.findings for count in found.counts] == [(), (doubt,)]
    assert found.findings == (error,)


def test_a_name_that_is_too_long_cannot_be_accepted() -> None:
    (count,) = counted(table(("S" * 121, GOOD)))
    assert codes(count, Level.ERROR) == ["long_name"]


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "half"),
    [
        ("1.84", 0.005),
        ("2.45E6", 5000.0),
        ("3.43E+05", 500.0),
        ("274\u00a0000", 0.5),
        ("87.00%", 0.005),
        ("12", 0.5),
        ("0,78", 0.005),
        ("ERROR", 0.0),
        ("", 0.0),
    ],
)
def test_the_last_digit_of_a_printed_number_is_known(raw: str, half: float) -> None:
    assert math.isclose(half_digit(raw), half, abs_tol=1e-15)


@given(st.integers(0, 10**8), st.integers(0, 6))
def test_millions_are_multiplied_as_if_written_down(digits: int, decimals: int) -> None:
    number = float(f"{digits}e-{decimals}")
    assert times(number, 10**6) == digits * 10 ** (6 - decimals)


def test_a_quantity_has_a_finite_number_or_a_reason() -> None:
    for wrong in ({}, {"value": math.nan}, {"value": math.inf}, {"value": 1.0, "reason": "why"}):
        with pytest.raises(ValueError, match="number"):
            Measured(**wrong)  # type: ignore[arg-type]


def test_numbers_are_written_so_that_nobody_takes_a_group_for_decimals() -> None:
    assert quantity_text(Quantity.TOTAL, 1_840_408.4) == "1\u202f840\u202f408"
    assert quantity_text(Quantity.VIABILITY, 96.94) == "96.9 %"
    assert quantity_text(Quantity.DIAMETER, 14.6) == "14.6 µm"
    assert quantity_text(Quantity.CIRCULARITY, 0.861) == "0.86"
