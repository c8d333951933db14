"""What happened to recipients of batches, beside the potency of the batches in the dish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.charts import Axis, Chart, Point, Points
from lims_msc.domain.in_vivo_effects import (
    ArmEffect,
    Course,
    EffectKey,
    by_arm,
    days_after_dose,
    usual_day,
)
from lims_msc.domain.potency_series import (
    R50_AXIS,
    HeadlineResult,
    PotencySeries,
    SeriesKey,
    newest,
    series_of,
)
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.models import Batch, InVivoUse, Outcome
from lims_msc.registry import Registry
from lims_msc.services.potency_trend import headline_results

PATIENTS = "patients"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose to see; an empty word is everything.

    ``day`` is the day of the effect, ``None`` for the one with most values; ``series`` the title of
    the potencies that effects stand beside.
    """

    disease: str = ""
    model: str = ""
    measure: str = ""
    day: int | None = None
    series: str = ""


@dataclass(frozen=True, slots=True)
class UseLine:
    """One dose of a batch, with the number of values that were measured afterwards and before."""

    use_id: int
    use_code: str
    batch_code: str
    recipient: str
    model: str
    disease: str
    arm: str
    route: str
    dose: str
    day: int | None
    outcomes: int


@dataclass(frozen=True, slots=True)
class EffectGroup:
    """One measure in one model: its courses, the effects on a day, and potency beside effect.

    ``day`` is ``None`` where nothing was measured after a dose; ``scatters`` are over the
    half-suppression ratio and over the suppression at the anchor dose.
    """

    key: EffectKey
    courses: tuple[Course, ...]
    days: tuple[int, ...]
    later_days: tuple[int, ...]
    day: int | None
    arms: tuple[ArmEffect, ...]
    course_chart: Chart
    scatters: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class InVivoPage:
    """All that the page shows, and what can be chosen on it.

    ``beside`` is the series that effects stand beside; ``potencies`` has the newest result of each
    series by the number of the batch.
    """

    chosen: Choices
    diseases: tuple[str, ...]
    models: tuple[str, ...]
    measures: tuple[str, ...]
    series: tuple[SeriesKey, ...]
    beside: SeriesKey | None
    uses: tuple[UseLine, ...]
    groups: tuple[EffectGroup, ...]
    potencies: Mapping[int, tuple[HeadlineResult, ...]]


def in_vivo_page(session: Session, registry: Registry, chosen: Choices) -> InVivoPage:
    """Return uses, courses and effects as chosen, in three statements."""
    uses = [
        (use, code)
        for use, code in session.execute(
            select(InVivoUse, Batch.code).join(Batch).order_by(InVivoUse.code)
        )
    ]
    outcomes: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in session.scalars(select(Outcome).order_by(Outcome.measured_on_day)):
        outcomes[outcome.use_id].append(outcome)
    courses = [course for use, code in uses for course in _courses(use, code, outcomes[use.id])]
    with_use = Batch.id.in_(select(InVivoUse.batch_id))
    potencies = series_of(headline_results(session, registry, with_use))
    beside = _series_chosen(potencies, courses, chosen.series)
    kept = [course for course in courses if _is_chosen(course.key, chosen)]
    return InVivoPage(
        chosen=chosen,
        diseases=_different(_disease(use) for use, _ in uses),
        models=_different(_model(use) for use, _ in uses),
        measures=_different(course.key.measure for course in courses),
        series=tuple(one.key for one in potencies),
        beside=beside.key if beside else None,
        uses=tuple(
            _line(use, code, len(outcomes[use.id]))
            for use, code in uses
            if chosen.disease in {"", _disease(use)} and chosen.model in {"", _model(use)}
        ),
        groups=tuple(
            _group(key, [c for c in kept if c.key == key], chosen.day, beside)
            for key in sorted({course.key for course in kept})
        ),
        potencies=_newest_by_batch(potencies),
    )


def _courses(use: InVivoUse, batch_code: str, outcomes: Iterable[Outcome]) -> Iterable[Course]:
    """Yield the course of each measure of a use."""
    by_key: dict[EffectKey, dict[int, float]] = defaultdict(dict)
    for outcome in outcomes:
        key = EffectKey(
            _model(use), _disease(use), outcome.measure, outcome.unit, outcome.better_is
        )
        by_key[key][outcome.measured_on_day] = outcome.outcome
    for key, values in by_key.items():
        yield Course(
            key=key,
            use_id=use.id,
            use_code=use.code,
            recipient=use.recipient,
            arm=use.study_arm,
            batch_id=use.batch_id,
            batch_code=batch_code,
            dose_day=use.given_on_day,
            values=values,
        )


def _group(
    key: EffectKey, courses: Sequence[Course], day: int | None, beside: PotencySeries | None
) -> EffectGroup:
    shown = usual_day(courses) if day is None else day
    arms = by_arm(courses, shown) if shown is not None else ()
    return EffectGroup(
        key=key,
        courses=tuple(courses),
        days=tuple(sorted({day for course in courses for day in course.values})),
        later_days=days_after_dose(courses),
        day=shown,
        arms=arms,
        course_chart=_course_chart(key, courses),
        scatters=_scatters(key, arms, shown, beside) if beside and shown is not None else (),
    )


def _course_chart(key: EffectKey, courses: Iterable[Course]) -> Chart:
    unit = f" ({key.unit})" if key.unit else ""
    return Chart(
        Axis("Day of the model", is_whole=True),
        Axis(f"{key.measure}{unit}, {key.better_is} is better"),
        tuple(
            Points(
                ", ".join(
                    part for part in (course.use_code, course.batch_code, course.arm) if part
                ),
                tuple(Point(day, course.values[day]) for day in sorted(course.values)),
                is_joined=True,
                is_dashed=not course.is_of_msc,
            )
            for course in courses
        ),
    )


def _scatters(
    key: EffectKey, arms: Iterable[ArmEffect], day: int, beside: PotencySeries
) -> tuple[Chart, ...]:
    """Return effect over potency; a batch without either has no point."""
    pairs = [
        (arm, newest([r for r in beside.results if r.batch_id == arm.batch_id]))
        for arm in arms
        if arm.is_of_msc
    ]
    effect = Axis(f"Improvement of {key.measure} until day {day}, above 0 is better")
    anchor = Axis(f"Suppression at {beside.key.anchor_text} (%), higher is more potent")
    return tuple(
        Chart(
            axis,
            effect,
            tuple(
                _scatter_point(arm, result, summary.value)
                for arm, result in pairs
                if result is not None
                and (summary := getattr(result, name)) is not None
                and summary.value is not None
                and arm.mean_improvement is not None
            ),
        )
        for axis, name in ((R50_AXIS, "r50"), (anchor, "at_anchor"))
    )


def _scatter_point(arm: ArmEffect, result: HeadlineResult, potency: float) -> Points:
    count = len(arm.improvements)
    words = f"mean of {count} recipients" if count > 1 else "one recipient"
    name = f"{arm.batch_code}, {arm.arm}" if arm.arm else arm.batch_code
    label = f"{name}, {words}, potency of plate {result.plate_code}, {result.state}"
    improvement = arm.mean_improvement or 0.0
    point = Point(potency, improvement, label=label, is_filled=result.is_approved)
    return Points(name, (point,))


def _series_chosen(
    series: Sequence[PotencySeries], courses: Iterable[Course], title: str
) -> PotencySeries | None:
    """Return the series of that title, or the one that has most of the batches with outcomes."""
    for one in series:
        if one.key.title == title:
            return one
    batches = {course.batch_code for course in courses}
    return max(series, key=lambda one: len(batches & set(one.batches)), default=None)


def _newest_by_batch(series: Iterable[PotencySeries]) -> dict[int, tuple[HeadlineResult, ...]]:
    found: dict[int, list[HeadlineResult]] = defaultdict(list)
    for one in series:
        for batch_id in sorted({result.batch_id for result in one.results}):
            result = newest([r for r in one.results if r.batch_id == batch_id])
            found[batch_id] += [result] if result else []
    return {batch_id: tuple(results) for batch_id, results in found.items()}


def _is_chosen(key: EffectKey, chosen: Choices) -> bool:
    pairs = (
        (chosen.disease, key.disease),
        (chosen.model, key.model),
        (chosen.measure, key.measure),
    )
    return all(wanted in {"", found} for wanted, found in pairs)


def _line(use: InVivoUse, batch_code: str, outcomes: int) -> UseLine:
    return UseLine(
        use_id=use.id,
        use_code=use.code,
        batch_code=batch_code,
        recipient=use.recipient,
        model=_model(use),
        disease=_disease(use),
        arm=use.study_arm,
        route=use.route,
        dose=f"{use.dose:,.12g}".replace(",", "\u202f") + f" {use.dose_unit}",
        day=use.given_on_day,
        outcomes=outcomes,
    )


def _model(use: InVivoUse) -> str:
    if use.recipient_kind == "patient":
        return PATIENTS
    model = use.animal_model or "animal model not recorded"
    return f"{model} ({use.species})" if use.species else model


def _disease(use: InVivoUse) -> str:
    return vocabulary_of("disease").label(use.disease) if use.disease else ""


def _different(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word}))
