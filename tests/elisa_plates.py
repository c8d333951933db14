"""Plates of an invented kit: standards, samples of any concentration, and their signals."""

from __future__ import annotations

from typing import Any

from lims_msc.domain.layout import PlateConditions, WellRole

LADDER = (15.6, 31.2, 62.5, 125.0, 250.0, 500.0, 1000.0)
_NOISE = (0.6, -0.4, -0.7, 0.3, 0.5, -0.6, -0.2, 0.4, 0.7, -0.5, -0.3, 0.6, 0.2, -0.4)


def signal(concentration: float, *, falls: bool = False) -> float:
    """The optical density of a concentration in the well."""
    share = 0.0 if concentration == 0 else 1 / (1 + (200 / concentration) ** 1.2)
    return 2.2 - 2.1 * share if falls else 0.06 + 2.5 * share


def kit(plate: Any, *, falls: bool = False, unit: str = "pg/mL", noise: float = 0.01) -> Any:
    """Add the standards in duplicate and the unit to a plate; return it."""
    plate.conditions = PlateConditions(concentration_unit=unit)
    for index, level in enumerate(LADDER):
        pair = _NOISE[2 * index : 2 * index + 2]
        values = [signal(level, falls=falls) * (1 + noise * error) for error in pair]
        plate.add(WellRole.STD, values, responder_code="", standard_concentration=level)
    return plate


def sample(
    plate: Any,
    concentration: float,
    *,
    of: WellRole | None = None,
    dilution: float | None = 2.0,
    falls: bool = False,
    spread: float = 0.01,
    **content: Any,
) -> Any:
    """Add two wells of a supernatant that holds this much; return the wells."""
    inside = concentration / (dilution or 1.0)
    mean = signal(inside, falls=falls)
    given = {"sample_of": of, "dilution_factor": dilution, **content}
    if of is not None and of.has_responders and of is not WellRole.RESP_UNSTIM:
        given.setdefault("stimulus", "PHA")
    if of is not None and of.has_msc:
        given.setdefault("batch_code", "B1")
        given.setdefault("priming", "resting")
    if of in {WellRole.MSC_ALONE, WellRole.BLANK}:
        given.setdefault("responder_code", "")
    return plate.add(WellRole.SAMPLE, [mean * (1 + spread), mean * (1 - spread)], **given)


def co_cultures(plate: Any, *concentrations: tuple[float, float], **content: Any) -> Any:
    """Add a co-culture for each pair of a dose, as 1:N, and a concentration."""
    for one_to, concentration in concentrations:
        sample(plate, concentration, of=WellRole.COCULT, one_to=one_to, **content)
    return plate
