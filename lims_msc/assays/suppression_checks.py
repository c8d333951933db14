"""All checks of a suppression assay, as its readouts call for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lims_msc.assays import (
    control_checks,
    curve_checks,
    layout_checks,
    outlier_checks,
    signal_checks,
)
from lims_msc.assays.readouts import Readout
from lims_msc.assays.well_readings import WELL_LEFT_OUT
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import BackgroundMode
from lims_msc.domain.findings import Level

NOTE = Check("assay_note", Level.NOTE, "what to bear in mind with these cells")
MODE_MISSING = Check(
    "mode_not_available", Level.WARNING, "a background mode needs wells that are not there"
)
OTHER_MODE = Check(
    "other_mode_shown", Level.WARNING, "another mode than the usual one is shown first"
)
_ALL = (
    *layout_checks.CHECKS,
    WELL_LEFT_OUT,
    *signal_checks.CHECKS,
    *control_checks.CHECKS,
    *curve_checks.CHECKS,
    *outlier_checks.CHECKS,
    MODE_MISSING,
    OTHER_MODE,
)
_ONLY_FOR: Mapping[str, Callable[[Readout], bool]] = {
    "value_impossible": lambda r: r.limits.lowest is not None,
    "fraction_not_percent": lambda r: r.is_percent,
    "negative_signals": lambda r: r.is_bulk,
    "signal_saturated": lambda r: r.limits.saturated_above is not None,
    "counts_in_thousands": lambda r: r.limits.smallest_control is not None,
    "readout_trap": lambda r: bool(r.trap),
    "stimulation_weak": lambda r: r.limits.index is not None,
    "z_prime_failed": lambda r: r.is_bulk,
    "z_prime_low": lambda r: r.is_bulk,
    "few_divided_failed": lambda r: r.limits.stimulated_percent is not None,
    "few_divided": lambda r: r.limits.stimulated_percent is not None,
    "resting_divide_failed": lambda r: r.limits.resting_percent is not None,
    "resting_divide": lambda r: r.limits.resting_percent is not None,
    "order_probably_reversed": lambda r: not r.any_sign,
    "support_rises_with_dose": lambda r: r.any_sign,
    "other_mode_shown": lambda r: r.default_mode is not BackgroundMode.NONE,
    "no_msc_background": lambda r: r.sees_msc,
}


def checks_for(readouts: Sequence[Readout], notes: Sequence[str] = ()) -> tuple[Check, ...]:
    """Return the checks that at least one of these readouts calls for."""
    chosen = [
        check
        for check in _ALL
        if check.code not in _ONLY_FOR or any(map(_ONLY_FOR[check.code], readouts))
    ]
    if OTHER_MODE not in chosen:
        # The mode that needs nothing but the stimulated control is the usual one: it is there.
        chosen = [replace(c, level=Level.NOTE) if c is MODE_MISSING else c for c in chosen]
    return tuple(chosen + ([NOTE] if notes else []))
