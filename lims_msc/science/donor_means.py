"""One value for each MSC donor from values of many responders, batches and runs.

n of a comparison of cohorts is the number of MSC donors.  The responders, batches and runs of a
donor are averaged first, with equal weights, over responders that *every* donor was tested with;
otherwise a donor with a strong responder would look better for that alone.  Wells are refused: they
belong into the value of a curve.  What was left out is always said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class DonorMeansStatus(StrEnum):
    """Whether there is one value for each donor."""

    OK = "ok"
    NO_VALUES = "no_values"
    WELLS = "wells"
    """Several values of the same curve: they are wells, not measurements of a donor."""
    NO_COMMON_RESPONDER = "no_common_responder"


@dataclass(frozen=True, slots=True)
class CurveValue:
    """One number of one curve: a suppression, an area or a log R50 of batch × responder × run."""

    donor_code: str
    responder_code: str
    value: float
    batch_code: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class DonorMeans:
    """The values by donor, the responders they rest on, and what was left out."""

    status: DonorMeansStatus
    reason: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    responder_codes: tuple[str, ...] = ()
    left_out: tuple[CurveValue, ...] = ()

    @property
    def n(self) -> int:
        """The number of donors."""
        return len(self.values)

    @property
    def text(self) -> str:
        """How the values were made, in words."""
        if self.status is not DonorMeansStatus.OK:
            return f"There is no value for each donor: {self.reason}."
        responders = ", ".join(self.responder_codes)
        text = (
            f"One value for each of {self.n} MSC donors: the mean over the responders that all of "
            f"them were tested with ({responders}), each with the same weight."
        )
        if not self.left_out:
            return text
        others = ", ".join(sorted({value.responder_code for value in self.left_out}))
        return (
            f"{text} Left out: {len(self.left_out)} values of responders that not every donor was "
            f"tested with ({others})."
        )


def donor_means(values: Iterable[CurveValue]) -> DonorMeans:
    """Return the mean of each donor over the responders common to all donors.

    ::

        runs of a batch → batches of a responder → responders of a donor, equal weights each time

    :raises ValueError: if a value is not a finite number.
    Source: DOMAIN 3.7 (one value per MSC donor; Lazic 2010, doi 10.1186/1471-2202-11-5).
    """
    given = list(values)
    for one in given:
        if not math.isfinite(one.value):
            raise ValueError(f"Not a value of a curve: {one!r}")
    if not given:
        return DonorMeans(DonorMeansStatus.NO_VALUES, "no curve has a value")
    twice = _given_twice(given)
    if twice is not None:
        return DonorMeans(DonorMeansStatus.WELLS, _wells_in_words(twice))
    tested: dict[str, set[str]] = {}
    for one in given:
        tested.setdefault(one.donor_code, set()).add(one.responder_code)
    common = set.intersection(*tested.values())
    if not common:
        return DonorMeans(
            DonorMeansStatus.NO_COMMON_RESPONDER,
            "no responder was tested with every donor; a mixed model can use unequal sets",
            left_out=tuple(given),
        )
    kept = [one for one in given if one.responder_code in common]
    return DonorMeans(
        DonorMeansStatus.OK,
        values={donor: _mean_of_donor(donor, kept) for donor in sorted(tested)},
        responder_codes=tuple(sorted(common)),
        left_out=tuple(one for one in given if one.responder_code not in common),
    )


def _mean_of_donor(donor: str, values: Sequence[CurveValue]) -> float:
    by_responder: dict[str, dict[str, list[float]]] = {}
    for one in values:
        if one.donor_code == donor:
            batches = by_responder.setdefault(one.responder_code, {})
            batches.setdefault(one.batch_code, []).append(one.value)
    return _mean(
        _mean(_mean(runs) for runs in batches.values()) for batches in by_responder.values()
    )


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return math.fsum(numbers) / len(numbers)


def _given_twice(values: Sequence[CurveValue]) -> CurveValue | None:
    seen = set()
    for one in values:
        key = (one.donor_code, one.batch_code, one.responder_code, one.run)
        if key in seen:
            return one
        seen.add(key)
    return None


def _wells_in_words(one: CurveValue) -> str:
    batch = f", batch '{one.batch_code}'" if one.batch_code else ""
    run = f" in run '{one.run}'" if one.run else ""
    return (
        f"donor '{one.donor_code}'{batch} has several values with responder "
        f"'{one.responder_code}'{run}; wells are no donors, so give one value for each curve"
    )
