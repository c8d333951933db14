"""Release by rule sets: strict and non-strict limits, units that do not convert, open verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.release import ReleaseLine, Rule, RuleSet, TestResult, Verdict, judge
from lims_msc.domain.release_limits import Standing, condition_problem, exact_text, standing
from lims_msc.domain.release_templates import (
    HUCMSC_2020,
    ISCT_2006,
    ISCT_2025,
    J_TRANSL_MED_2018,
    LECHANTEUR_2016,
    SHIPPED,
    UC_TRIAL,
)

WORDS = {
    "plastic adherence": "adherent",
    "sterility": "no growth",
    "mycoplasma": "negative",
    "karyotype": "normal",
    "differentiation bone": "positive",
    "differentiation fat": "positive",
    "differentiation cartilage": "positive",
}
# Numbers that every one of the rule sets accepts.
NUMBERS = {
    "CD73": 99.0,
    "CD90": 99.0,
    "CD105": 98.0,
    **dict.fromkeys(("CD45", "CD34", "CD14", "CD11b", "CD79a", "CD19", "CD3", "CD31"), 0.4),
    "HLA-DR": 0.9,
    "viability": 95.0,
}
ENDOTOXIN = {"Lechanteur": "EU/mL", "UC trial": "EU/kg", "HUCMSC": "EU/mL"}


def results_for(rule_set: RuleSet, **changes: TestResult) -> list[TestResult]:
    """Return results that pass a rule set, but for those that are given (``_`` is a dash)."""
    found = {name: TestResult(name, result=value, unit="%") for name, value in NUMBERS.items()}
    found |= {name: TestResult(name, result_text=words) for name, words in WORDS.items()}
    unit = ENDOTOXIN.get(rule_set.name, "EU/mL")
    found["endotoxin"] = TestResult("endotoxin", result=0.1, unit=unit)
    found["suppression"] = TestResult(
        "suppression", result=60.0, unit="%", condition="PBMC:MSC 10:1"
    )
    return list({**found, **{k.replace("_", "-"): v for k, v in changes.items()}}.values())


def percent(name: str, value: float, **more: str) -> TestResult:
    return TestResult(name, result=value, unit="%", **more)  # type: ignore[arg-type]


def verdict_of(rule_set: RuleSet, result: TestResult, *, primed_with: str = "") -> Verdict:
    """Return what the rule about this test says, all other results being good."""
    changes = {result.test_name.replace("-", "_"): result}
    found = judge(rule_set, results_for(rule_set, **changes), primed_with=primed_with)
    (line,) = [line for line in found.lines if result.test_name in line.rule.tests]
    return line.verdict


@pytest.mark.parametrize("rule_set", [s for s in SHIPPED if s.rules], ids=lambda s: s.title)
def test_a_good_batch_passes_every_shipped_rule_set(rule_set: RuleSet) -> None:
    found = judge(rule_set, results_for(rule_set))
    assert found.verdict is Verdict.PASS
    assert all(line.reason for line in found.lines)


PASS, FAIL, OPEN, INFORMATIVE = Verdict.PASS, Verdict.FAIL, Verdict.OPEN, Verdict.INFORMATIVE
INCOMPARABLE = Verdict.NOT_COMPARABLE
AT_TEN = {"condition": "PBMC:MSC 10:1"}
LIMITS = [
    *((LECHANTEUR_2016, percent(name, 70.0), FAIL) for name in ("CD73", "CD90", "CD105")),
    (LECHANTEUR_2016, percent("CD73", 70.1), PASS),
    *((LECHANTEUR_2016, percent(name, 5.0), FAIL) for name in ("CD14", "CD34", "CD45")),
    (LECHANTEUR_2016, percent("CD45", 4.9), PASS),
    (LECHANTEUR_2016, percent("CD3", 1.0), FAIL),
    (LECHANTEUR_2016, percent("viability", 12.0), INFORMATIVE),
    (LECHANTEUR_2016, percent("suppression", 25.0, **AT_TEN), FAIL),
    (LECHANTEUR_2016, percent("suppression", 25.1, **AT_TEN), PASS),
    (LECHANTEUR_2016, percent("suppression", 80.0, condition="PBMC:MSC 5:1"), INCOMPARABLE),
    (LECHANTEUR_2016, percent("suppression", 80.0, condition="10:1"), INCOMPARABLE),
    (LECHANTEUR_2016, percent("suppression", 80.0), INCOMPARABLE),
    (LECHANTEUR_2016, percent("suppression", 80.0, condition="MSC:PBMC 1:10"), PASS),
    (LECHANTEUR_2016, TestResult("endotoxin", result=2.5, unit="IU/mL"), FAIL),
    (LECHANTEUR_2016, TestResult("endotoxin", result=2.4, unit="EU/mL"), PASS),
    (LECHANTEUR_2016, TestResult("endotoxin", result=1.0, unit="EU/kg"), INCOMPARABLE),
    (LECHANTEUR_2016, TestResult("karyotype", result_text="abnormal"), FAIL),
    (J_TRANSL_MED_2018, percent("CD73", 95.0), PASS),
    (J_TRANSL_MED_2018, percent("CD73", 94.9), FAIL),
    (J_TRANSL_MED_2018, percent("CD45", 5.0), PASS),
    (J_TRANSL_MED_2018, percent("CD31", 5.1), FAIL),
    (J_TRANSL_MED_2018, percent("HLA-DR", 35.0), INFORMATIVE),
    (J_TRANSL_MED_2018, percent("viability", 70.0), PASS),
    (J_TRANSL_MED_2018, percent("viability", 69.9), FAIL),
    (J_TRANSL_MED_2018, TestResult("differentiation fat", result_text="negative"), FAIL),
    (UC_TRIAL, percent("CD73", 95.0), FAIL),
    *((UC_TRIAL, percent(name, 2.0), FAIL) for name in ("CD11b", "CD19", "CD34", "CD45")),
    (UC_TRIAL, percent("HLA-DR", 2.0), FAIL),
    (UC_TRIAL, percent("viability", 80.0), FAIL),
    (UC_TRIAL, TestResult("endotoxin", result=5.0, unit="EU/kg"), PASS),
    (UC_TRIAL, TestResult("endotoxin", result=0.1, unit="EU/mL"), INCOMPARABLE),
    (UC_TRIAL, percent("suppression", 3.0), INFORMATIVE),
    (HUCMSC_2020, percent("viability", 85.0), PASS),
    (HUCMSC_2020, percent("viability", 84.9), FAIL),
    (HUCMSC_2020, TestResult("endotoxin", result=0.5, unit="EU/mL"), FAIL),
    (HUCMSC_2020, TestResult("mycoplasma", result_text="positive"), FAIL),
    (HUCMSC_2020, TestResult("sterility", result_text="No  Growth"), PASS),
    (HUCMSC_2020, TestResult("sterility", result_text="pending"), OPEN),
    (ISCT_2006, percent("CD105", 95.0), PASS),
    (ISCT_2006, percent("CD105", 94.99), FAIL),
    (ISCT_2006, percent("HLA-DR", 2.0), PASS),
    (ISCT_2006, percent("HLA-DR", 2.1), FAIL),
    (ISCT_2006, TestResult("CD105", result=0.97, unit=""), INCOMPARABLE),
    (ISCT_2006, TestResult("CD105", result=0.97, unit="fraction"), INCOMPARABLE),
    (ISCT_2006, TestResult("CD105", result_text="high"), OPEN),
    (ISCT_2006, TestResult("CD105", qualifier="<", result=97.0, unit="%"), OPEN),
    (ISCT_2006, TestResult("plastic adherence", result_text="not adherent"), FAIL),
    (ISCT_2006, TestResult("plastic adherence", result=1.0), OPEN),
]


@pytest.mark.parametrize(("rule_set", "result", "verdict"), LIMITS)
def test_the_published_tables_give_their_verdicts(
    rule_set: RuleSet, result: TestResult, verdict: Verdict
) -> None:
    assert verdict_of(rule_set, result) is verdict
    changed = results_for(rule_set, **{result.test_name.replace("-", "_"): result})
    as_whole = {INFORMATIVE: PASS, INCOMPARABLE: OPEN}.get(verdict, verdict)
    assert judge(rule_set, changed).verdict is as_whole


def test_a_limit_that_is_strict_says_so() -> None:
    found = judge(LECHANTEUR_2016, [percent("CD73", 70.0)])
    assert found.lines[0].reason == (
        "CD73 is 70 %; above 70 % is asked. The limit itself does not pass."
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [(95.0, "95"), (94.999999, "94.999999"), (0.5, "0.5"), (-3.0, "−3"), (1.5e-7, "1.500e−07")],
)
def test_a_result_is_never_rounded_onto_its_limit(number: float, words: str) -> None:
    assert exact_text(number) == words


def test_an_international_unit_of_endotoxin_is_an_endotoxin_unit() -> None:
    result = TestResult("endotoxin", result=2.4, unit="EU/mL")
    found = judge(LECHANTEUR_2016, results_for(LECHANTEUR_2016, endotoxin=result))
    (line,) = [line for line in found.lines if line.rule.test_name == "endotoxin"]
    assert line.reason == (
        "endotoxin is 2.4 EU/mL; below 2.5 IU/mL is asked. 1 IU of endotoxin is 1 EU."
    )


def test_hla_dr_of_a_primed_batch_warns_and_does_not_fail() -> None:
    high = percent("HLA-DR", 60.0)
    assert verdict_of(ISCT_2006, high) is FAIL
    assert verdict_of(ISCT_2006, high, primed_with="IFN-γ") is Verdict.WARNING
    found = judge(ISCT_2006, results_for(ISCT_2006, HLA_DR=high), primed_with="IFN-γ")
    assert found.verdict is PASS
    (line,) = [line for line in found.lines if line.verdict is Verdict.WARNING]
    assert "primed with IFN-γ" in line.reason
    low_cd105 = results_for(ISCT_2006, CD105=percent("CD105", 50.0))
    assert judge(ISCT_2006, low_cd105, primed_with="IFN-γ").verdict is FAIL


@pytest.mark.parametrize(
    ("missing", "verdict"), [({"CD14"}, PASS), ({"CD11b"}, PASS), ({"CD14", "CD11b"}, OPEN)]
)
def test_one_of_two_alternatives_suffices(missing: set[str], verdict: Verdict) -> None:
    results = [r for r in results_for(ISCT_2006) if r.test_name not in missing]
    assert judge(ISCT_2006, results).verdict is verdict


def test_an_alternative_that_fails_is_not_outweighed_by_the_other() -> None:
    results = results_for(ISCT_2006, CD14=percent("CD14", 30.0))
    found = judge(ISCT_2006, results)
    assert found.verdict is FAIL
    (line,) = [line for line in found.lines if "CD14" in line.rule.test_name]
    assert line.reason == (
        "CD14 is 30 %; at most 2 % is asked. CD11b is 0.4 %; at most 2 % is asked. "
        "One of them would suffice, but one that fails is not outweighed."
    )


def test_an_alternative_that_was_measured_otherwise_does_not_hinder_the_other() -> None:
    results = results_for(ISCT_2006, CD11b=TestResult("CD11b", result=0.004, unit="fraction"))
    assert judge(ISCT_2006, results).verdict is PASS


@pytest.mark.parametrize("rule_set", SHIPPED, ids=lambda s: s.title)
def test_without_results_nothing_is_released(rule_set: RuleSet) -> None:
    found = judge(rule_set, [])
    assert found.verdict is OPEN
    assert {line.verdict for line in found.lines} <= {Verdict.NOT_TESTED, INFORMATIVE}


def test_a_rule_set_without_rules_releases_nothing_and_says_why() -> None:
    assert judge(ISCT_2025, results_for(ISCT_2006)).verdict is OPEN
    assert "No primary text" in ISCT_2025.note


def test_the_newest_result_counts_and_a_contradiction_of_one_day_is_open() -> None:
    first, later = date(2026, 1, 1), date(2026, 1, 2)
    rule_set = RuleSet("X", "1", "X", "", (Rule("CD73", ">=", 95, "%"),))
    old = TestResult("CD73", result=80.0, unit="%", tested_on=first)
    new = TestResult("cd73", result=97.0, unit="%", tested_on=later)
    found = judge(rule_set, [new, old])
    assert found.verdict is PASS
    assert "newest of 2" in found.lines[0].reason
    other = TestResult("CD73", result=60.0, unit="%", tested_on=later)
    disagreeing = judge(rule_set, [new, other]).lines[0]
    assert (disagreeing.verdict, "97 % (2026-01-02) and 60 %" in disagreeing.reason) == (OPEN, True)


@pytest.mark.parametrize(
    ("qualifier", "result", "operator", "limit", "stands"),
    [
        ("<", 0.5, "<", 0.5, Standing.MEETS),
        ("<=", 0.5, "<", 0.5, Standing.UNKNOWN),
        ("<=", 0.5, "<=", 0.5, Standing.MEETS),
        ("<", 3.0, "<", 2.5, Standing.UNKNOWN),
        ("<", 0.5, ">", 0.5, Standing.MISSES),
        ("<=", 0.5, ">=", 0.5, Standing.UNKNOWN),
        ("<", 0.5, ">=", 0.5, Standing.MISSES),
        (">", 95.0, ">=", 95.0, Standing.MEETS),
        (">", 90.0, ">=", 95.0, Standing.UNKNOWN),
        (">", 5.0, "<", 5.0, Standing.MISSES),
        ("<", 5.0, "=", 5.0, Standing.MISSES),
        ("<=", 5.0, "=", 5.0, Standing.UNKNOWN),
        ("=", 5.0, "=", 5.0, Standing.MEETS),
    ],
)
def test_a_result_that_is_a_bound_is_decided_only_where_all_of_it_agrees(
    qualifier: str, result: float, operator: str, limit: float, stands: Standing
) -> None:
    assert standing(qualifier, result, operator, limit) is stands


WHOLE = st.integers(-3, 3).map(float)


@given(
    st.sampled_from(["<", "<=", ">", ">="]),
    WHOLE,
    st.sampled_from(["<", "<=", ">", ">=", "="]),
    WHOLE,
)
def test_a_bound_stands_as_the_values_it_allows(
    qualifier: str, result: float, operator: str, limit: float
) -> None:
    allowed = [
        step / 4
        for step in range(-40, 41)
        if standing("=", step / 4, qualifier, result) is Standing.MEETS
    ]
    held = {standing("=", value, operator, limit) for value in allowed}
    expected = held.pop() if len(held) == 1 else Standing.UNKNOWN
    assert standing(qualifier, result, operator, limit) is expected


def test_the_order_of_a_ratio_is_never_guessed() -> None:
    assert condition_problem("PBMC:MSC 10:1", "msc:pbmc  1:10") == ""
    assert "not at PBMC:MSC 10:1" in condition_problem("PBMC:MSC 10:1", "PBMC:MSC 1:10")
    assert condition_problem("", "anything") == ""
    for same in ("10:1 (PBMC:MSC)", "PBMC : MSC = 20:2", "PBMC:MSC 10,0:1"):
        assert condition_problem("PBMC:MSC 10:1", same) == ""
    for other in ("MSC:MSC 10:1", "PBMC:MSC 10:0", "PBMC:MSC 0:1", "PBMC:MSC 100:1"):
        assert condition_problem("PBMC:MSC 10:1", other)


DAYS = date(2026, 1, 1), date(2026, 1, 2)


def judged(rule: Rule, *results: TestResult, primed_with: str = "") -> ReleaseLine:
    """Return what one rule says of these results, whatever their order."""
    rule_set = RuleSet("X", "1", "X", "", (rule,))
    (line,) = judge(rule_set, results, primed_with=primed_with).lines
    (other,) = judge(rule_set, results[::-1], primed_with=primed_with).lines
    assert line.verdict is other.verdict
    return line


def test_a_result_at_another_ratio_does_not_hide_the_one_that_is_asked() -> None:
    rule = Rule("suppression", ">", 25, "%", condition="PBMC:MSC 10:1")
    asked = TestResult(
        "suppression", result=40.0, unit="%", condition="PBMC:MSC 10:1", tested_on=DAYS[0]
    )
    newer = replace(asked, result=12.0, condition="PBMC:MSC 5:1", tested_on=DAYS[1])
    line = judged(rule, asked, newer)
    assert (line.verdict, line.result) == (PASS, asked)
    assert "Not counted, since the rule asks for something else: 12 % PBMC:MSC 5:1." in line.reason
    # One that does not say its ratio may be the newest of the asked ones.
    assert judged(rule, asked, replace(newer, condition="")).verdict is INCOMPARABLE


def test_endotoxin_for_each_kilogram_is_another_test_than_for_each_millilitre() -> None:
    rule = Rule("endotoxin", "<", 0.5, "EU/mL")
    asked = TestResult("endotoxin", result=0.3, unit="EU / mL", tested_on=DAYS[0])
    newer = TestResult("endotoxin", result=4.0, unit="EU/kg", tested_on=DAYS[1])
    line = judged(rule, asked, newer)
    assert (line.verdict, line.result) == (PASS, asked)
    assert "1 IU" not in line.reason
    unlimited = Rule("endotoxin", "<", 0.5, "")
    assert "the limit has no unit" in judged(unlimited, asked).reason
    assert judged(rule, newer).verdict is INCOMPARABLE


def test_a_result_without_a_day_may_be_the_newest() -> None:
    rule = Rule("CD73", ">=", 95, "%")
    dated = TestResult("CD73", result=98.0, unit="%", tested_on=DAYS[1])
    undated = TestResult("CD73", result=60.0, unit="%")
    line = judged(rule, dated, undated)
    assert line.verdict is OPEN
    assert "98 % (2026-01-02) and 60 % (no day)" in line.reason
    assert judged(rule, dated, replace(undated, result=97.0)).verdict is PASS


@pytest.mark.parametrize("name", ["HLA-DR", "hla dr", "HLADR"])
def test_hla_dr_of_primed_cells_is_known_however_it_is_spelled(name: str) -> None:
    rule = Rule(name, "<=", 2, "%")
    high = TestResult("HLA-DR", result=60.0, unit="%")
    assert judged(rule, high).verdict is FAIL
    assert judged(rule, high, primed_with="IFN-γ").verdict is Verdict.WARNING
    assert judged(replace(rule, is_informative=True), high).verdict is INFORMATIVE


@pytest.mark.parametrize(
    ("accepted", "words", "verdict"),
    [
        ("positive", "negative", FAIL),
        ("positive", "not positive", FAIL),
        ("positive", "detected", OPEN),
        ("positive", "POSITIVE ", PASS),
        ("negative / not detected", "Not  detected", PASS),
        ("negative / not detected", "positive", FAIL),
        ("negative / not detected", "growth", OPEN),
        ("negative / not detected", "negative?", OPEN),
        ("no growth", "growth", FAIL),
        ("no growth", "growth after 9 days", OPEN),
        ("no growth", "", OPEN),
    ],
)
def test_words_that_no_rule_lists_are_not_guessed(
    accepted: str, words: str, verdict: Verdict
) -> None:
    rule = Rule("sterility", "text", limit_text=accepted)
    assert judged(rule, TestResult("sterility", result_text=words)).verdict is verdict
