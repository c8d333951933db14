"""Rules over the fields of in-vivo uses and outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lims_msc.domain.findings import Level
from lims_msc.domain.records.codes import identity_warning
from lims_msc.domain.records.fields import Problem, Values, number_in, text_in

# Two words that begin with a capital, as first and last name do; codes have digits or no spaces.
_NAME = re.compile(r"[^\W\d_]{2,}[\s,]+[^\W\d_]{2,}\.?")
_CELLS_AT_LEAST = 1000.0


def check_use(values: Values) -> Iterable[Problem]:
    """Say what is missing for an animal, and what may identify a patient."""
    if values["recipient_kind"] == "animal model":
        for name, what in (("species", "species"), ("animal_model", "model")):
            if not text_in(values, name):
                yield Problem(
                    name,
                    f"The {what} of the animal '{text_in(values, 'recipient')}' is empty.",
                    "Write it, such as Mus musculus." if name == "species" else "Such as EAE.",
                )
    else:
        yield from _patient_problems(values)
    yield from _dose_problems(values)


def check_outcome(values: Values) -> Iterable[Problem]:
    """Say that a percentage lies beyond 100 where only parts of a whole are counted."""
    value, unit = number_in(values, "outcome"), text_in(values, "unit")
    measure = text_in(values, "measure").lower()
    if unit == "%" and "survival" in measure and value is not None and not 0 <= value <= 100:
        yield Problem("outcome", f"'{value:g}' % is no share of survivors.", "Expected 0 to 100.")


def _patient_problems(values: Values) -> Iterable[Problem]:
    recipient = text_in(values, "recipient")
    found = identity_warning(recipient)
    if found is None and _NAME.fullmatch(recipient.strip()):
        found = (
            f"'{recipient}' looks like the name of a person.",
            "Use an opaque code; keep the link to the person elsewhere.",
        )
    if found is not None:
        message, hint = found
        yield Problem(
            "recipient", message.replace("the code", "the pseudonym"), hint, Level.WARNING
        )
    if values["given_on"] is not None:
        yield Problem(
            "given_on",
            f"The day '{values['given_on']}' on which a patient was treated may identify them.",
            "Leave it empty, and give the day since inclusion.",
            Level.WARNING,
        )
    for name in ("species", "animal_model"):
        word = text_in(values, name)
        if word and word.lower() not in {"homo sapiens", "human"}:
            yield Problem(
                name,
                f"'{word}' stands with a patient.",
                "Correct the recipient, or leave this empty.",
            )


def _dose_problems(values: Values) -> Iterable[Problem]:
    dose = number_in(values, "dose")
    if dose is not None and dose < _CELLS_AT_LEAST:
        yield Problem(
            "dose",
            f"A dose of '{dose:g}' {text_in(values, 'dose_unit')} is very small.",
            "Write all cells: one million is 1000000, not 1.",
            Level.WARNING,
        )
