"""Release of a batch: results of tests held against the rules of one version of a rule set.

A verdict is never better than what was measured: what is missing, what is in another unit and what
was tested under another condition leaves the verdict open, with the reason.  Units are not
converted; EU/mL and EU/kg differ by a dose that the result does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from lims_msc.domain.release_limits import (
    Standing,
    condition_problem,
    exact_text,
    is_other_quantity,
    standing,
    unit_problem,
)

OPERATOR_WORDS = {">": "above", ">=": "at least", "<": "below", "<=": "at most", "=": "exactly"}
ANY_WORDS = "any"
_PRIMED_MARKER = "HLA-DR"
_OPPOSITES = (
    ("negative", "positive"),
    ("not detected", "detected"),
    ("no growth", "growth"),
    ("sterile", "not sterile"),
    ("normal", "abnormal"),
    ("no abnormality", "abnormality"),
    ("adherent", "not adherent"),
)


class Verdict(StrEnum):
    """What a rule says of a batch, or a rule set as a whole."""

    PASS = "pass"  # noqa: S105 (no password)
    FAIL = "fail"
    OPEN = "open"
    """Something is missing or cannot be decided."""
    NOT_TESTED = "not tested"
    NOT_COMPARABLE = "not comparable"
    """Tested in another unit or under another condition than the rule asks."""
    WARNING = "warning"
    """Looks like a failure, and is none under what is known of the batch."""
    INFORMATIVE = "informative"


_UNDECIDED = frozenset({Verdict.OPEN, Verdict.NOT_TESTED, Verdict.NOT_COMPARABLE})


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit.  ``test_name`` may name alternatives (``CD14 or CD11b``): one of them suffices.

    ``operator`` is ``>``, ``>=``, ``<``, ``<=``, ``=`` with a ``limit`` in ``unit``, or ``text``
    with the accepted words in ``limit_text``, separated by `` / ``; the word ``any`` accepts all.
    ``condition`` is what the test must have been done at, such as ``PBMC:MSC 10:1``.
    """

    test_name: str
    operator: str
    limit: float | None = None
    unit: str = ""
    limit_text: str = ""
    condition: str = ""
    is_informative: bool = False
    note: str = ""

    @property
    def tests(self) -> tuple[str, ...]:
        """The tests of which one is needed."""
        return tuple(name.strip() for name in self.test_name.split(" or "))

    @property
    def text(self) -> str:
        """The limit in words: ``above 70 %``, ``negative / not detected``."""
        if self.limit is None:
            words = "any result" if self.limit_text == ANY_WORDS else self.limit_text
        else:
            words = f"{OPERATOR_WORDS[self.operator]} {exact_text(self.limit)} {self.unit}".strip()
        return f"{words} at {self.condition}" if self.condition else words


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of a set of rules; a version never changes, it is followed by another."""

    name: str
    version: str
    title: str
    source: str
    rules: tuple[Rule, ...]
    is_shipped: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one test found: a number with its unit, or words.

    ``qualifier`` is ``<`` where only an upper bound is known, and so on; ``""`` is ``=``.
    """

    __test__ = False  # It is no test of pytest, whatever its name.

    test_name: str
    qualifier: str = ""
    result: float | None = None
    unit: str = ""
    result_text: str = ""
    condition: str = ""
    tested_on: date | None = None

    @property
    def text(self) -> str:
        """The result in words."""
        if self.result is None:
            return f"'{self.result_text}'"
        sign = self.qualifier if self.qualifier not in {"", "="} else ""
        return f"{sign} {exact_text(self.result)} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A rule, the result that it was held against, and why the verdict is what it is."""

    rule: Rule
    verdict: Verdict
    reason: str
    result: TestResult | None = None


@dataclass(frozen=True, slots=True)
class ReleaseVerdict:
    """The verdict about a batch by one rule set: fails by one rule, passes only by all."""

    rule_set: RuleSet
    lines: tuple[ReleaseLine, ...]
    verdict: Verdict = field(init=False)

    def __post_init__(self) -> None:
        found = {line.verdict for line in self.lines}
        if Verdict.FAIL in found:
            verdict = Verdict.FAIL
        elif not self.lines or found & _UNDECIDED:
            verdict = Verdict.OPEN
        else:
            verdict = Verdict.PASS
        object.__setattr__(self, "verdict", verdict)


def judge(
    rule_set: RuleSet, results: Iterable[TestResult], *, primed_with: str = ""
) -> ReleaseVerdict:
    """Return the verdict of a rule set about the results of one batch.

    ``primed_with`` names what the batch itself was primed with; HLA-DR of such a batch warns and
    does not fail, since MSC switch it on after IFN-γ and limits are meant for resting cells.
    """
    found = tuple(results)
    return ReleaseVerdict(rule_set, tuple(_line(r, found, primed_with) for r in rule_set.rules))


def _line(rule: Rule, results: Sequence[TestResult], primed_with: str) -> ReleaseLine:
    lines = [_of_test(rule, name, results) for name in rule.tests]
    line = _decisive(rule, lines)
    if rule.is_informative and line.verdict is not Verdict.NOT_TESTED:
        return ReleaseLine(
            rule, Verdict.INFORMATIVE, f"{line.reason} Informative only.", line.result
        )
    if rule.is_informative:
        return ReleaseLine(rule, Verdict.INFORMATIVE, "Not tested; informative only.")
    is_primed_marker = all(_same_name(name, _PRIMED_MARKER) for name in rule.tests)
    if line.verdict is Verdict.FAIL and primed_with and is_primed_marker:
        reason = (
            f"{line.reason} The batch was primed with {primed_with}, which can switch HLA-DR on; "
            "the limit is meant for resting cells."
        )
        return ReleaseLine(rule, Verdict.WARNING, reason, line.result)
    return line


def _decisive(rule: Rule, lines: Sequence[ReleaseLine]) -> ReleaseLine:
    """Return what alternatives say together: one that passes suffices, one that fails fails.

    Two markers of the same foreign cells that contradict each other are a reason to look, so that
    the failing one is not outweighed; the reason tells both.
    """
    if len(lines) == 1:
        return lines[0]
    tested = [line for line in lines if line.verdict is not Verdict.NOT_TESTED]
    if not tested:
        reason = f"None of {rule.test_name} was tested; one of them suffices."
        return ReleaseLine(rule, Verdict.NOT_TESTED, reason)
    order = (Verdict.FAIL, Verdict.PASS, Verdict.OPEN, Verdict.NOT_COMPARABLE)
    decisive = min(tested, key=lambda line: order.index(line.verdict))
    reasons = [decisive.reason, *(line.reason for line in tested if line is not decisive)]
    if decisive.verdict is Verdict.FAIL and any(line.verdict is Verdict.PASS for line in tested):
        reasons.append("One of them would suffice, but one that fails is not outweighed.")
    return replace(decisive, reason=" ".join(reasons))


def _of_test(rule: Rule, name: str, results: Sequence[TestResult]) -> ReleaseLine:
    of_test = [r for r in results if _same_name(r.test_name, name)]
    if not of_test:
        return ReleaseLine(rule, Verdict.NOT_TESTED, f"{name} was not tested.")
    asked = [r for r in of_test if not _is_other_test(rule, r)] or of_test
    counted = _newest(asked)
    judged = [(result, *_held_against(rule, name, result)) for result in counted]
    if len({verdict for _, verdict, _ in judged}) > 1:
        values = " and ".join(f"{r.text} ({r.tested_on or 'no day'})" for r in counted)
        reason = f"{name} has results that disagree, and none is the newest: {values}."
        return ReleaseLine(rule, Verdict.OPEN, reason, counted[0])
    result, verdict, reason = judged[0]
    if len(asked) > len(counted):
        reason += f" The newest of {len(asked)} results counts."
    if others := [r for r in of_test if r not in asked]:
        values = " and ".join(f"{r.text} {r.condition}".strip() for r in others)
        reason += f" Not counted, since the rule asks for something else: {values}."
    return ReleaseLine(rule, verdict, reason, result)


def _is_other_test(rule: Rule, result: TestResult) -> bool:
    """Whether a result says of itself that it is not of what the rule asks for."""
    is_elsewhere = bool(result.condition and condition_problem(rule.condition, result.condition))
    return is_elsewhere or is_other_quantity(rule.unit, result.unit)


def _newest(results: Sequence[TestResult]) -> list[TestResult]:
    """Return the results of the newest day, and those without a day, which may be newer."""
    days = [r.tested_on for r in results if r.tested_on is not None]
    newest = max(days, default=None)
    dated = [r for r in results if r.tested_on is not None and r.tested_on == newest]
    return [*dated, *(r for r in results if r.tested_on is None)]


def _held_against(rule: Rule, name: str, result: TestResult) -> tuple[Verdict, str]:
    if problem := condition_problem(rule.condition, result.condition):
        return Verdict.NOT_COMPARABLE, f"{name} is {result.text}, but {problem}."
    if rule.operator == "text":
        return _words_against(rule, name, result)
    if result.result is None or rule.limit is None:
        return Verdict.OPEN, f"{name} is {result.text}, which is no number; {rule.text} is asked."
    return _number_against(rule, name, result, result.result, rule.limit)


def _number_against(
    rule: Rule, name: str, result: TestResult, value: float, limit: float
) -> tuple[Verdict, str]:
    problem, remark = unit_problem(name, rule.unit, result.unit)
    if problem:
        return Verdict.NOT_COMPARABLE, f"{name} is {result.text}, but {problem}."
    stands = standing(result.qualifier or "=", value, rule.operator, limit)
    said = f"{name} is {result.text}"
    if stands is Standing.MEETS:
        return Verdict.PASS, f"{said}; {rule.text} is asked.{remark}"
    if stands is Standing.UNKNOWN:
        return Verdict.OPEN, f"{said}, which may lie on either side; {rule.text} is asked.{remark}"
    is_strict = value == limit and rule.operator in {"<", ">"}
    strict = " The limit itself does not pass." if is_strict else ""
    return Verdict.FAIL, f"{said}; {rule.text} is asked.{strict}{remark}"


def _words_against(rule: Rule, name: str, result: TestResult) -> tuple[Verdict, str]:
    words = " ".join(result.result_text.casefold().split())
    accepted = frozenset(w.strip().casefold() for w in rule.limit_text.split(" / "))
    said = f"{name} is {result.text}"
    if words in accepted or accepted == {ANY_WORDS}:
        return Verdict.PASS, f"{said}; {rule.text} is asked."
    if words in _refused(accepted):
        return Verdict.FAIL, f"{said}; {rule.text} is asked."
    return Verdict.OPEN, f"{said}, which the rule does not know; {rule.text} is asked."


def _refused(accepted: frozenset[str]) -> set[str]:
    """Return the words that say the opposite of the accepted ones; no others are guessed."""
    refused = {f"not {words}" for words in accepted}
    for good, bad in _OPPOSITES:
        refused |= {bad} if good in accepted else set()
        refused |= {good} if bad in accepted else set()
    return refused


def _same_name(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(name.casefold().replace("α", "a").replace("-", "").split())
