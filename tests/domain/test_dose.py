"""The ratio of MSC to responders: never without its order, never turned round."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.dose import Dose, RatioOrder, half_suppression_text, ratio_text
from lims_msc.errors import InputError

numbers = st.integers(1, 10**6)
decimals = st.decimals("0.001", "99999", places=3).map(str)


@pytest.mark.parametrize("text", ["1:10", "10/1", "1 : 1", "nonsense"])
def test_a_ratio_without_its_order_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        Dose.parse(text, order=None)
    assert f"'{text}'" in refusal.value.message
    assert "MSC:responder or responder:MSC" in refusal.value.hint


@given(first=numbers | decimals, second=numbers | decimals, mark=st.sampled_from([":", " : ", "/"]))
def test_the_two_orders_of_one_text_are_each_others_reciprocal(
    first: object, second: object, mark: str
) -> None:
    text = f"{first}{mark}{second}"
    msc_first = Dose.parse(text, order=RatioOrder.MSC_TO_RESPONDER)
    responder_first = Dose.parse(text, order=RatioOrder.RESPONDER_TO_MSC)
    assert msc_first.ratio == Fraction(str(first)) / Fraction(str(second))
    assert msc_first.ratio * responder_first.ratio == 1


def test_one_to_ten_is_a_tenth_or_ten_by_its_order() -> None:
    assert Dose.parse("1:10", order=RatioOrder.MSC_TO_RESPONDER).msc_per_responder == 0.1
    assert Dose.parse("1:10", order=RatioOrder.RESPONDER_TO_MSC).msc_per_responder == 10


@pytest.mark.parametrize("order", RatioOrder)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1:",
        ":10",
        "1:10:100",
        "-1:10",
        "1:-10",
        "1,5:10",
        "1e3:1",
        "1:∞",
        "1∶10",
        "½:1",
        "a:b",
        "01:10:00",
        "1::10",
        "1\\10",
        "１:10",
        "1234567890123:1",
    ],
)
def test_what_is_no_ratio_is_refused_with_its_text(text: str, order: RatioOrder) -> None:
    with pytest.raises(InputError) as refusal:
        Dose.parse(text, order=order)
    assert f"'{text}'" in refusal.value.message
    assert order.value in refusal.value.hint


@pytest.mark.parametrize(
    ("text", "order"), [("1:0", RatioOrder.MSC_TO_RESPONDER), ("0:1", RatioOrder.RESPONDER_TO_MSC)]
)
def test_no_responders_make_no_ratio(text: str, order: RatioOrder) -> None:
    with pytest.raises(InputError, match="0 responder cells make no ratio"):
        Dose.parse(text, order=order)


def test_less_than_no_msc_is_refused() -> None:
    with pytest.raises(InputError, match="-1 MSC"):
        Dose.from_cells(msc_cells=-1, responder_cells=10)


@given(msc=st.integers(0, 10**7), responders=numbers)
def test_cells_give_the_exact_ratio_and_survive_being_stored_as_text(
    msc: int, responders: int
) -> None:
    dose = Dose.from_cells(msc_cells=msc, responder_cells=responders)
    assert dose.ratio == Fraction(msc, responders)
    stored = Dose.from_text(
        msc_cells=str(dose.msc_cells), responder_cells=str(dose.responder_cells)
    )
    assert stored == dose


@pytest.mark.parametrize(
    ("ratio", "is_doubtful"), [("2:1", False), ("2.001:1", True), ("10:1", True), ("1:10", False)]
)
def test_more_than_two_msc_per_responder_look_reversed(ratio: str, *, is_doubtful: bool) -> None:
    dose = Dose.parse(ratio, order=RatioOrder.MSC_TO_RESPONDER)
    assert dose.is_probably_reversed is is_doubtful


@pytest.mark.parametrize(
    ("msc_per_responder", "text"),
    [
        (0, "no MSC"),
        (1, "1:1"),
        (0.5, "1:2"),
        (0.1, "1:10"),
        (1 / 30, "1:30"),
        (0.03333, "1:30"),
        (1 / 6.4, "1:6.4"),
        (1 / 1280, "1:1280"),
        (2, "2:1"),
        (2.5, "2.5:1"),
        (100, "100:1"),
    ],
)
def test_a_dose_is_printed_with_msc_first(msc_per_responder: float, text: str) -> None:
    assert ratio_text(msc_per_responder) == text


def test_a_printed_dose_names_its_order() -> None:
    assert str(Dose.from_cells(msc_cells=1, responder_cells=10)) == "MSC:responder 1:10"


@given(st.integers(1, 2000))
def test_a_printed_dilution_reads_back_as_itself(dilution: int) -> None:
    dose = Dose.parse(ratio_text(1 / dilution), order=RatioOrder.MSC_TO_RESPONDER)
    assert dose.ratio == Fraction(1, dilution)


@pytest.mark.parametrize(
    ("msc_per_responder", "text"),
    [(1 / 6.4, "1:6.4"), (1 / 9.04, "1:9.0"), (1, "1:1.0"), (1.5, "1.5:1"), (0.001, "1:1000.0")],
)
def test_a_dose_of_half_suppression_has_one_decimal(msc_per_responder: float, text: str) -> None:
    assert half_suppression_text(msc_per_responder) == text
