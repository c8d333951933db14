"""Headline results of curves in series that may stand beside each other, and their charts.

A series has one assay, readout, responder, priming, stimulus, treatment, arrest, role, background
mode and anchor dose: results that differ in one of these are never compared.  Nothing is fitted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lims_msc.domain.charts import Axis, Chart, Point, Points
from lims_msc.domain.curve import Summary
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.review import ReviewState
from lims_msc.domain.wording import interval_text, percent_text, r50_interval_text, r50_text


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """What all results of a series share; ``anchor_msc_per_responder`` is a dose."""

    assay_title: str
    readout_title: str
    responder_code: str
    priming: str
    stimulus: str
    treatment: str
    arrest: str
    role: str
    mode: str
    anchor_msc_per_responder: float

    @property
    def title(self) -> str:
        """The series in words, without what is empty."""
        parts = (
            f"{self.assay_title}, {self.readout_title}, on {self.responder_code}",
            self.priming,
            self.stimulus,
            self.treatment,
            f"MSC arrested by {self.arrest}" if self.arrest else "",
            "" if self.role == "COCULT" else self.role,
            f"mode {self.mode}",
        )
        return ", ".join(part for part in parts if part)

    @property
    def short_title(self) -> str:
        """What most series differ in: assay, responder, priming and mode."""
        return f"{self.assay_title} on {self.responder_code}, {self.priming}, mode {self.mode}"

    @property
    def anchor_text(self) -> str:
        """The anchor dose, such as ``1:10`` MSC:responder."""
        return ratio_text(self.anchor_msc_per_responder)


@dataclass(frozen=True, slots=True)
class HeadlineResult:
    """The half-suppression ratio and the suppression at the anchor dose of one curve.

    ``reason`` says why the curve has no numbers at all.
    """

    key: SeriesKey
    curve_id: int
    plate_id: int
    plate_code: str
    run_on: date
    batch_id: int
    batch_code: str
    passage: int | None
    state: str
    reason: str
    r50: Summary | None
    at_anchor: Summary | None
    is_simulated: bool = False

    @property
    def is_approved(self) -> bool:
        """Whether a second person approved the analysis."""
        return self.state == ReviewState.APPROVED

    @property
    def r50_words(self) -> str:
        """The half-suppression ratio, or why there is none."""
        return self.reason or r50_text(self.r50)

    @property
    def anchor_words(self) -> str:
        """The suppression at the anchor dose, or why there is none."""
        return self.reason or percent_text(self.at_anchor)


@dataclass(frozen=True, slots=True)
class PotencySeries:
    """The results of one series by passage, those without a recorded passage at the end."""

    key: SeriesKey
    results: tuple[HeadlineResult, ...]

    @property
    def passages(self) -> tuple[int, ...]:
        """The different passages, rising."""
        return tuple(sorted({r.passage for r in self.results if r.passage is not None}))

    @property
    def batches(self) -> tuple[str, ...]:
        """The codes of the batches."""
        return tuple(sorted({r.batch_code for r in self.results}))

    @property
    def charts(self) -> tuple[Chart, Chart]:
        """The half-suppression ratio and the suppression at the anchor dose over passage."""
        passage = Axis("Passage", is_whole=True)
        anchor = f"Suppression at {self.key.anchor_text} (%), higher is more potent"
        return (
            Chart(passage, R50_AXIS, self._points(lambda r: r.r50, r50_interval_text)),
            Chart(passage, Axis(anchor), self._points(lambda r: r.at_anchor, interval_text)),
        )

    def _points(
        self,
        summary_of: Callable[[HeadlineResult], Summary | None],
        interval_of: Callable[[Summary | None], str],
    ) -> tuple[Points, ...]:
        by_batch: dict[str, list[Point]] = defaultdict(list)
        for result in self.results:
            summary = summary_of(result)
            if result.passage is None or summary is None or summary.value is None:
                continue
            interval = interval_of(summary)
            by_batch[result.batch_code].append(
                Point(
                    result.passage,
                    summary.value,
                    summary.low,
                    summary.high,
                    f"{result.batch_code}, plate {result.plate_code}, {result.state}"
                    + (f"; 95 % interval {interval}" if interval else "; no interval"),
                    is_filled=result.is_approved,
                )
            )
        return tuple(Points(code, tuple(points)) for code, points in by_batch.items())


R50_AXIS = Axis("R50 (MSC:responder), lower is more potent", is_log=True, is_ratio=True)


def series_of(results: Iterable[HeadlineResult]) -> tuple[PotencySeries, ...]:
    """Return results by series, in the order of what they are of."""
    found: dict[SeriesKey, list[HeadlineResult]] = defaultdict(list)
    for result in results:
        found[result.key].append(result)
    return tuple(PotencySeries(key, tuple(sorted(found[key], key=_order))) for key in sorted(found))


def newest(results: Sequence[HeadlineResult]) -> HeadlineResult | None:
    """Return the newest approved result, or the newest draft where none is approved."""
    return max(results, key=lambda r: (r.is_approved, r.run_on, r.curve_id), default=None)


def _order(result: HeadlineResult) -> tuple[bool, int, str, date, int]:
    passage = result.passage
    is_unknown = passage is None
    return (is_unknown, passage or 0, result.batch_code, result.run_on, result.curve_id)
