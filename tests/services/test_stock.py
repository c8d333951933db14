"""Vials over the database: taken, kept back, thawed, registered in one go, and told apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
import zxingcpp
from conftest import People
from factories import BATCH, RESPONDER
from freezing import THAW, V1, V2, V3, freeze, states, step, take, thaw
from PIL import Image
from segno import make_qr
from sqlalchemy import select
from sqlalchemy.orm import Session
from statements import sent_statements

from lims_msc.domain.actor import Actor
from lims_msc.domain.labels import code_of_scan
from lims_msc.domain.records.fields import Entry
from lims_msc.domain.stock import Stock
from lims_msc.errors import (
    Conflict,
    IllegalTransition,
    InputError,
    LimsMscError,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from lims_msc.models import AuditRow, Vial
from lims_msc.services import labels, new_vials, register, stock, vial_pages
from lims_msc.services.new_vials import NewVials
from lims_msc.services.transaction import Database


def test_the_vial_that_was_frozen_first_is_taken_first_and_its_place_is_told(
    lab: Database, people: People
) -> None:
    freeze(lab, people, 1, frozen_on=None)
    freeze(lab, people, 1, frozen_on=date(2026, 3, 1), first_slot="A2")
    freeze(lab, people, 1, frozen_on=date(2025, 3, 1), first_slot="A3")
    with lab.unit_of_work(people.technician, "on the page") as session:
        first = stock.take(session, people.technician, "batch", BATCH, purpose="P-1")
        second = stock.take(session, people.technician, "batch", BATCH, purpose="P-1")
        third = stock.take(session, people.technician, "batch", BATCH, purpose="P-1")
    assert (first.code, first.place) == (V3, "tank T1, rack R2, box 7, slot A3")
    assert [second.code, third.code] == [V2, V1]
    with pytest.raises(Conflict):
        take(lab, people)


def test_the_same_form_sent_twice_takes_one_vial_only(freezer: Database, people: People) -> None:
    def send(actor: Actor) -> str:
        with freezer.unit_of_work(actor, "on the page") as session:
            taken = stock.take(session, actor, "batch", BATCH, purpose="P-1", seen_next=V1)
        return taken.code

    assert send(people.technician) == V1
    with pytest.raises(StaleVersion, match=f"You took the vial '{V1}' already, at 11:00 UTC"):
        send(people.technician)
    # Somebody else who saw the same page gets the next one.
    assert send(people.reviewer) == V2
    assert states(freezer)[V3] == "available"


def test_what_a_vial_was_taken_for_stands_in_the_audit_trail(
    freezer: Database, people: People
) -> None:
    take(freezer, people, "  plate P-9 ")
    with freezer.reading() as session:
        row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row is not None
        told = (row.table_name, row.action, row.actor_name, row.reason)
        assert told == ("msc_vial", "change", "Tina Tester", "plate P-9")
        assert row.changes == {"vial_state": {"from": "available", "to": "used"}}


def _use_last(database: Database, people: People) -> None:
    step(database, people, V1, "use")


def _reserve_last(database: Database, people: People) -> None:
    step(database, people, V1, "reserve", "study S-2")


def _destroy_last(database: Database, people: People) -> None:
    step(database, people, V1, "destroy", "label lost")


def _take_from_reserve(database: Database, people: People) -> None:
    _reserve_last(database, people)
    step(database, people, V1, "use")


@pytest.mark.parametrize(
    ("before", "words", "hint"),
    [
        (_use_last, "was taken by Paula Irmer at 11:0", "Nothing was taken. Take a vial of"),
        (_reserve_last, "was reserved by Paula Irmer at", f"Reserved: '{V1}' for 'study S-2'"),
        (_destroy_last, "was destroyed by Paula Irmer at", "expand and freeze more"),
        (_take_from_reserve, "was taken by Paula Irmer at", "Nothing was taken. Take a vial of"),
    ],
)
def test_who_comes_too_late_is_told_by_whom_when_and_what_to_do(
    lab: Database,
    people: People,
    before: Callable[[Database, People], None],
    words: str,
    hint: str,
) -> None:
    freeze(lab, people, 1)
    before(lab, people)
    with pytest.raises(Conflict) as refusal:
        take(lab, people)
    assert refusal.value.message.startswith(f"The last vial of batch '{BATCH}' {words}")
    assert refusal.value.message.endswith(" UTC.")
    assert hint in refusal.value.hint


def test_another_day_is_told_with_its_date(freezer: Database, people: People) -> None:
    for _ in range(3):
        take(freezer, people)
    then = freezer.clock()
    later = Database(freezer.engine, lambda: then.replace(day=20))
    with pytest.raises(Conflict, match=r"taken by Tina Tester on 2026-03-14 at 11:00 UTC\.$"):
        take(later, people)


def test_without_vials_there_is_nothing_to_take(lab: Database, people: People) -> None:
    with pytest.raises(Conflict, match=f"There are no vials of batch '{BATCH}'"):
        take(lab, people)
    with lab.unit_of_work(people.technician, "on the page") as session:
        for kind, code in (("batch", "none"), ("donor", "D-1")):
            with pytest.raises(NotFound):
                stock.take(session, people.technician, kind, code, purpose="P-1")


def test_vials_that_were_registered_as_used_are_not_told_as_taken_by_somebody(
    lab: Database, people: People
) -> None:
    values = {"vial_code": "OLD-1", "responder_code": RESPONDER, "vial_state": "used"}
    with lab.unit_of_work(people.data_manager, "workbook") as session:
        register.register(session, people.data_manager, [Entry("vial", values)])
    with (
        lab.unit_of_work(people.technician, "on the page") as session,
        pytest.raises(Conflict) as refusal,
    ):
        stock.take(session, people.technician, "responder", RESPONDER, purpose="P-1")
    assert f"of responder '{RESPONDER}' was registered as used by Dan" in refusal.value.message
    assert "Take other responders" in refusal.value.hint
    with pytest.raises(IllegalTransition, match="The vial 'OLD-1' is used and cannot be reserved"):
        step(lab, people, "OLD-1", "reserve")


def test_a_reserved_vial_is_not_taken_but_used_by_its_code_or_released(
    freezer: Database, people: People
) -> None:
    with freezer.unit_of_work(people.technician, "on the page") as session:
        tina = people.technician
        assert stock.reserve(session, tina, V1, "study S-2") == "reserved"
        assert stock.reserve(session, tina, V2, "study S-3") == "reserved"
        assert session.get_one(Vial, 1).reserved_for == "study S-2"
    assert take(freezer, people) == V3
    with freezer.unit_of_work(people.technician, "on the page") as session:
        assert stock.release(session, tina, V1) == "available"
        assert stock.use(session, tina, V2, "P-2") == "used"
        assert stock.destroy(session, tina, V1, "thawed by accident") == "destroyed"
        assert [v.reserved_for for v in session.scalars(select(Vial))] == ["", "", ""]
    assert states(freezer) == {V1: "destroyed", V2: "used", V3: "used"}


def test_who_uses_a_used_vial_is_told_by_whom_it_was(freezer: Database, people: People) -> None:
    take(freezer, people)
    with pytest.raises(IllegalTransition) as refusal:
        step(freezer, people, V1, "use")
    assert refusal.value.message.startswith(f"The vial '{V1}' was used by Tina Tester at 11:00 UTC")
    assert refusal.value.hint == "Nothing was changed. Possible now: nothing."


def test_a_page_that_is_no_longer_true_changes_nothing(freezer: Database, people: People) -> None:
    step(freezer, people, V1, "reserve", "study S-2", seen_state="available")
    with pytest.raises(
        StaleVersion, match="was reserved by Paula Irmer at 11:00 UTC; it was avail"
    ):
        step(freezer, people, V1, "use", seen_state="available")
    assert states(freezer)[V1] == "reserved"


Doing = Callable[[Session, Actor], object]


@pytest.mark.parametrize(
    "do",
    [
        lambda session, rea: stock.take(session, rea, "batch", BATCH, purpose="P-1"),
        lambda session, rea: stock.thaw(session, rea, V1, THAW),
        lambda session, rea: stock.reserve(session, rea, V1, "P-1"),
        lambda session, rea: stock.use(session, rea, V1, "P-1"),
        lambda session, rea: stock.destroy(session, rea, V1, "P-1"),
        lambda session, rea: stock.release(session, rea, V2),
        lambda session, rea: new_vials.add(session, rea, "batch", BATCH, NewVials(1, {})),
    ],
    ids=["take", "thaw", "reserve", "use", "destroy", "release", "add"],
)
def test_a_reader_may_do_nothing_with_vials(freezer: Database, people: People, do: Doing) -> None:
    step(freezer, people, V2, "reserve")
    with (
        pytest.raises(NotAllowed, match="Rea Der may not"),
        freezer.unit_of_work(people.reader, "on the page") as session,
    ):
        do(session, people.reader)
    assert states(freezer) == {V1: "available", V2: "reserved", V3: "available"}


def test_a_stock_is_counted_in_one_statement_however_many_codes_are_asked_for(
    freezer: Database, people: People
) -> None:
    take(freezer, people)
    step(freezer, people, V2, "reserve")
    with freezer.reading() as session:
        with sent_statements(freezer) as sent:
            codes = [BATCH, "none", *(f"B-{n}" for n in range(90))]
            counted = stock.stock_of(session, "batch", codes)
        assert stock.stock_of(session, "responder", [RESPONDER]) == {RESPONDER: Stock()}
    assert counted[BATCH] == Stock(available=1, reserved=1, used=1)
    assert counted["none"] == Stock()
    assert [sql.split()[0] for sql, _ in sent] == ["BEGIN", "SELECT"]


def test_a_thaw_uses_the_vial_and_is_stored_with_it(freezer: Database, people: People) -> None:
    thaw(freezer, people, V1)
    assert states(freezer)[V1] == "used"
    with freezer.reading() as session:
        assert vial_pages.vial_page(session, V2).thaw is None
        page = vial_pages.vial_page(session, V1)
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(2)).all()
        assert {(row.table_name, row.reason) for row in rows} == {
            ("msc_thaw", "P-1"),
            ("msc_vial", "P-1"),
        }
    line = page.line.thaw
    assert page.thaw is not None
    assert page.thaw.values["thawed_on"] == date(2026, 3, 1)
    assert line is not None
    shown = (line.recovery.text, line.viability, line.rescue)
    assert shown == ("84.0 %", "87.5 % by trypan blue", "24 h")


def test_a_vial_that_was_taken_before_gets_its_thaw_once(freezer: Database, people: People) -> None:
    take(freezer, people)
    thaw(freezer, people, V1, used_for="")
    with pytest.raises(Conflict, match="exists already"):
        thaw(freezer, people, V1)
    step(freezer, people, V2, "destroy")
    with pytest.raises(IllegalTransition, match="was destroyed by Paula Irmer"):
        thaw(freezer, people, V2)
    with pytest.raises(NotFound, match="There is no vial 'V-9'"):
        thaw(freezer, people, "V-9")


def test_a_thaw_that_is_refused_leaves_the_vial_where_it_is(
    freezer: Database, people: People
) -> None:
    with pytest.raises(InputError) as refusal:
        thaw(freezer, people, V1, viability_percent=105.0, culture_rescue_hours=-1.0)
    assert {f.code for f in refusal.value.findings} >= {
        "field.viability_percent",
        "field.culture_rescue_hours",
    }
    assert states(freezer)[V1] == "available"


def test_thaws_by_several_methods_are_said_not_to_be_comparable(
    freezer: Database, people: People
) -> None:
    thaw(freezer, people, V1)
    thaw(freezer, people, V2, viability_method="7-AAD")
    thaw(freezer, people, V3, viability_method="AO/PI", viability_percent=None)
    with freezer.reading() as session:
        page = vial_pages.owner_page(session, "batch", BATCH)
    assert "by 7-AAD and trypan blue are not interchangeable" in page.methods_note
    assert page.stock == Stock(used=3)
    assert page.next_number == 4
    assert page.last_values["box"] == "7"


def test_a_label_has_what_a_person_reads_at_the_freezer(freezer: Database, people: People) -> None:
    take(freezer, people)
    with freezer.reading() as session:
        (label,) = labels.labels_of(session, [V1, V1])
        assert labels.codes_in_freezer(session, "batch", BATCH) == (V2, V3)
        assert labels.codes_in_freezer(session, "responder", RESPONDER) == ()
        with pytest.raises(LimsMscError, match="No vial is chosen"):
            labels.labels_of(session, ())
    told = (label.code, label.owner, label.frozen_on, label.cells)
    assert told == (V1, BATCH, "2026-02-01", "1\u202f000\u202f000 cells")


@pytest.mark.parametrize(
    ("code", "owner", "drawn"),
    [
        ("B-1-V01", "B-1", ("B-1 · P3", False)),
        ("MSC-BM-2026-DONOR1-V01", "MSC-BM-2026-DONOR1", ("P3", True)),
        ("A-CODE-OF-THE-FREEZER", "B-1", ("B-1 · P3", True)),
    ],
)
def test_a_long_code_is_written_small_and_the_batch_in_it_only_once(
    code: str, owner: str, drawn: tuple[str, bool]
) -> None:
    label = labels.Label(code, owner, "P3", "2026-02-01", "")
    assert (label.owner_line, label.is_long) == drawn


@pytest.mark.parametrize(
    "address",
    ["https://lims.example/vials/B-1-V01", f"https://a.very-long.example/{'x' * 90}/vials/A_b+c.1"],
)
def test_the_code_on_a_label_is_read_back_as_the_whole_address(address: str) -> None:
    drawn = labels.qr_svg(address)
    assert "style=" not in drawn
    same = make_qr(address, error="M", boost_error=False)
    assert drawn == same.svg_inline(border=4, omitsize=True, light="#fff")
    png = BytesIO()
    same.save(png, kind="png", scale=3, border=4)
    (found,) = zxingcpp.read_barcodes(Image.open(png))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    assert found.ec_level == "M"
    assert found.text == address
    assert code_of_scan(found.text) == address.rpartition("/")[2]


def test_a_tank_that_is_called_tank_is_not_called_so_twice() -> None:
    vial = Vial(tank="Tank 1", rack="2", box="", slot="A3")
    assert stock.place_text(vial) == "Tank 1, rack 2, slot A3"
