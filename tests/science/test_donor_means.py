"""One value for each donor, and comparisons that count donors only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.comparison import ComparisonStatus, Question
from lims_msc.science.donor_comparisons import (
    compare_cohorts,
    compare_groups,
    compare_within_donors,
)
from lims_msc.science.donor_means import CurveValue, DonorMeansStatus, donor_means
from lims_msc.science.paired import wilcoxon_signed_rank
from lims_msc.science.two_groups import mann_whitney

Values = list[CurveValue]


def curves(*rows: tuple[str, str, float]) -> Values:
    return [CurveValue(donor, responder, value) for donor, responder, value in rows]


COHORTS = {"H1": "healthy", "H2": "healthy", "H3": "healthy", "S1": "SLE", "S2": "SLE", "S3": "SLE"}
SIX = curves(
    *((donor, "R1", 50.0 + place) for place, donor in enumerate(COHORTS)),
    *((donor, "R2", 30.0 + 2 * place) for place, donor in enumerate(COHORTS)),
)


def test_responders_weigh_the_same_however_often_they_were_used() -> None:
    values = [
        CurveValue("D1", "R1", 80.0, "B1", "1"),
        CurveValue("D1", "R1", 70.0, "B1", "2"),
        CurveValue("D1", "R1", 60.0, "B2", "1"),
        CurveValue("D1", "R2", 10.0, "B1", "1"),
        CurveValue("D2", "R1", 50.0, "B3", "1"),
        CurveValue("D2", "R2", 30.0, "B3", "1"),
    ]
    found = donor_means(values)
    assert found.values == {"D1": pytest.approx((67.5 + 10) / 2), "D2": pytest.approx(40.0)}
    assert (found.n, found.responder_codes, found.left_out) == (2, ("R1", "R2"), ())
    assert "each of 2 MSC donors" in found.text


def test_only_responders_of_all_donors_count_and_the_others_are_named() -> None:
    extra = curves(("H1", "R9", 99.0))
    found = donor_means([*SIX, *extra])
    assert found.values == donor_means(SIX).values
    assert found.left_out == tuple(extra)
    assert "Left out: 1 values of responders that not every donor was tested with (R9)." in (
        found.text
    )


def test_wells_are_refused_as_n() -> None:
    wells = [CurveValue("D1", "R1", value, "B1", "run 4") for value in (60.0, 61.0, 59.0)]
    found = donor_means(wells)
    assert (found.status, found.values) == (DonorMeansStatus.WELLS, {})
    assert "donor 'D1', batch 'B1' has several values with responder 'R1' in run 'run 4'" in (
        found.text
    )
    assert "wells are no donors" in found.text
    assert "donor 'D1' has several values" in donor_means(curves(*[("D1", "R1", 1.0)] * 2)).text


def test_no_common_responder_and_no_value_have_their_reasons() -> None:
    apart = donor_means(curves(("D1", "R1", 1.0), ("D2", "R2", 2.0)))
    assert apart.status is DonorMeansStatus.NO_COMMON_RESPONDER
    assert len(apart.left_out) == 2
    assert "mixed model" in apart.text
    assert donor_means([]).status is DonorMeansStatus.NO_VALUES
    with pytest.raises(ValueError, match="Not a value"):
        donor_means(curves(("D1", "R1", float("nan"))))


@given(st.permutations(SIX))
def test_the_order_of_curves_does_not_matter(values: Values) -> None:
    assert donor_means(values) == donor_means(SIX)


def test_cohorts_are_compared_by_donors_with_how_the_values_were_made() -> None:
    question = Question(names=("SLE", "healthy"))
    found = compare_cohorts(donor_means(SIX), COHORTS, question)
    assert found.n == (3, 3)
    assert found.estimate == pytest.approx(4.5)
    assert "n = 3 and 3 donors" in found.text
    assert "One value for each of 6 MSC donors" in found.text
    exact = compare_cohorts(donor_means(SIX), COHORTS, question, mann_whitney)
    assert exact.p == pytest.approx(0.1)


def test_donors_of_no_cohort_are_left_out_and_named() -> None:
    cohorts = {**COHORTS, "S3": "RA"}
    found = compare_cohorts(donor_means(SIX), cohorts, Question(names=("SLE", "healthy")))
    assert found.status is ComparisonStatus.TOO_FEW
    assert "Left out, because they are in neither cohort: 'S3'." in found.text


def test_cohorts_need_values_and_two_names() -> None:
    question = Question(names=("SLE", "healthy"))
    none = compare_cohorts(donor_means([]), COHORTS, question)
    assert (none.status, none.reason) == (ComparisonStatus.UNDEFINED, "no curve has a value")
    for names in ((), ("SLE", "SLE"), ("SLE", "RA", "healthy")):
        with pytest.raises(ValueError, match="two cohorts"):
            compare_cohorts(donor_means(SIX), COHORTS, Question(names=names))


def test_a_donor_in_both_groups_is_a_pair_and_not_two_donors() -> None:
    first, second = {"D1": 1.0, "D2": 2.0, "D3": 3.0}, {"D3": 3.5, "D4": 1.0, "D5": 2.0}
    found = compare_groups(first, second)
    assert found.status is ComparisonStatus.UNDEFINED
    assert "'D3' is in both groups" in found.text
    assert compare_groups(first, {}).status is ComparisonStatus.TOO_FEW
    assert compare_groups(first, {"D4": 1.0, "D5": 2.0, "D6": 9.0}).p is not None


def test_pairs_are_matched_by_donor_and_donors_alone_are_named() -> None:
    primed = {"D3": 30.0, "D1": 11.0, "D2": 22.0, "D4": 44.0}
    resting = {"D1": 10.0, "D2": 20.0, "D3": 27.0, "D9": 1.0}
    found = compare_within_donors(primed, resting)
    assert (found.n, found.estimate) == ((3,), pytest.approx(2.0))
    assert "have a value in one condition only: 'D4' and 'D9'" in found.text
    ranks = compare_within_donors(primed, resting, Question(), wilcoxon_signed_rank)
    assert ranks.p == pytest.approx(0.25)
    nobody = compare_within_donors({"D1": 1.0}, {"D2": 1.0})
    assert (nobody.status, nobody.n) == (ComparisonStatus.TOO_FEW, (0,))
