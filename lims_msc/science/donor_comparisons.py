"""Comparisons of cohorts and of conditions by donor code: who is compared, then with which test.

Values come keyed by donor, so a donor can count only once in a group.  A donor in both groups is
refused by the unpaired tests, and a donor with one value only is left out of the paired ones and
named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lims_msc.science.comparison import (
    DIFFERS,
    Comparison,
    Question,
    in_words,
    too_few,
    undefined,
)
from lims_msc.science.donor_means import DonorMeans, DonorMeansStatus
from lims_msc.science.paired import paired_t
from lims_msc.science.two_groups import welch_t

DonorValues = Mapping[str, float]
Test = Callable[[Sequence[float], Sequence[float], Question], Comparison]


def compare_cohorts(
    means: DonorMeans,
    cohorts: Mapping[str, str],
    question: Question,
    test: Test = welch_t,
) -> Comparison:
    """Return a test between the two cohorts that the question names, from the means of donors.

    ``cohorts`` names the cohort of each donor; donors of no or another cohort are left out and
    named.  ``test`` is a function of ``two_groups``.

    :raises ValueError: if the question does not name two cohorts.
    """
    one, two = _two_names(question)
    if means.status is not DonorMeansStatus.OK:
        return undefined(_name(test), (0, 0), question, means.reason)
    groups: list[dict[str, float]] = [
        {donor: value for donor, value in means.values.items() if cohorts.get(donor) == name}
        for name in (one, two)
    ]
    found = compare_groups(groups[0], groups[1], question, test)
    others = sorted(donor for donor in means.values if cohorts.get(donor) not in (one, two))
    left_out = _left_out(others, "are in neither cohort")
    return replace(found, notes=(*found.notes, means.text.removesuffix("."), *left_out))


def compare_groups(
    first: DonorValues, second: DonorValues, question: Question = DIFFERS, test: Test = welch_t
) -> Comparison:
    """Return a test between two groups of different donors.

    A donor that is in both groups makes the result undefined: such values are paired.  ``test`` is
    a function of ``two_groups``.
    """
    both, n = sorted(first.keys() & second.keys()), (len(first), len(second))
    if both:
        reason = f"{_quoted(both)} is in both groups, so the values are paired"
        return undefined(_name(test), n, question, reason)
    refused = too_few(_name(test), n, question)
    return refused or test(list(first.values()), list(second.values()), question)


def compare_within_donors(
    first: DonorValues, second: DonorValues, question: Question = DIFFERS, test: Test = paired_t
) -> Comparison:
    """Return a paired test between two conditions of the same donors.

    Donors with a value in one condition only are left out and named.  ``test`` is a function of
    ``paired``.
    """
    both, alone = sorted(first.keys() & second.keys()), sorted(first.keys() ^ second.keys())
    found = too_few(_name(test), (len(both),), question) or test(
        [first[donor] for donor in both], [second[donor] for donor in both], question
    )
    left_out = _left_out(alone, "have a value in one condition only")
    return replace(found, notes=(*found.notes, *left_out))


def _two_names(question: Question) -> tuple[str, str]:
    if len(set(question.names)) != 2 or len(question.names) != 2:
        raise ValueError(f"Not two cohorts to compare: {question.names!r}")
    return question.names[0], question.names[1]


def _left_out(donors: list[str], why: str) -> list[str]:
    return [f"left out, because they {why}: {_quoted(donors)}"] if donors else []


def _quoted(donors: list[str]) -> str:
    return in_words([f"'{donor}'" for donor in donors])


def _name(test: Test) -> str:
    return str(getattr(test, "__name__", "test")).replace("_", " ")
