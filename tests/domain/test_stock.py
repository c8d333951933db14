"""States of vials, places in a box, what a thaw gave, and what a scanner types."""

from __future__ import annotations

import itertools

import pytest
from conftest import People
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.labels import LABEL_SIZES, code_of_scan, label_size
from lims_msc.domain.records.stock import VIAL_STATES
from lims_msc.domain.stock import (
    BOX_SIZES,
    RULES,
    BoxSize,
    Rule,
    Stock,
    StockAction,
    VialState,
    allowed_actions,
    box_size,
    check,
    following_slots,
    methods_note,
    one_slot,
    recovery,
    rescue_text,
    rule_to,
    viability_text,
)
from lims_msc.errors import IllegalTransition, InputError, NotAllowed

ALLOWED = {
    ("available", "reserve"): "reserved",
    ("available", "use"): "used",
    ("available", "destroy"): "destroyed",
    ("reserved", "release"): "available",
    ("reserved", "use"): "used",
    ("reserved", "destroy"): "destroyed",
}
NINE = BoxSize(9, 9)


@pytest.mark.parametrize(("state", "action"), [*itertools.product(VialState, StockAction)])
def test_a_vial_goes_only_the_ways_of_the_table(
    state: VialState, action: StockAction, people: People
) -> None:
    def go() -> VialState:
        return check(action, state, people.technician, vial_code="V-1", reason="P-1", since="by X")

    expected = ALLOWED.get((state.value, action.value))
    if expected is not None:
        assert go() == expected
        return
    with pytest.raises(IllegalTransition) as refusal:
        go()
    assert refusal.value.message.startswith(f"The vial 'V-1' was {rule_to(state).past} by X and")
    assert all(possible in refusal.value.hint for possible in allowed_actions(state))


def test_the_states_are_those_of_the_register() -> None:
    assert tuple(VialState) == VIAL_STATES
    assert [state for state in VialState if state.is_there] == ["available", "reserved"]


def test_what_cannot_be_done_with_a_used_vial_is_everything() -> None:
    assert allowed_actions(VialState.USED) == allowed_actions(VialState.DESTROYED) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.action)
def test_a_step_without_its_words_or_its_role_is_refused(rule: Rule, people: People) -> None:
    state = min(rule.from_states)
    if rule.words:
        with pytest.raises(InputError, match=rule.words):
            check(rule.action, state, people.reviewer, vial_code="V-1", reason="  ")
    for person in (people.reader, people.data_manager):
        with pytest.raises(NotAllowed, match=f"may not {rule.action} a vial"):
            check(rule.action, state, person, vial_code="V-1", reason="P-1")


def test_a_stock_is_told_in_words_and_is_available_first() -> None:
    assert Stock().text == "no vials"
    assert Stock(used=2).text == "0 available, 2 used"
    assert Stock(3, 1, 2, 1).text == "3 available, 1 reserved, 2 used, 1 destroyed"
    assert Stock(3, 1, 2, 1).total == 7


@pytest.mark.parametrize(
    ("recovered", "frozen", "percent", "words"),
    [
        (840_000, 1_000_000, 84.0, ""),
        (0, 1_000_000, 0.0, ""),
        (1_000_000, 1_000_000, 100.0, ""),
        (1_200_000, 1_000_000, 120.0, "120.0 % is more than was frozen"),
        (None, 1_000_000, None, "recovered were not recorded"),
        (840_000, None, None, "per vial were not recorded"),
        (840_000, 0, None, "'0' viable cells were frozen"),
    ],
)
def test_recovery_is_a_percentage_or_a_reason_and_never_clipped(
    recovered: float | None, frozen: float | None, percent: float | None, words: str
) -> None:
    found = recovery(recovered, frozen)
    assert found.percent == percent
    assert words in (found.warning or found.reason)
    assert bool(found.warning) == (percent is not None and percent > 100)
    assert found.text == (found.reason if percent is None else f"{percent:.1f} %")


@pytest.mark.parametrize(
    ("percent", "method", "text"),
    [
        (87.5, "trypan blue", "87.5 % by trypan blue"),
        (87.5, "", "87.5 % (method not recorded)"),
        (0.0, "7-AAD", "0 % by 7-AAD"),
        (None, "7-AAD", "not recorded"),
    ],
)
def test_a_viability_is_never_shown_without_its_method(
    percent: float | None, method: str, text: str
) -> None:
    assert viability_text(percent, method) == text


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        (["7-AAD", "trypan blue", "7-AAD"], "by 7-AAD and trypan blue are not interchangeable"),
        (["AO/PI", "7-AAD", "trypan blue"], "by 7-AAD, AO/PI and trypan blue are not"),
        (["7-AAD", ""], "of others the method is not recorded"),
        (["7-AAD", "7-AAD"], ""),
        (["", ""], ""),
        ([], ""),
    ],
)
def test_viabilities_of_several_methods_are_said_not_to_be_interchangeable(
    methods: list[str], words: str
) -> None:
    note = methods_note(methods)
    assert words in note
    assert bool(note) == bool(words)


def test_the_time_in_culture_after_the_thaw_is_told() -> None:
    told = [rescue_text(hours) for hours in (0, 24.0, None)]
    assert told == ["0 h, straight from the thaw", "24 h", "not recorded"]


@pytest.mark.parametrize(
    ("first", "count", "size", "slots"),
    [
        ("A1", 2, NINE, ("A1", "A2")),
        ("a08", 3, NINE, ("A8", "A9", "B1")),
        ("A9", 3, BoxSize(10, 10), ("A9", "A10", "B1")),
        ("I9", 1, NINE, ("I9",)),
    ],
)
def test_slots_are_filled_row_by_row(
    first: str, count: int, size: BoxSize, slots: tuple[str, ...]
) -> None:
    assert following_slots(first, count, size) == slots


@pytest.mark.parametrize(
    ("first", "count", "words"),
    [
        ("I9", 2, "2 vials do not fit into a box of 9 × 9 from slot 'I9' on"),
        ("J1", 1, "A box of 9 × 9 has no slot 'J1'"),
        ("A0", 1, "has no slot 'A0'"),
        ("", 1, "has no slot ''"),
        ("12", 1, "has no slot '12'"),
    ],
)
def test_a_slot_that_the_box_does_not_have_is_refused(first: str, count: int, words: str) -> None:
    with pytest.raises(InputError) as refusal:
        following_slots(first, count, NINE)
    assert words in refusal.value.message
    assert "I9" in refusal.value.hint


def test_a_box_has_as_many_slots_as_rows_and_columns_say() -> None:
    for size in BOX_SIZES:
        assert len(set(size.slots)) == size.rows * size.columns
        assert box_size(size.key) == size
    with pytest.raises(InputError, match="'7x7' is no size of a box"):
        box_size("7x7")


@pytest.mark.parametrize(
    ("text", "slot"), [("a1", "A1"), (" B07 ", "B7"), ("12", "12"), ("b-3", "b-3"), ("", "")]
)
def test_a_slot_has_one_spelling(text: str, slot: str) -> None:
    assert one_slot(text) == slot


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("B-1-V01", "B-1-V01"),
        ("  B-1-V01\r\n", "B-1-V01"),
        ("https://lims.example/msc/vials/B-1-V01", "B-1-V01"),
        ("HTTPS://lims.example/msc/vials/B-1-V01?x=1#y", "B-1-V01"),
        ("http://127.0.0.1:8765/batches/B-1", "B-1"),
        ("http://127.0.0.1:8765/batches/B-1/vials", "B-1"),
        ("http://127.0.0.1:8765/vials/A%2BB_1", "A+B_1"),
        ("https://lims.example/vials/vials", "vials"),
        ("https://lims.example/about", "https://lims.example/about"),
        ("http://[x", "http://[x"),
        ("ratio 1:10", "ratio 1:10"),
        ("", ""),
    ],
)
def test_the_code_is_found_in_what_a_scanner_types(typed: str, code: str) -> None:
    assert code_of_scan(typed) == code


@settings(max_examples=40)
@given(code=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,38}", fullmatch=True))
def test_a_scanner_with_american_keys_at_a_german_computer_is_understood(code: str) -> None:
    address = f"https://lab.example/vials/{code}"
    german = address.translate(str.maketrans(":/-_yzYZ", "Ö-ß?zyZY"))
    assert german.startswith("httpsÖ--")
    assert code_of_scan(german) == code


def test_a_size_of_labels_is_found_by_its_key() -> None:
    assert [label_size(size.key) for size in LABEL_SIZES] == list(LABEL_SIZES)


def test_a_size_of_labels_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InputError, match="'a5' is no size of labels") as refusal:
        label_size("a5")
    assert "roll-33x13" in refusal.value.hint
