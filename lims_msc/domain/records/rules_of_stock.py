"""Rules over the fields of vials, thaws and the steps of recipes."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.findings import Level
from lims_msc.domain.records.fields import Problem, Values, number_in, text_in

MOST_GY = 100
"""No dose of radiation that arrests cells is higher; what is higher was in cGy or rad."""

_TYPICAL_LOW_GY, _TYPICAL_HIGH_GY = 15, 30
_RADIATION = {"Gy": 1.0, "cGy": 0.01, "rad": 0.01, "rd": 0.01, "mGy": 0.001}


def check_vial(values: Values) -> Iterable[Problem]:
    """Say whose a vial is, whether its place is complete, and for whom it is kept."""
    batch, responder = text_in(values, "batch_code"), text_in(values, "responder_code")
    if batch and responder:
        yield Problem(
            "responder_code",
            f"The vial is said to be of the batch '{batch}' and of the responder '{responder}'.",
            "Keep one of the two.",
        )
    if not batch and not responder:
        message = "It is not said what is in the vial."
        yield Problem("batch_code", message, "Write the batch, or the responder.")
    if (slot := text_in(values, "slot")) and not text_in(values, "box"):
        yield Problem("box", f"The slot '{slot}' is in no box.", "Write the box, or no slot.")
    missing = [name for name in ("tank", "rack") if not text_in(values, name)]
    if text_in(values, "box") and missing:
        yield Problem(
            missing[0],
            f"It is not said in which {' and '.join(missing)} the box '{values['box']}' stands.",
            "Write it, so that the vial is found.",
            Level.WARNING,
        )
    yield from _reservation_problems(values)
    cells = number_in(values, "viable_cells_per_vial")
    if cells is not None and cells < 1000:
        yield Problem(
            "viable_cells_per_vial",
            f"'{cells:g}' cells are very few for a vial.",
            "Write all cells: one million is 1000000, not 1.",
            Level.WARNING,
        )


def _reservation_problems(values: Values) -> Iterable[Problem]:
    state, whom = text_in(values, "vial_state"), text_in(values, "reserved_for")
    if state == "reserved" and not whom:
        message = "The vial is 'reserved', and it is not said for whom or what."
        yield Problem("reserved_for", message, "Write it, or say 'available'.")
    if state == "available" and whom:
        yield Problem(
            "reserved_for",
            f"The vial is 'available', and is kept for '{whom}'.",
            "Say 'reserved', or leave this empty.",
        )


def check_thaw(values: Values) -> Iterable[Problem]:
    """Say that a viability has no method, or is a fraction where a percentage is meant."""
    viability = number_in(values, "viability_percent")
    if viability is None:
        return
    if not text_in(values, "viability_method"):
        yield Problem(
            "viability_method",
            f"It is not said how the viability of '{viability:g}' % was measured.",
            "Methods are not interchangeable; write it, such as trypan blue.",
            Level.WARNING,
        )
    if 0 < viability <= 1:
        yield Problem(
            "viability_percent",
            f"A viability of '{viability:g}' % is hardly meant.",
            f"Write {100 * viability:g} if it is a fraction of 1.",
            Level.WARNING,
        )


def check_step(values: Values) -> Iterable[Problem]:
    """Say that a dose has no unit, or that the unit does not fit the agent."""
    dose, unit, agent = number_in(values, "dose"), text_in(values, "dose_unit"), values["agent"]
    if dose is not None and not unit:
        yield Problem(
            "dose_unit",
            f"The dose '{dose:g}' of {agent} has no unit.",
            "Write it; none is assumed.",
        )
    if agent == "irradiation":
        yield from _radiation_problems(dose, unit)
    elif unit in _RADIATION:
        message = f"'{unit}' is a unit of radiation, and the agent is '{agent}'."
        yield Problem("dose_unit", message, "Correct one of the two.")
    if agent == "mitomycin C" and values["is_washed"] != "yes":
        yield Problem(
            "is_washed",
            "It is not said that the cells were washed after mitomycin C.",
            "What is left of it kills responders and looks like suppression.",
            Level.WARNING,
        )
    if number_in(values, "specific_activity_iu_per_mg") and not text_in(values, "lot"):
        yield Problem(
            "lot",
            "A specific activity is given, and no lot.",
            "It is that of one lot; write it from the certificate.",
            Level.WARNING,
        )


def _radiation_problems(dose: float | None, unit: str) -> Iterable[Problem]:
    if dose is None:
        message = "The dose of the irradiation is empty."
        yield Problem("dose", message, "Write it in Gy.", Level.WARNING)
    elif unit in {"cGy", "rad", "rd", "mGy"}:
        yield Problem(
            "dose_unit",
            f"The dose is '{dose:g} {unit}'; radiation is kept in Gy.",
            f"Write {dose * _RADIATION[unit]:g} Gy.",
        )
    elif unit and unit != "Gy":
        message = f"'{unit}' is no unit of radiation."
        yield Problem("dose_unit", message, "Write the dose in Gy.")
    elif unit and dose > MOST_GY:
        yield Problem(
            "dose",
            f"'{dose:g}' Gy is no dose that arrests cells; it is probably in cGy or rad.",
            f"100 cGy = 100 rad = 1 Gy: write {dose / 100:g} if it was cGy or rad.",
        )
    elif unit and not _TYPICAL_LOW_GY <= dose <= _TYPICAL_HIGH_GY:
        yield Problem(
            "dose",
            f"'{dose:g}' Gy is unusual; {_TYPICAL_LOW_GY} to {_TYPICAL_HIGH_GY} Gy are typical.",
            "Check the dose and its unit.",
            Level.NOTE if dose > _TYPICAL_HIGH_GY else Level.WARNING,
        )
