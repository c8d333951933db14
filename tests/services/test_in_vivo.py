"""Potency in the dish beside the effect in vivo: stored numbers, their differences, and no more."""

from __future__ import annotations

import pytest
from conftest import People
from families import add, copy_curve, mouse, outcomes, patient, three_generations
from statements import sent_statements

from lims_msc.domain.in_vivo_effects import Course, EffectKey, by_arm, effect_on, usual_day
from lims_msc.registry import Registry
from lims_msc.services.in_vivo import Choices, InVivoPage, in_vivo_page
from lims_msc.services.transaction import Database

KEY = EffectKey("EAE (Mus musculus)", "", "clinical score", "points", "lower")


def course(
    values: dict[int, float], *, dose_day: int | None = 12, arm: str = "MSC", better: str = "lower"
) -> Course:
    key = EffectKey(KEY.model, "", KEY.measure, KEY.unit, better)
    return Course(key, 1, "U-1", "M-1", arm, 1, "B-1", dose_day, values)


# --- one recipient ------------------------------------------------------------------------------

EFFECTS = {
    "lower is better": (course({10: 2.0, 12: 3.0, 28: 1.0}), 3.0, 12, 2.0),
    "higher is better": (course({12: 3.0, 28: 1.0}, better="higher"), 3.0, 12, -2.0),
    "the last value before the dose": (course({3: 1.5, 10: 2.0, 28: 2.5}), 2.0, 10, -0.5),
    "no change is zero and not minus zero": (course({12: 2.0, 28: 2.0}), 2.0, 12, 0.0),
    "days before induction": (course({-7: 4.0, 28: 1.0}, dose_day=-7), 4.0, -7, 3.0),
}


@pytest.mark.parametrize("case", EFFECTS)
def test_an_effect_is_the_difference_of_two_stored_values(case: str) -> None:
    one, before, before_day, improvement = EFFECTS[case]
    effect = effect_on(one, 28)
    assert (effect.before, effect.before_day, effect.after) == (before, before_day, one.values[28])
    assert effect.improvement == improvement
    assert str(effect.improvement) == str(improvement)
    assert not effect.reason


MISSING = {
    "no value on day 28": course({12: 3.0, 27: 1.0, 29: 1.0}),
    "no value on or before the dose on day 12": course({13: 3.0, 28: 1.0}),
    "no day of the dose is recorded": course({12: 3.0, 28: 1.0}, dose_day=None),
    "day 28 is not after the dose on day 28": course({28: 1.0}, dose_day=28),
}


@pytest.mark.parametrize("reason", MISSING)
def test_an_effect_that_is_not_measured_has_its_reason_and_no_number(reason: str) -> None:
    effect = effect_on(MISSING[reason], 28)
    assert (effect.reason, effect.change, effect.improvement) == (reason, None, None)


def test_the_usual_day_is_the_last_of_those_with_most_values_after_a_dose() -> None:
    courses = [course({12: 1, 20: 1, 28: 1}), course({12: 1, 20: 1, 28: 1}), course({30: 1})]
    assert usual_day(courses) == 28
    assert usual_day([course({12: 1.0})]) is None


def test_arms_that_are_not_called_msc_are_controls_and_stand_after_them() -> None:
    courses = [
        course({12: 3.0, 28: 3.0}, arm="vehicle"),
        course({12: 3.0, 28: 1.0}),
        course({12: 3.0, 28: 2.0}, arm="msc"),
        course({12: 3.0}),
    ]
    arms = by_arm(courses, 28)
    assert [(a.arm, a.is_of_msc, a.mean_improvement) for a in arms] == [
        ("MSC", True, 2.0),
        ("msc", True, 1.0),
        ("vehicle", False, 0.0),
    ]
    assert (len(arms[0].improvements), len(arms[0].effects)) == (1, 2)
    assert by_arm([course({12: 3.0})], 28)[0].mean_improvement is None


# --- what the page shows ------------------------------------------------------------------------


@pytest.fixture
def treated(analysed: Database, people: People) -> Database:
    """P1 and P2 with a curve, P3 without one, each given to a mouse; one mouse got a control."""
    add(analysed, people, three_generations())
    copy_curve(analysed, "FAM-P1", "PLATE-1")
    copy_curve(analysed, "FAM-P2", "PLATE-2", state="approved")
    uses = [mouse("U1", "FAM-P1"), mouse("U2", "FAM-P2"), mouse("U3", "FAM-P3")]
    measured = [
        *outcomes("U1", {12: 3.0, 20: 2.5, 28: 1.0}),
        *outcomes("U2", {10: 2.0, 28: 2.5}),
        *outcomes("U3", {12: 3.0, 28: 3.0}),
        *outcomes("U4", {12: 3.0, 28: 4.0}),
        *outcomes("U1", {12: 20.0, 28: 21.0}, measure="lesions"),
    ]
    add(analysed, people, [*uses, mouse("U4", "FAM-P1", "vehicle"), *measured])
    return analysed


def page_of(database: Database, registry: Registry, chosen: Choices | None = None) -> InVivoPage:
    with database.reading() as session:
        return in_vivo_page(session, registry, chosen or Choices())


def test_a_batch_has_its_effect_beside_its_potency_and_controls_beside_it(
    treated: Database, registry: Registry
) -> None:
    page = page_of(treated, registry)
    score, lesions = page.groups
    assert score.key == KEY
    assert (score.day, score.days, score.later_days) == (28, (10, 12, 20, 28), (20, 28))
    assert [(a.batch_code, a.arm, a.mean_improvement) for a in score.arms] == [
        ("FAM-P1", "MSC", 2.0),
        ("FAM-P1", "vehicle", -1.0),
        ("FAM-P2", "MSC", -0.5),
        ("FAM-P3", "MSC", 0.0),
    ]
    assert [a.mean_improvement for a in lesions.arms] == [-1.0]
    numbers = {arm.batch_code: arm.batch_id for arm in score.arms}
    found = {code: page.potencies.get(number, ()) for code, number in numbers.items()}
    assert [r.r50_words for r in found["FAM-P1"]] == ["1:9.6"]
    assert found["FAM-P3"] == ()


def test_a_point_is_drawn_for_each_batch_with_both_numbers_and_for_no_control(
    treated: Database, registry: Registry
) -> None:
    half, anchor = page_of(treated, registry).groups[0].scatters
    for chart in (half, anchor):
        assert [(s.name, s.points[0].y, s.points[0].is_filled) for s in chart.series] == [
            ("FAM-P1, MSC", 2.0, False),
            ("FAM-P2, MSC", -0.5, True),
        ]
        assert "above 0 is better" in chart.y.name
    assert half.series[0].points[0].x == pytest.approx(0.10443, abs=5e-6)
    assert "lower is more potent" in half.x.name


def test_courses_join_stored_values_only_and_controls_are_dashed(
    treated: Database, registry: Registry
) -> None:
    chart = page_of(treated, registry).groups[0].course_chart
    drawn = {s.name: [(p.x, p.y) for p in s.points] for s in chart.series}
    assert drawn["U2, FAM-P2, MSC"] == [(10, 2.0), (28, 2.5)]
    assert [s.name for s in chart.series if s.is_dashed] == ["U4, FAM-P1, vehicle"]
    assert "lower is better" in chart.y.name


def test_a_chosen_day_is_used_and_what_it_lacks_is_said(
    treated: Database, registry: Registry
) -> None:
    page = page_of(treated, registry, Choices(measure="clinical score", day=20))
    (group,) = page.groups
    reasons = {a.batch_code: [e.reason for e in a.effects] for a in group.arms if a.is_of_msc}
    assert reasons["FAM-P1"] == [""]
    assert reasons["FAM-P2"] == ["no value on day 20"]
    assert [s.name for s in group.scatters[0].series] == ["FAM-P1, MSC"]


@pytest.mark.parametrize(
    ("chosen", "groups", "uses"),
    [
        (Choices(measure="lesions"), 1, 4),
        (Choices(model="EAE (Mus musculus)"), 2, 4),
        (Choices(model="DSS colitis"), 0, 0),
        (Choices(disease="multiple sclerosis"), 0, 0),
    ],
)
def test_a_choice_leaves_out_what_is_not_of_it(
    treated: Database, registry: Registry, chosen: Choices, groups: int, uses: int
) -> None:
    page = page_of(treated, registry, chosen)
    assert (len(page.groups), len(page.uses)) == (groups, uses)
    assert page.measures == ("clinical score", "lesions")
    assert page.models == ("EAE (Mus musculus)",)


def test_the_series_that_is_named_is_the_one_that_stands_beside(
    treated: Database, registry: Registry
) -> None:
    copy_curve(treated, "FAM-P3", "PLATE-9", readout="brdu_od")
    page = page_of(treated, registry)
    assert len(page.groups[0].scatters[0].series) == 2
    (other,) = [key for key in page.series if "BrdU" in key.title]
    chosen = page_of(treated, registry, Choices(series=other.title))
    assert [s.name for s in chosen.groups[0].scatters[0].series] == ["FAM-P3, MSC"]
    assert chosen.beside == other
    assert page.beside is not None
    assert page.beside.short_title == "T-cell proliferation on INV-PBMC-1, resting, mode FULL"


def test_a_use_without_outcomes_or_day_is_listed_and_has_no_effect(
    analysed: Database, registry: Registry, people: People
) -> None:
    add(analysed, people, [patient("P-1", "INV-MSC-1", "PT-7")])
    page = page_of(analysed, registry)
    assert [(u.model, u.dose, u.day, u.outcomes) for u in page.uses] == [
        ("patients", "1\u202f000\u202f000 cells/kg", None, 0)
    ]
    assert page.groups == ()


def test_many_uses_are_read_in_the_same_statements_as_few(
    treated: Database, registry: Registry, people: People
) -> None:
    with sent_statements(treated) as few:
        page_of(treated, registry)
    more = [mouse(f"N{n}", "FAM-P2") for n in range(25)]
    add(
        treated, people, [*more, *(o for n in range(25) for o in outcomes(f"N{n}", {12: 1, 28: 2}))]
    )
    with sent_statements(treated) as many:
        assert len(page_of(treated, registry).uses) == 29
    assert len(many) == len(few)
