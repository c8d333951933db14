"""Which quantity a heading names, and in which unit: understood as a whole, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.count_reads import (
    CountRead,
    Quantity,
    names_no_population,
    per_ml,
    recognise,
)
from lims_msc.domain.plate import Read, ReadingKind

MILLIONS = "10*6{cells}/mL"


def read(label: str, unit: str = "") -> Read:
    return Read(label, ReadingKind.OTHER, unit=unit)


RECOGNISED = [
    ("Total cells /ml (x10^6)", MILLIONS, Quantity.TOTAL, 10**6),
    ("Total (x10^6) cells/mL", MILLIONS, Quantity.TOTAL, 10**6),
    ("TOTAL (cells/ml)", "{cells}/mL", Quantity.TOTAL, 1),
    ("Total Cells/mL", "", Quantity.TOTAL, 1),
    ("Total cells (×10⁶ / mL)", "", Quantity.TOTAL, 10**6),
    ("Total concentration", "cells/mL", Quantity.TOTAL, 1),
    ("Total", "10^6 cells/mL", Quantity.TOTAL, 10**6),
    ("Total Cell Conc.", "", Quantity.TOTAL, None),
    ("Total viable cells / ml (x 10^6)", MILLIONS, Quantity.VIABLE, 10**6),
    ("Viable (x10^6) cells/mL", "", Quantity.VIABLE, 10**6),
    ("Live (cells/ml)", "{cells}/mL", Quantity.VIABLE, 1),
    ("Live Cells/µL", "", Quantity.VIABLE, 1000),
    ("Viable Cells (10E6)/ml", MILLIONS, Quantity.VIABLE, 10**6),
    ("Viable Cells (10E6)/ml", "", Quantity.VIABLE, None),
    ("Live Cells/mL [2]", "{cells}/mL", Quantity.VIABLE, 1),
    ("Viability (%)", "%", Quantity.VIABILITY, 1),
    ("VIABILITY (%)", "", Quantity.VIABILITY, 1),
    ("Viability", "1", Quantity.VIABILITY, 100),
    ("Viability", "", Quantity.VIABILITY, None),
    ("% Viable", "%", Quantity.VIABILITY, 1),
    ("Avg. diam. (microns)", "um", Quantity.DIAMETER, 1),
    ("Average viable diameter (μm)", "", Quantity.DIAMETER, 1),
    ("Average viable diameter (µm)", "", Quantity.DIAMETER, 1),
    ("Estimated cell diameter (um)", "um", Quantity.DIAMETER, 1),
    ("Avg Diameter", "", Quantity.DIAMETER, None),
    ("Live Mean Size", "", Quantity.DIAMETER, None),
    ("Avg. circ.", "", Quantity.CIRCULARITY, 1),
    ("Average circularity", "1", Quantity.CIRCULARITY, 1),
]


@pytest.mark.parametrize(("label", "unit", "quantity", "factor"), RECOGNISED)
def test_the_headings_of_counters_name_their_quantity_and_unit(
    label: str, unit: str, quantity: Quantity, factor: int | None
) -> None:
    found = recognise(read(label, unit))
    assert found is not None
    assert (found.quantity, found.factor) == (quantity, factor)


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("Total cells", ""),
        ("Viable cells", ""),
        ("Cell count", ""),
        ("Live Count", ""),
        ("Dead (cells/ml)", "{cells}/mL"),
        ("Nonviable cells /ml (x10^6)", MILLIONS),
        ("Non-viable cells / mL", "{cells}/mL"),
        ("Dead Mean Size", ""),
        ("Minimum Diameter (μm)", "um"),
        ("Cell diameter standard deviation (um)", "um"),
        ("Viable spot area (%)", "%"),
        ("Viable spot brightness (%)", "%"),
        ("Minimum circularity", ""),
        ("Cells in aggregates (%)", "%"),
        ("450 nm", "{OD}"),
        ("", ""),
    ],
)
def test_other_headings_are_no_quantity_of_a_count(label: str, unit: str) -> None:
    assert recognise(read(label, unit)) is None


def test_a_heading_that_contradicts_the_unit_gives_no_factor() -> None:
    found = recognise(read("Total cells /ml (x10^6)", "{cells}/mL"))
    assert found is not None
    assert found.factor is None
    assert "{cells}/mL" in found.unit
    assert "x10^6" in found.unit


@pytest.mark.parametrize(
    ("label", "unit"), [("Viability", "g/L"), ("Mean diameter", "nm"), ("Total cells/mL", "1/d")]
)
def test_a_unit_that_is_not_understood_gives_no_factor(label: str, unit: str) -> None:
    found = recognise(read(label, unit))
    assert found is not None
    assert (found.factor, bool(found.unit)) == (None, True)


def test_of_several_diameters_that_of_viable_cells_comes_first() -> None:
    labels = ("Live Mean Size", "Avg Diameter", "Total Mean Size")
    ranks = [found.rank for label in labels if (found := recognise(read(label)))]
    assert ranks == sorted(set(ranks))
    assert len(ranks) == len(labels)


@pytest.mark.parametrize(
    ("label", "unit", "is_unclear"),
    [
        ("Concentration (cells/mL)", "", True),
        ("Cells/mL", "{cells}/mL", True),
        ("Cell density", "", True),
        ("Dead (cells/ml)", "", False),
        ("Total (cells/ml)", "", False),
        ("Cell count", "", False),
    ],
)
def test_a_concentration_of_nobody_knows_which_cells_is_known_as_such(
    label: str, unit: str, *, is_unclear: bool
) -> None:
    assert names_no_population(read(label, unit)) is is_unclear
    assert not (is_unclear and recognise(read(label, unit)))


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("10^6 cells/mL", 10**6),
        ("x10^6/ml", 10**6),
        ("×10⁶ / mL", 10**6),
        ("10*6{cells}/mL", 10**6),
        ("cells/mL x 10^5", None),
        ("cells x10^5/mL", 10**5),
        ("cells/mL", 1),
        ("{cells}/mL", 1),
        ("/mL", 1),
        ("cells/µL", 1000),
        ("cells/μL", 1000),
        ("10^6", None),
        ("10e6/mL", None),
        ("10^6 cells x10^3/mL", None),
        ("cells/L", None),
        ("mg/mL", None),
        ("", None),
    ],
)
def test_units_of_concentrations_are_read_strictly(unit: str, factor: int | None) -> None:
    assert per_ml(unit) == factor


@given(
    st.sampled_from([(label, unit, found) for label, unit, found, _ in RECOGNISED]),
    st.sampled_from([str.upper, str.lower, str.title, lambda text: f"  {text} "]),
)
def test_capitals_and_blanks_make_no_difference(
    case: tuple[str, str, Quantity], write: object
) -> None:
    label, unit, quantity = case
    assert callable(write)
    found = recognise(read(write(label), unit))
    assert isinstance(found, CountRead)
    assert found.quantity is quantity


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_text_breaks_the_recognition(label: str, unit: str) -> None:
    found = recognise(read(label, unit))
    assert found is None or found.factor is None or found.factor >= 1
