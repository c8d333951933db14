"""Results of formulas as values of an assay, with interval, definition and wells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lims_msc.domain.dose import ratio_text
from lims_msc.domain.layout import WellContent, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import AssayValue, ValueKey
from lims_msc.science.propagation import WellResult
from lims_msc.science.summaries import interval_words


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a value is: its stable name, its title and unit, and its formula in words.

    A quantity that is a ratio takes its interval on the log where it is above zero.
    """

    name: str
    title: str
    unit: str
    definition: str
    is_ratio: bool = False


def value_of(
    key: ValueKey,
    quantity: Quantity,
    result: WellResult,
    wells: Iterable[WellAddress],
    confidence: float,
) -> AssayValue:
    """Return the result of a formula as a value; its interval is that of the wells of one plate."""
    number = result.number
    spread = None if number is None else number.spread
    on_log = quantity.is_ratio and number is not None and number.value > 0
    ends: tuple[float | None, float | None] | None = None
    if number is not None and spread is not None:
        ends = number.log_interval(confidence) if on_log else number.interval(confidence)
    low, high = ends or (None, None)
    method = "delta method on the log" if on_log else "delta method"
    return AssayValue(
        key=key,
        name=quantity.name,
        title=quantity.title,
        unit=quantity.unit,
        status=result.status,
        value=result.value,
        se=result.se,
        low=low,
        high=high,
        bound=result.bound,
        reason=result.reason,
        interval="" if number is None else interval_words(spread, confidence, method),
        definition=quantity.definition,
        wells=tuple(sorted(set(wells))),
    )


def key_of(content: WellContent) -> ValueKey:
    """Return what a value of this well is of; a supernatant is of its culture well."""
    is_supernatant = content.role is WellRole.SAMPLE
    return ValueKey(
        role=(content.sample_of if is_supernatant else None) or content.role,
        batch_code=content.batch_code,
        priming=content.priming,
        responder_code=content.responder_code,
        stimulus=content.stimulus,
        treatment=content.treatment,
        sample_code=content.sample_code,
        msc_per_responder=None if content.dose is None else content.dose.msc_per_responder,
        effectors_per_target=content.effectors_per_target,
    )


def key_in_words(key: ValueKey) -> str:
    """Return what a value is of, for a message."""
    words = [f"{key.role}"]
    named = (
        ("sample", key.sample_code),
        ("batch", key.batch_code),
        ("responder", key.responder_code),
        ("stimulus", key.stimulus),
        ("treatment", key.treatment),
    )
    words += [f"{name} '{code}'" for name, code in named if code]
    if key.priming:
        words.insert(1, key.priming)
    if key.msc_per_responder is not None:
        words.append(f"MSC:responder {ratio_text(key.msc_per_responder)}")
    if key.effectors_per_target is not None:
        words.append(f"E:T {key.effectors_per_target:g}:1")
    return ", ".join(words)
