"""Invented signals of co-culture plates: what a reader might have shown, had there been cells.

The model is the one that the analysis assumes (DOMAIN 2.0), with noise and the unevenness of real
plates.  Nothing in here was measured, and no direction is built in: how strong a batch is was
drawn by hand so that healthy, lupus and systemic-sclerosis donors overlap.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from random import Random

from lims_msc.demo.potencies import Potency
from lims_msc.domain.curve import Signal
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import Marker, WellAddress

_LEFT_BY_THE_DRUG = 0.08
"""The share of proliferation that the suppressing drug of ``POS_SUPPR`` leaves."""


@dataclass(frozen=True, slots=True)
class SignalScale:
    """The size of the signals of one readout, all in its own unit.

    ``msc_signal`` is what one MSC per responder adds by itself: 0 for readouts that are blind to
    MSC.  ``well_cv`` is the scatter between replicate wells as a share of the signal, ``floor_sd``
    the scatter of the instrument, and ``decimals`` how many the reader prints.
    """

    plastic: float
    blank: float
    unstimulated: float
    stimulated: float
    msc_signal: float
    well_cv: float
    floor_sd: float
    decimals: int


@dataclass(frozen=True, slots=True)
class Unevenness:
    """How a plate differs from an ideal one.

    ``left_to_right`` is the change of all signals over the columns, as a share of the signal;
    ``overflowed`` are wells too bright for the reader.
    """

    left_to_right: float = 0.0
    overflowed: frozenset[WellAddress] = frozenset()


def suppressed_share(potency: Potency, priming: str, msc_per_responder: float) -> float:
    """Return which share of proliferation is suppressed; negative where few MSC stimulate.

    Hill's equation with a stimulating term that fades as the dose rises::

        f(d) = top · d^h / (d^h + k^h) − stimulation · exp(−d / 0.03)
    """
    half_dose = potency.half_dose_of(priming)
    power = math.pow(msc_per_responder / half_dose, potency.steepness)
    fading = math.exp(-msc_per_responder / 0.03)
    return potency.top * power / (1 + power) - potency.stimulation * fading


def simulate(
    layout: PlateLayout,
    wells: Iterable[WellAddress],
    *,
    scale: SignalScale,
    potencies: Mapping[str, Potency],
    seed: str,
    unevenness: Unevenness,
) -> dict[WellAddress, Signal]:
    """Return the signal of each well; the same arguments give the same signals.

    ``potencies`` maps the codes of the batches on the plate to their strength on its responders.
    """
    random = Random(seed)  # noqa: S311 (signals of a demonstration keep no secret)
    columns = layout.plate_format.columns
    signals = {}
    for well in wells:
        ideal = _ideal(layout.contents.get(well), scale, potencies)
        across = 1 + unevenness.left_to_right * ((well.column - 0.5) / columns - 0.5)
        scatter = math.exp(random.gauss(0, scale.well_cv))
        noise = random.gauss(0, scale.floor_sd)
        value = scale.blank + (ideal - scale.blank) * scatter * across + noise
        signals[well] = _printed(well, value, scale.decimals, unevenness.overflowed)
    return signals


def _ideal(
    content: WellContent | None, scale: SignalScale, potencies: Mapping[str, Potency]
) -> float:
    """Return the signal of a well without noise."""
    if content is None or not content.role.is_read:
        return scale.plastic
    dose = content.dose.msc_per_responder if content.dose else 0.0
    by_msc = scale.msc_signal * dose
    window = scale.stimulated - scale.unstimulated
    if content.role is WellRole.COCULT:
        share = suppressed_share(potencies[content.batch_code], content.priming, dose)
        return scale.unstimulated + window * (1 - share) + by_msc
    return {
        WellRole.BLANK: scale.blank,
        WellRole.RESP_UNSTIM: scale.unstimulated,
        WellRole.RESP_STIM: scale.stimulated,
        WellRole.COCULT_UNSTIM: scale.unstimulated + by_msc,
        WellRole.MSC_ALONE: scale.blank + by_msc,
        WellRole.POS_SUPPR: scale.unstimulated + window * _LEFT_BY_THE_DRUG,
    }[content.role]


def _printed(
    well: WellAddress, value: float, decimals: int, overflowed: Collection[WellAddress]
) -> Signal:
    if well in overflowed:
        return Signal(well, None, Marker.OVERFLOW)
    return Signal(well, round(value, decimals))
