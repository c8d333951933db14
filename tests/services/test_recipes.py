"""Recipes of the register in words, converted only where a lot says how."""

from __future__ import annotations

from conftest import People

from lims_msc.domain.records.fields import Entry, Value
from lims_msc.services import recipes, register
from lims_msc.services.transaction import Database


def test_a_recipe_is_told_with_each_dose_converted_only_where_the_lot_says_how(
    lab: Database, people: People
) -> None:
    def entry(number: int, **values: Value) -> Entry:
        return Entry("recipe_step", {"recipe_code": "LIC-1", "step_number": number, **values})

    entries = [
        Entry("recipe", {"recipe_code": "LIC-1", "title": "x", "recipe_purpose": "priming"}),
        entry(
            1,
            agent="IFN-γ",
            dose=20.0,
            dose_unit="ng/mL",
            duration_hours=24.0,
            lot="L1",
            supplier="A",
            specific_activity_iu_per_mg=2e7,
        ),
        entry(2, agent="TNF-α", dose=1000.0, dose_unit="U/mL", duration_hours=24.0),
        entry(3, agent="irradiation", dose=30.0, dose_unit="Gy"),
    ]
    with lab.unit_of_work(people.technician, "set up") as session:
        register.register(session, people.technician, entries)
    with lab.reading() as session:
        text = recipes.recipe_text(session, "LIC-1")
        first, second, third = recipes.step_lines(session, "LIC-1")
    assert text == "IFN-γ 20 ng/mL + TNF-α 1000 U/mL, 24 h; irradiation 30 Gy"
    assert (first.converted, first.supplier_and_lot) == ("400 IU/mL", "A, lot L1")
    assert first.formula.startswith("20 ng/mL × 20")
    assert second.converted == ""
    assert "the specific activity of the lot is not stated" in second.reason
    assert (third.converted, third.reason) == ("", "")
