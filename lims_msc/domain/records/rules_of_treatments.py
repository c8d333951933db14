"""Rules over the fields of treatments, grafts and transplants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lims_msc.domain.findings import Level
from lims_msc.domain.records.fields import Problem, Values, number_in, text_in
from lims_msc.domain.records.partial_dates import is_certainly_before

_RELATIONS_OF: Mapping[str, str] = {"autologous": "self", "syngeneic": "identical twin"}
_TYPE_OF = {relation: kind for kind, relation in _RELATIONS_OF.items()}


def check_treatment(values: Values) -> Iterable[Problem]:
    """Say what contradicts a drug that was given from one day to another."""
    started, stopped = values["started_on"], values["stopped_on"]
    if is_certainly_before(stopped, started):
        yield Problem(
            "stopped_on",
            f"The drug was stopped on '{stopped}', before it was started on '{started}'.",
            "Check both dates.",
        )
    dose, unit = number_in(values, "dose"), text_in(values, "dose_unit")
    if dose is not None and not unit:
        yield Problem(
            "dose_unit", f"The dose '{dose:g}' has no unit.", "Write it, such as mg/day or g/m²."
        )
    if unit and dose is None:
        message = f"The unit '{unit}' stands without a dose."
        yield Problem("dose", message, "Write the dose, or leave both empty.", Level.WARNING)
    if text_in(values, "treatment_class") == "none" and dose is not None:
        yield Problem(
            "treatment_class",
            f"The class is 'none', and a dose of '{dose:g} {unit}' is given.",
            "Choose the class of the drug, or leave the dose empty.",
        )
    code = text_in(values, "atc_code")
    if code and not _is_atc(code):
        yield Problem(
            "atc_code",
            f"'{code}' is no ATC code.",
            "It is a letter, two digits, two letters and two digits, such as H02AB06.",
            Level.WARNING,
        )


def check_graft(values: Values) -> Iterable[Problem]:
    """Say that a graft was given before it was collected, or when given to its giver unusual."""
    collected, infused = values["collected_on"], values["infused_on"]
    if is_certainly_before(infused, collected):
        yield Problem(
            "infused_on",
            f"The graft was given on '{infused}', before it was collected on '{collected}'.",
            "Check both dates.",
        )
    giver, recipient = text_in(values, "graft_donor_code"), text_in(values, "recipient_code")
    if giver and giver == recipient and values["graft_source"] == "cord blood":
        yield Problem(
            "graft_source",
            f"The giver and the recipient are '{giver}', and the source is 'cord blood'.",
            "Blood of one's own cord is very rare; check the giver and the source.",
            Level.WARNING,
        )


def check_transplant(values: Values) -> Iterable[Problem]:
    """Say what contradicts itself in a transplant: giver, dates, offset, radiation."""
    yield from _relation_problems(values)
    yield from _date_problems(values)
    yield from _conditioning_problems(values)


def _relation_problems(values: Values) -> Iterable[Problem]:
    kind, relation = text_in(values, "transplant_type"), text_in(values, "graft_relation")
    if relation and _TYPE_OF.get(relation, "allogeneic") != kind:
        expected = _RELATIONS_OF.get(kind)
        says = f"the giver is '{expected}'" if expected else "the giver is another person"
        yield Problem(
            "graft_relation",
            f"The transplant is '{kind}', and the giver is '{relation}'.",
            f"With '{kind}' {says}; correct one of the two.",
        )
    if kind == "autologous" and text_in(values, "gvhd") not in {"", "none"}:
        yield Problem(
            "gvhd",
            f"GVHD '{values['gvhd']}' stands with an 'autologous' transplant.",
            "Check the type; one's own cells rarely do that.",
            Level.WARNING,
        )


def _date_problems(values: Values) -> Iterable[Problem]:
    performed, collection = (
        text_in(values, "performed_on"),
        text_in(values, "offset_collection_code"),
    )
    months = number_in(values, "months_before_collection")
    if (months is None) != (not collection):
        name = "offset_collection_code" if months is not None else "months_before_collection"
        given = f"'{months:g}' months" if months is not None else f"the collection '{collection}'"
        yield Problem(
            name,
            f"An offset is a number of months and a collection; only {given} is given.",
            "Fill in both, or leave both empty.",
        )
    elif performed and collection:
        yield Problem(
            "months_before_collection",
            f"The date '{performed}' and an offset from '{collection}' are given.",
            "Keep one of the two, so that they cannot contradict each other.",
        )
    elif not performed and not collection:
        yield Problem(
            "performed_on",
            "It is not known when the transplant was: before or after a collection cannot be said.",
            "A year is enough; or give months before a collection.",
            Level.WARNING,
        )
    if is_certainly_before(values["relapse_on"], performed):
        yield Problem(
            "relapse_on",
            f"The relapse on '{values['relapse_on']}' lies before the transplant on '{performed}'.",
            "Check both dates; a relapse comes after it.",
        )


def _conditioning_problems(values: Values) -> Iterable[Problem]:
    dose, regimen = number_in(values, "tbi_dose_gy"), text_in(values, "conditioning_regimen")
    if regimen == "TBI-based" and not dose:
        yield Problem(
            "tbi_dose_gy",
            "The conditioning is 'TBI-based', and the dose of the radiation is empty.",
            "Write the dose in Gy.",
            Level.WARNING,
        )
    serotherapy = text_in(values, "serotherapy")
    if "ATG" in regimen and serotherapy == "none":
        yield Problem(
            "serotherapy",
            f"The conditioning is '{regimen}', and the serotherapy 'none'.",
            "Correct one of the two.",
        )


def _is_atc(code: str) -> bool:
    """Whether a text is an ATC code of any level, such as ``H02`` or ``H02AB06``."""
    forms = ("A", "A00", "A00A", "A00AA", "A00AA00")
    return (
        code.isascii()
        and "".join("0" if c.isdigit() else "A" if c.isupper() else c for c in code) in forms
    )
