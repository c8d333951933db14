"""How numbers of a curve are written for people, and the read that they are from.

Never a number without its direction.
"""

from __future__ import annotations

from lims_msc.domain.curve import Summary, SummaryStatus
from lims_msc.domain.dose import half_suppression_text, ratio_text


def percent_text(summary: Summary | None) -> str:
    """Return a percentage with one decimal, or why there is none."""
    if summary is None:
        return "not computed"
    if summary.value is None:
        return summary.reason or summary.status.value.replace("_", " ")
    return f"{_signed(summary.value)} %"


def interval_text(summary: Summary | None) -> str:
    """Return the interval of a percentage as ``41.2 to 56.7 %``; an open end is said in words."""
    if summary is None or summary.value is None or (summary.low is None and summary.high is None):
        return ""
    low = "no lower bound" if summary.low is None else _signed(summary.low)
    high = "no upper bound" if summary.high is None else f"{_signed(summary.high)} %"
    return f"{low} to {high}"


def r50_text(summary: Summary | None) -> str:
    """Return the dose of half suppression as ``1:9.6`` (MSC:responder), or why there is none."""
    if summary is None:
        return "not computed"
    if summary.value is not None:
        text = half_suppression_text(summary.value)
        if summary.status is SummaryStatus.NON_MONOTONE:
            return f"{text} (lowest of {len(summary.all_values)} crossings)"
        return text
    if summary.bound is not None:
        dose = ratio_text(summary.bound)
        if summary.status is SummaryStatus.ABOVE_HIGHEST_DOSE:
            return f"not reached up to {dose}"
        if summary.status is SummaryStatus.BELOW_LOWEST_DOSE:
            return f"reached at {dose} already"
    return summary.reason or summary.status.value.replace("_", " ")


def r50_interval_text(summary: Summary | None) -> str:
    """Return the interval of the dose of half suppression, from more MSC to fewer."""
    if summary is None or summary.value is None or (summary.low is None and summary.high is None):
        return ""
    more = "no bound" if summary.high is None else half_suppression_text(summary.high)
    fewer = "no bound" if summary.low is None else half_suppression_text(summary.low)
    return f"{more} to {fewer}"


def read_text(label: str, time_s: float | None, reference_label: str | None) -> str:
    """Return the read that results are from, with the one that was subtracted, and the time."""
    text = label
    if reference_label is not None:
        names = f"{label or 'unnamed read'} − {reference_label or 'unnamed read'}"
        text = f"{names} (reference read subtracted in each well)"
    return text if time_s is None else f"{text} at {time_s:g} s"


def _signed(value: float) -> str:
    # A true minus sign: a hyphen in front of a number is lost in print and in speech.
    text = f"{value:.1f}"
    return text.replace("-", "−") if text != "-0.0" else "0.0"
