"""Release of batches: rule sets, verdicts as they stand, and decisions that are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.records.fields import Entry
from lims_msc.domain.release import (
    ReleaseLine,
    ReleaseVerdict,
    Rule,
    RuleSet,
    TestResult,
    Verdict,
    judge,
)
from lims_msc.domain.release_templates import SHIPPED
from lims_msc.errors import Conflict, InputError, NotFound, StaleVersion
from lims_msc.models import Batch, Recipe, RecipeStep, ReleaseDecision, ReleaseRule, ReleaseTest
from lims_msc.services import register
from lims_msc.services.codec import digest
from lims_msc.services.materials import batch_by_code
from lims_msc.version import __version__

_HIDDEN = (
    "Nothing is judged by these rules: a shipped rule set has the same name and version, and that"
    " one counts. Enter them under another name or version."
)


@dataclass(frozen=True, slots=True)
class BatchVerdict:
    """What a rule set says of a batch now, and what the batch was primed with."""

    batch_code: str
    primed_with: str
    verdict: ReleaseVerdict

    @property
    def version(self) -> str:
        """A digest that differs as soon as a result, a rule or a verdict does."""
        return digest(self.verdict.rule_set, [_as_json(line) for line in self.verdict.lines])[:16]


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict that a person recorded; ``is_current`` says that the same would be said today."""

    batch_code: str
    rule_set: str
    rule_set_version: str
    verdict: Verdict
    lines: tuple[dict[str, Any], ...]
    comment: str
    code_version: str
    decided_at: datetime
    decided_by: str
    is_current: bool


def rule_sets(session: Session) -> tuple[RuleSet, ...]:
    """Return the shipped rule sets and those of the laboratory, each version by itself.

    A shipped one without rules gives way to the laboratory's own of the same name and version.
    """
    ordered = select(ReleaseRule).order_by(
        ReleaseRule.rule_set, ReleaseRule.rule_set_version, ReleaseRule.id
    )
    rows = groupby(session.scalars(ordered), key=lambda row: (row.rule_set, row.rule_set_version))
    own = {key: _own_set(*key, list(some)) for key, some in rows}
    shipped = (s for s in SHIPPED if s.rules or (s.name, s.version) not in own)
    return (*shipped, *own.values())


def rule_set_of(session: Session, name: str, version: str) -> RuleSet:
    """Return one version of a rule set.

    :raises NotFound: if there is none of that name and version.
    """
    known = rule_sets(session)
    for found in known:
        if (found.name, found.version) == (name, version):
            return found
    there = ", ".join(f"'{found.name} {found.version}'" for found in known)
    raise NotFound(f"There is no rule set '{name} {version}'.", hint=f"There are: {there}.")


def judge_batch(session: Session, code: str, rule_set: RuleSet) -> BatchVerdict:
    """Return what a rule set says of a batch now.

    :raises NotFound: if there is no such batch.
    """
    batch = batch_by_code(session, code)
    primed_with = _primed_with(session, batch)
    verdict = judge(rule_set, _results(session, batch.id), primed_with=primed_with)
    return BatchVerdict(code, primed_with, verdict)


def decide(
    session: Session,
    actor: Actor,
    code: str,
    name: str,
    version: str,
    *,
    comment: str,
    seen_verdict: str,
    seen_version: str = "",
) -> Decision:
    """Record the verdict of a rule set about a batch, as the person saw it.

    ``seen_version`` is the version of the :class:`BatchVerdict` that the person saw, if any.

    :raises NotAllowed: if the actor may not decide.
    :raises NotFound: if there is no such batch or rule set.
    :raises StaleVersion: if the verdict, a result or a rule is no longer as the person saw it.
    :raises InputError: if the verdict is no pass and no comment says why it is recorded.
    """
    actor.require(Role.REVIEWER, action="decide on the release of a batch")
    judged = judge_batch(session, code, rule_set_of(session, name, version))
    _require_as_seen(judged, seen_verdict, seen_version)
    _require_comment(judged.verdict.verdict, comment)
    row = ReleaseDecision(
        batch_id=batch_by_code(session, code).id,
        rule_set=name,
        rule_set_version=version,
        verdict=judged.verdict.verdict.value,
        lines=[_as_json(line) for line in judged.verdict.lines],
        comment=comment.strip(),
        code_version=__version__,
        decided_at=session.info["audit"].clock(),
        decided_by_id=actor.user_id,
        decided_by_name=actor.name,
    )
    session.add(row)
    session.flush()
    return _decision(code, row, is_current=True)


def _require_comment(verdict: Verdict, comment: str) -> None:
    if verdict is not Verdict.PASS and not comment.strip():
        raise InputError(
            f"The verdict '{verdict}' is recorded with a comment, and there is none.",
            hint="Write what follows: rejected, waits for a test, used for research only …",
        )


def _require_as_seen(judged: BatchVerdict, seen_verdict: str, seen_version: str) -> None:
    code, now = judged.batch_code, judged.verdict.verdict
    hint = "Nothing was recorded. Open the page again and look before you decide."
    if now.value != seen_verdict:
        raise StaleVersion(
            f"The verdict about batch '{code}' is '{now}' by now, not '{seen_verdict}'.", hint=hint
        )
    if seen_version and judged.version != seen_version:
        raise StaleVersion(
            f"A result or a rule changed since you opened the page; the verdict about batch"
            f" '{code}' is '{now}' still.",
            hint=hint,
        )


def decisions_of(session: Session, code: str) -> tuple[Decision, ...]:
    """Return the decisions about a batch, newest first.

    :raises NotFound: if there is no such batch.
    """
    batch = batch_by_code(session, code)
    newest = (
        select(ReleaseDecision).filter_by(batch_id=batch.id).order_by(ReleaseDecision.id.desc())
    )
    rows = session.scalars(newest).all()
    if not rows:
        return ()
    known = {(found.name, found.version): found for found in rule_sets(session)}
    results, primed_with = _results(session, batch.id), _primed_with(session, batch)
    decided = []
    for row in rows:
        rules = known.get((row.rule_set, row.rule_set_version))
        now = None if rules is None else judge(rules, results, primed_with=primed_with)
        is_current = now is not None and _facts(map(_as_json, now.lines)) == _facts(row.lines)
        decided.append(_decision(code, row, is_current=is_current))
    return tuple(decided)


def copy_rule_set(
    session: Session, actor: Actor, name: str, version: str, *, new_name: str, new_version: str
) -> RuleSet:
    """Copy a rule set into one of the laboratory, to be changed there before it is used.

    :raises NotAllowed: if the actor may not enter records.
    :raises NotFound: if there is no such rule set.
    :raises Conflict: if the new name and version are taken.
    :raises InputError: if the rule set has no rules, or the new name is empty.
    """
    found = rule_set_of(session, name, version)
    taken = {(s.name, s.version) for s in rule_sets(session) if s.rules}
    if (new_name, new_version) in taken:
        raise Conflict(
            f"There is a rule set '{new_name} {new_version}' already.",
            hint="A version never changes: give the copy another name or version.",
        )
    if not found.rules:
        raise InputError(
            f"The rule set '{found.title}' has no rules to copy.",
            hint="Enter its rules one by one as release rules, or copy another into its place.",
        )
    entries = [_entry(found, rule, new_name, new_version) for rule in found.rules]
    register.register(session, actor, entries)
    return replace(found, name=new_name, version=new_version, is_shipped=False)


def _entry(found: RuleSet, rule: Rule, name: str, version: str) -> Entry:
    return Entry(
        "release_rule",
        {
            "rule_set": name,
            "rule_set_version": version,
            "test_name": rule.test_name,
            "operator": rule.operator,
            "limit": rule.limit,
            "unit": rule.unit,
            "limit_text": rule.limit_text,
            "condition": rule.condition,
            "rule_role": "informative" if rule.is_informative else "release",
            "source": found.source,
        },
    )


def _own_set(name: str, version: str, rows: Sequence[ReleaseRule]) -> RuleSet:
    rules = tuple(
        Rule(
            test_name=row.test_name,
            operator=row.operator,
            limit=row.limit,
            unit=row.unit,
            limit_text=row.limit_text,
            condition=row.condition,
            is_informative=row.rule_role == "informative",
        )
        for row in rows
    )
    sources = sorted({row.source for row in rows if row.source})
    is_hidden = any((s.name, s.version) == (name, version) and s.rules for s in SHIPPED)
    return RuleSet(
        name,
        version,
        f"{name} {version} of the laboratory",
        "; ".join(sources),
        rules,
        note=_HIDDEN if is_hidden else "",
    )


def _results(session: Session, batch_id: int) -> tuple[TestResult, ...]:
    rows = session.scalars(
        select(ReleaseTest).filter_by(batch_id=batch_id).order_by(ReleaseTest.id)
    )
    return tuple(
        TestResult(
            test_name=row.test_name,
            qualifier=row.qualifier,
            result=row.result,
            unit=row.unit,
            result_text=row.result_text,
            condition=row.condition,
            tested_on=row.tested_on,
        )
        for row in rows
    )


def _primed_with(session: Session, batch: Batch) -> str:
    """Return the agents that the batch itself was primed with, in words; empty where it was not."""
    agents = (
        select(RecipeStep.agent)
        .join(Recipe, Recipe.id == RecipeStep.recipe_id)
        .where(Recipe.id == batch.recipe_id, Recipe.recipe_purpose == "priming")
        .order_by(RecipeStep.step_number)
    )
    if batch.recipe_id is None:
        return ""
    recipe = session.get_one(Recipe, batch.recipe_id)
    found = " and ".join(session.scalars(agents))
    return found or (recipe.title if recipe.recipe_purpose == "priming" else "")


def _as_json(line: ReleaseLine) -> dict[str, Any]:
    return {
        "test": line.rule.test_name,
        "limit": line.rule.text,
        "role": "informative" if line.rule.is_informative else "release",
        "result": line.result.text if line.result else "",
        "tested_on": str(line.result.tested_on or "") if line.result else "",
        "verdict": line.verdict.value,
        "reason": line.reason,
    }


def _facts(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return lines without their reasons, whose wording may differ between releases of ours."""
    return [{name: line[name] for name in line if name != "reason"} for line in lines]


def _decision(code: str, row: ReleaseDecision, *, is_current: bool) -> Decision:
    return Decision(
        batch_code=code,
        rule_set=row.rule_set,
        rule_set_version=row.rule_set_version,
        verdict=Verdict(row.verdict),
        lines=tuple(row.lines),
        comment=row.comment,
        code_version=row.code_version,
        decided_at=row.decided_at,
        decided_by=row.decided_by_name,
        is_current=is_current,
    )
