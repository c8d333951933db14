"""Vials that are registered in one go: numbered on, each in its slot, or none of them."""

from __future__ import annotations

import pytest
from conftest import People
from factories import BATCH
from freezing import V1, V2, V3, freeze, states, take
from sqlalchemy import select

from lims_msc.domain.stock import BoxSize
from lims_msc.errors import (
    InputError,
    NotFound,
)
from lims_msc.models import Vial
from lims_msc.services import labels, new_vials, recipes, vial_pages
from lims_msc.services.new_vials import NewVials
from lims_msc.services.transaction import Database


def test_vials_are_numbered_on_and_fill_the_box_row_by_row(lab: Database, people: People) -> None:
    freeze(lab, people, 2, first_slot="a8")
    freeze(lab, people, 2, first_slot="B1")
    freeze(lab, people, 1, first_slot="B9", first_number=120)
    with lab.reading() as session:
        rows = session.execute(select(Vial.code, Vial.slot).order_by(Vial.id)).all()
        slots = {code.removeprefix(BATCH): slot for code, slot in rows}
        page = vial_pages.box_page(session, "T1", "R2", "7")
        lines = vial_pages.boxes(session)
    assert slots == {"-V01": "A8", "-V02": "A9", "-V03": "B1", "-V04": "B2", "-V120": "B9"}
    assert page.size == BoxSize(9, 9)
    assert page.free == 76
    assert [line.code if line else "" for _, line in page.rows[0][1]] == [""] * 7 + [V1, V2]
    assert [(line.box, line.vials) for line in lines] == [("7", 5)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"count": 3, "first_slot": "A2"},
            [
                f"Slot 'A2' of tank T1, rack R2, box 7 holds the vial '{V2}'.",
                f"Slot 'A3' of tank T1, rack R2, box 7 holds the vial '{V3}'.",
                "3 slots in a row are free from 'A4' on",
            ],
        ),
        ({"count": 81}, ["this one has 78 free slots, not 81 in a row"]),
        ({"first_number": 2, "first_slot": "C1"}, [f"'{V2}' already", f"'{V3}' already"]),
        ({"box": "", "first_slot": "C1"}, ["The slot 'C1' is in no box"]),
        ({"first_slot": "I9"}, ["2 vials do not fit into a box of 9 × 9 from slot 'I9' on"]),
        ({"count": 0}, ["'0' vials cannot be registered"]),
        ({"count": 401}, ["1 to 400 vials"]),
        ({"viable_cells_per_vial": -1.0, "first_slot": "C1"}, ["'-1' is out of range"]),
    ],
)
def test_vials_that_cannot_be_registered_are_refused_all_together_with_every_reason(
    freezer: Database, people: People, changes: dict[str, object], words: list[str]
) -> None:
    with pytest.raises(InputError) as refusal:
        freeze(freezer, people, **{"count": 2, **changes})  # type: ignore[arg-type]
    told = " ".join(map(str, (refusal.value, refusal.value.hint, *refusal.value.findings)))
    for sentence in words:
        assert sentence in told
    assert len(states(freezer)) == 3


def test_the_slot_of_a_used_vial_is_free_again_and_vials_without_a_slot_are_shown_too(
    freezer: Database, people: People
) -> None:
    take(freezer, people)
    freeze(freezer, people, 1, first_slot="A1")
    freeze(freezer, people, 2, first_slot="")
    with freezer.reading() as session:
        page = vial_pages.box_page(session, "T1", "R2", "7")
        large = vial_pages.box_page(session, "T1", "R2", "7", BoxSize(10, 10))
    first = page.rows[0][1][0][1]
    assert first is not None
    assert first.code == f"{BATCH}-V04"
    assert [slot for slot, _ in page.outside] == ["", ""]
    assert (page.size.key, page.free, large.free) == ("9x9", 78, 97)


def test_unknown_owners_and_vials_are_named(freezer: Database, people: People) -> None:
    def new(code: str) -> None:
        with freezer.unit_of_work(people.technician, "frozen") as session:
            new_vials.add(session, people.technician, "batch", code, NewVials(1, {}))

    def page(code: str) -> None:
        with freezer.reading() as session:
            vial_pages.owner_page(session, "batch", code)

    def label(code: str) -> None:
        with freezer.reading() as session:
            labels.labels_of(session, [V1, code])

    def recipe(code: str) -> None:
        with freezer.reading() as session:
            recipes.recipe_text(session, code)

    for asked in (new, page, label, recipe):
        with pytest.raises(NotFound, match="'none'"):
            asked("none")
