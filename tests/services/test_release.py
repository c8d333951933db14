"""Release of batches: the verdict as it stands, decisions that stay, and rule sets of the lab."""

from __future__ import annotations

import pytest
from conftest import People
from sqlalchemy import select, update

from lims_msc.domain.records.fields import Entry, Value
from lims_msc.domain.release import RuleSet, Verdict
from lims_msc.domain.release_templates import HUCMSC_2020, ISCT_2006, SHIPPED
from lims_msc.errors import (
    Conflict,
    InputError,
    LimsMscError,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from lims_msc.models import ReleaseDecision
from lims_msc.services import register, release
from lims_msc.services.transaction import Database

BATCH = "INV-MSC-1"
GOOD: dict[str, dict[str, Value]] = {
    "viability": {"result": 91.0, "unit": "%"},
    "endotoxin": {"qualifier": "<", "result": 0.5, "unit": "IU/mL"},
    "sterility": {"result_text": "no growth"},
    "mycoplasma": {"result_text": "negative"},
}


def add(database: Database, people: People, *entries: Entry) -> None:
    with database.unit_of_work(people.technician, "test") as session:
        register.register(session, people.technician, entries)


def entries_of(results: dict[str, dict[str, Value]]) -> list[Entry]:
    return [
        Entry("release_test", {"batch_code": BATCH, "test_name": name, **values})
        for name, values in results.items()
    ]


@pytest.fixture
def tested(lab: Database, people: People) -> Database:
    add(lab, people, *entries_of(GOOD))
    return lab


def decide(
    database: Database, people: People, verdict: str, comment: str = "", *, name: str = "HUCMSC"
) -> release.Decision:
    with database.unit_of_work(people.reviewer, comment or "decided") as session:
        return release.decide(
            session, people.reviewer, BATCH, name, "2020", comment=comment, seen_verdict=verdict
        )


def test_a_batch_with_all_results_passes_and_the_decision_is_kept(
    tested: Database, people: People
) -> None:
    assert decide(tested, people, "pass").verdict is Verdict.PASS
    with tested.reading() as session:
        (kept,) = release.decisions_of(session, BATCH)
    assert (kept.verdict, kept.is_current, kept.decided_by) == (Verdict.PASS, True, "Paula Irmer")
    assert [line["test"] for line in kept.lines] == [rule.test_name for rule in HUCMSC_2020.rules]
    assert all(line["reason"] for line in kept.lines)


def test_a_decision_stays_as_it_was_when_results_change_and_says_so(
    tested: Database, people: People
) -> None:
    decide(tested, people, "pass")
    add(tested, people, *entries_of({"viability": {"result": 60.0, "unit": "%"}}))
    with tested.reading() as session:
        (kept,) = release.decisions_of(session, BATCH)
    assert (kept.verdict, kept.is_current) == (Verdict.PASS, False)
    decide(tested, people, "fail", "for research only")
    with tested.reading() as session:
        verdicts = [found.verdict for found in release.decisions_of(session, BATCH)]
    assert verdicts == [Verdict.FAIL, Verdict.PASS]


def test_a_result_that_changed_since_the_page_was_opened_is_looked_at_first(
    tested: Database, people: People
) -> None:
    def seen() -> str:
        with tested.reading() as session:
            return release.judge_batch(session, BATCH, HUCMSC_2020).version

    before = seen()
    assert seen() == before
    add(tested, people, *entries_of({"viability": {"result": 85.0, "unit": "%"}}))
    assert seen() != before
    with (
        tested.unit_of_work(people.reviewer, "decided") as session,
        pytest.raises(StaleVersion, match="A result or a rule changed"),
    ):
        release.decide(
            session,
            people.reviewer,
            BATCH,
            "HUCMSC",
            "2020",
            comment="",
            seen_verdict="pass",
            seen_version=before,
        )


def test_another_wording_of_a_reason_is_no_change_of_a_result(
    tested: Database, people: People
) -> None:
    decide(tested, people, "pass")
    with tested.engine.begin() as connection:
        (lines,) = connection.scalars(select(ReleaseDecision.lines))
        worded = [{**line, "reason": "As an earlier release said it."} for line in lines]
        connection.execute(update(ReleaseDecision).values(lines=worded))
    with tested.reading() as session:
        (kept,) = release.decisions_of(session, BATCH)
    assert (kept.is_current, kept.lines[0]["reason"]) == (True, "As an earlier release said it.")


def test_rules_under_the_name_of_a_shipped_set_never_replace_it(
    tested: Database, people: People
) -> None:
    rule: dict[str, Value] = {"rule_set": "HUCMSC", "rule_set_version": "2020"}
    rule |= {"test_name": "viability", "operator": ">=", "limit": 1.0, "unit": "%"}
    add(tested, people, Entry("release_rule", {**rule, "rule_role": "release"}))
    with tested.reading() as session:
        assert release.rule_set_of(session, "HUCMSC", "2020") is HUCMSC_2020
        assert "another name or version" in release.rule_sets(session)[-1].note


def test_the_empty_rule_set_gives_way_to_the_rules_of_the_laboratory(
    tested: Database, people: People
) -> None:
    with tested.unit_of_work(people.technician, "copied") as session:
        release.copy_rule_set(
            session, people.technician, "HUCMSC", "2020", new_name="ISCT", new_version="2025"
        )
    with tested.reading() as session:
        known = release.rule_sets(session)
        filled = release.rule_set_of(session, "ISCT", "2025")
        assert release.judge_batch(session, BATCH, filled).verdict.verdict is Verdict.PASS
    assert (filled.is_shipped, filled.note) == (False, "")
    assert len(known) == len(SHIPPED)


def test_only_what_was_seen_is_decided_by_a_reviewer_and_explained(
    lab: Database, people: People
) -> None:
    with pytest.raises(StaleVersion, match="'open' by now, not 'pass'"):
        decide(lab, people, "pass")
    with pytest.raises(InputError, match="recorded with a comment"):
        decide(lab, people, "open", " ")
    with lab.reading() as session, pytest.raises(NotAllowed):
        release.decide(
            session, people.technician, BATCH, "HUCMSC", "2020", comment="", seen_verdict="open"
        )
    with pytest.raises(NotFound, match="no rule set 'HUC 2020'") as unknown:
        decide(lab, people, "open", name="HUC")
    assert "There are: 'ISCT 2006'" in unknown.value.hint
    with lab.reading() as session:
        assert release.decisions_of(session, BATCH) == ()


def test_hla_dr_of_a_primed_batch_warns(lab: Database, people: People) -> None:
    add(lab, people, *entries_of({"HLA-DR": {"result": 40.0, "unit": "%"}}))
    recipe = {"recipe_code": "IFN", "title": "IFN-γ", "recipe_purpose": "priming"}
    step: dict[str, Value] = {"recipe_code": "IFN", "step_number": 1, "agent": "IFN-γ"}
    step |= {"dose": 20.0, "dose_unit": "ng/mL"}

    def of_hla_dr() -> Verdict:
        with lab.reading() as session:
            lines = release.judge_batch(session, BATCH, ISCT_2006).verdict.lines
        return next(line.verdict for line in lines if line.rule.test_name == "HLA-DR")

    assert of_hla_dr() is Verdict.FAIL
    add(lab, people, Entry("recipe", recipe), Entry("recipe_step", step))
    add(lab, people, Entry("batch", {"batch_code": BATCH, "recipe_code": "IFN"}))
    assert of_hla_dr() is Verdict.WARNING


def test_a_copied_rule_set_is_the_labs_own_and_judges_alike(
    tested: Database, people: People
) -> None:
    with tested.unit_of_work(people.technician, "copied") as session:
        release.copy_rule_set(
            session, people.technician, "HUCMSC", "2020", new_name="Ours", new_version="1"
        )
    with tested.reading() as session:
        ours = release.rule_set_of(session, "Ours", "1")
        assert release.judge_batch(session, BATCH, ours).verdict.verdict is Verdict.PASS
        assert len(release.rule_sets(session)) == len(SHIPPED) + 1
    assert [(r.test_name, r.text) for r in ours.rules] == [
        (r.test_name, r.text) for r in HUCMSC_2020.rules
    ]
    assert (ours.is_shipped, ours.source) == (False, HUCMSC_2020.source)


@pytest.mark.parametrize("shipped", [s for s in SHIPPED if s.rules], ids=lambda s: s.title)
def test_every_shipped_rule_set_can_be_copied(
    lab: Database, people: People, shipped: RuleSet
) -> None:
    with lab.unit_of_work(people.technician, "copied") as session:
        name, version = shipped.name, shipped.version
        release.copy_rule_set(
            session, people.technician, name, version, new_name="Ours", new_version="1"
        )
    with lab.reading() as session:
        copied = release.rule_set_of(session, "Ours", "1").rules
    assert [r.text for r in copied] == [r.text for r in shipped.rules]


@pytest.mark.parametrize(
    ("known", "new", "error"),
    [
        (("HUCMSC", "2020"), ("ISCT", "2006"), Conflict),
        (("ISCT", "2025"), ("Ours", "1"), InputError),
        (("HUCMSC", "2020"), ("", "1"), InputError),
        (("HUCMSC", "1999"), ("Ours", "1"), NotFound),
    ],
)
def test_a_copy_that_would_mislead_is_refused(
    lab: Database,
    people: People,
    known: tuple[str, str],
    new: tuple[str, str],
    error: type[LimsMscError],
) -> None:
    with lab.unit_of_work(people.technician, "copied") as session, pytest.raises(error):
        release.copy_rule_set(
            session, people.technician, *known, new_name=new[0], new_version=new[1]
        )
