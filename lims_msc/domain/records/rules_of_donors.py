"""Rules over the fields of donors, consents, collections, diagnoses and scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lims_msc.domain.findings import Level
from lims_msc.domain.records.codes import identity_warning
from lims_msc.domain.records.fields import Problem, Values, number_in, text_in
from lims_msc.domain.records.partial_dates import is_certainly_before
from lims_msc.domain.records.vocabularies import vocabulary_of

SCORE_RANGES: Mapping[str, tuple[float, float | None]] = {
    "EDSS": (0, 10),
    "mRSS": (0, 51),
    "SLEDAI-2K": (0, 105),
    "DAS28-CRP": (0, 10),
    "DAS28-ESR": (0, 10),
    "CDAI": (0, 76),
    "JADAS27": (0, 57),
    "platelets 10*9/L": (0, 3000),
    "HBI": (0, None),
    "Mayo score": (0, 12),
    "BVAS": (0, 63),
    "PASI": (0, 72),
}
"""The lowest and the highest value of each score; CDAI is the clinical index of arthritis."""

_OLDEST_SEEN_YEARS = 110
_EXPORTED_AS_90_YEARS = 90
# Cord and its blood are the child's, whatever the age of the mother.
_OF_THE_NEWBORN = frozenset({"UC", "WJ", "UCB"})


def check_donor(values: Values) -> Iterable[Problem]:
    """Say what in the code may identify the person."""
    if found := identity_warning(text_in(values, "donor_code")):
        yield Problem("donor_code", *found, Level.WARNING)


def check_consent(values: Values) -> Iterable[Problem]:
    """Say that consent was withdrawn before it was given."""
    given, withdrawn = values["given_on"], values["withdrawn_on"]
    if is_certainly_before(withdrawn, given):
        yield Problem(
            "withdrawn_on",
            f"The consent was withdrawn on '{withdrawn}', before it was given on '{given}'.",
            "Check both days.",
        )


def check_health(values: Values) -> Iterable[Problem]:
    """Say that health is asserted without criteria, or that criteria stand with an illness."""
    status, criteria = text_in(values, "health_status"), text_in(values, "health_criteria")
    if status == "healthy" and not criteria:
        yield Problem(
            "health_criteria",
            "The donor is 'healthy', and it is not said by which criteria.",
            "Write them, such as 'questionnaire and blood count'.",
            Level.WARNING,
        )
    if status == "patient" and criteria:
        yield Problem(
            "health_criteria",
            f"The donor is a 'patient', and has the criteria of health '{criteria}'.",
            "Correct one of the two.",
            Level.WARNING,
        )


def check_age(values: Values) -> Iterable[Problem]:
    """Say what is unlikely about an age, and how a high one is exported."""
    age = number_in(values, "age_at_collection_years")
    if age is None:
        return
    if age > _OLDEST_SEEN_YEARS:
        yield Problem(
            "age_at_collection_years",
            f"An age of '{age:g}' years is hardly possible.",
            "Check the number, and that it is in years.",
            Level.WARNING,
        )
    elif age >= _EXPORTED_AS_90_YEARS:
        yield Problem(
            "age_at_collection_years",
            f"The age of '{age:g}' years is kept, and exported as '90+'.",
            "So few people are that old that the age may identify them.",
            Level.NOTE,
        )
    tissue = text_in(values, "tissue")
    if tissue in _OF_THE_NEWBORN and age >= 1:
        name = vocabulary_of("tissue").label(tissue)
        yield Problem(
            "age_at_collection_years",
            f"The {name} is that of a newborn, and the age is '{age:g}' years.",
            "Enter the child as the donor, with the age 0; the mother is another person.",
            Level.WARNING,
        )


def check_diagnosis(values: Values) -> Iterable[Problem]:
    """Say whether exactly one disease is named, and by a term wherever the list has one."""
    disease, other = text_in(values, "disease"), text_in(values, "other_disease")
    if disease and other:
        label = vocabulary_of("disease").label(disease)
        yield Problem(
            "other_disease",
            f"Two diseases are named: '{label}' and '{other}'.",
            "Leave one of the two cells empty, or enter two diagnoses.",
        )
    elif not disease and not other:
        yield Problem(
            "disease",
            "No disease is named.",
            "Choose it from the list, or write it as other disease if the list has it not.",
        )
    elif other:
        yield from _other_disease_problems(other)


def _other_disease_problems(other: str) -> Iterable[Problem]:
    found = vocabulary_of("disease").resolve(other)
    if found.term is not None:
        term = found.term
        name = f"'{term.label}' ({term.identifier})" if term.identifier else f"'{term.label}'"
        yield Problem(
            "other_disease",
            f"'{other}' is in the list of diseases.",
            f"Enter {name} as the disease, and leave this empty.",
        )
    elif found.are_unknown:
        message = f"'{other}' is not in the list of diseases, and is kept in these words."
        yield Problem("other_disease", message, found.hint, Level.WARNING)
    else:
        yield Problem("other_disease", found.message, found.hint)


def check_score(values: Values) -> Iterable[Problem]:
    """Say that a score has a value that it never takes, or that its values are not known here."""
    name, score = text_in(values, "score_name"), number_in(values, "score") or 0.0
    if name not in SCORE_RANGES:
        yield Problem(
            "score_name",
            f"The values that '{name}' can have are not known here; nothing was checked.",
            f"Checked are {', '.join(SCORE_RANGES)}.",
            Level.NOTE,
        )
        return
    low, high = SCORE_RANGES[name]
    if score < low or (high is not None and score > high):
        expected = f"{low:g} to {high:g}" if high is not None else f"at least {low:g}"
        yield Problem(
            "score",
            f"'{score:g}' is no value of {name}.",
            f"Expected {expected}. Check the number and the name of the score.",
        )
    elif name == "EDSS" and (score % 0.5 or score == 0.5):
        yield Problem(
            "score", f"'{score:g}' is no value of EDSS.", "It is 0, 1, 1.5, 2 and so on up to 10."
        )
