"""What happened to recipients of a batch: differences of stored values, and nothing between days.

An effect is the change of a measure from the last value on or before the day of the dose to the
value of a chosen day.  A day without a value has no effect, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MSC_ARM = "msc"


@dataclass(frozen=True, slots=True, order=True)
class EffectKey:
    """What effects must share to stand beside each other: the model, the disease, the measure.

    ``model`` has the species in it; for patients it says so.
    """

    model: str
    disease: str
    measure: str
    unit: str
    better_is: str

    @property
    def title(self) -> str:
        """The measure with its unit, in which model."""
        where = ", ".join(part for part in (self.model, self.disease) if part)
        unit = f" ({self.unit})" if self.unit else ""
        return f"{self.measure}{unit} in {where}"


@dataclass(frozen=True, slots=True)
class Course:
    """One measure of one recipient: its values by day, and the day of the dose."""

    key: EffectKey
    use_id: int
    use_code: str
    recipient: str
    arm: str
    batch_id: int
    batch_code: str
    dose_day: int | None
    values: Mapping[int, float]

    @property
    def is_of_msc(self) -> bool:
        """Whether the arm is called MSC, or has no name; every other arm is a control."""
        return not self.arm or self.arm.casefold().startswith(MSC_ARM)


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect on one recipient: the numbers it is made of, or the reason why there is none.

    ``improvement`` is the change with the sign of what is better: above 0 is better.
    """

    course: Course
    day: int
    before_day: int | None = None
    before: float | None = None
    after: float | None = None
    reason: str = ""

    @property
    def change(self) -> float | None:
        """The value of the day less the value before."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def improvement(self) -> float | None:
        """The change, with the sign turned where lower is better."""
        if self.change is None:
            return None
        # Adding zero turns a negative zero into zero.
        return (self.change if self.course.key.better_is == "higher" else -self.change) + 0.0


@dataclass(frozen=True, slots=True)
class ArmEffect:
    """The effects of a batch in one arm: the mean improvement of its recipients, and their n."""

    batch_id: int
    batch_code: str
    arm: str
    is_of_msc: bool
    effects: tuple[Effect, ...]

    @property
    def improvements(self) -> tuple[float, ...]:
        """The improvements of the recipients that have one."""
        return tuple(e.improvement for e in self.effects if e.improvement is not None)

    @property
    def mean_improvement(self) -> float | None:
        """Their mean; ``None`` where no recipient has one."""
        found = self.improvements
        return sum(found) / len(found) if found else None


def effect_on(course: Course, day: int) -> Effect:
    """Return the effect on one recipient from before the dose to a day."""
    if course.dose_day is None:
        return Effect(course, day, reason="no day of the dose is recorded")
    if day <= course.dose_day:
        return Effect(
            course, day, reason=f"day {day} is not after the dose on day {course.dose_day}"
        )
    earlier = [measured for measured in course.values if measured <= course.dose_day]
    if not earlier:
        return Effect(
            course, day, reason=f"no value on or before the dose on day {course.dose_day}"
        )
    before_day = max(earlier)
    before = course.values[before_day]
    if day not in course.values:
        return Effect(course, day, before_day, before, reason=f"no value on day {day}")
    return Effect(course, day, before_day, before, course.values[day])


def by_arm(courses: Iterable[Course], day: int) -> tuple[ArmEffect, ...]:
    """Return the effects by batch and arm, the MSC before the controls."""
    found: dict[tuple[str, bool, str], list[Effect]] = {}
    for course in courses:
        key = (course.batch_code, not course.is_of_msc, course.arm)
        found.setdefault(key, []).append(effect_on(course, day))
    return tuple(
        ArmEffect(
            effects[0].course.batch_id,
            batch_code,
            arm,
            not is_control,
            tuple(sorted(effects, key=lambda effect: effect.course.use_code)),
        )
        for (batch_code, is_control, arm), effects in sorted(found.items(), key=lambda f: f[0])
    )


def days_after_dose(courses: Sequence[Course]) -> tuple[int, ...]:
    """Return the days on which any recipient has a value after its dose, rising."""
    return tuple(sorted(_counts(courses)))


def usual_day(courses: Sequence[Course]) -> int | None:
    """Return the day after the dose on which most recipients have a value, the last of several."""
    counts = _counts(courses)
    return max(counts, key=lambda day: (counts[day], day), default=None)


def _counts(courses: Sequence[Course]) -> Counter[int]:
    return Counter(
        day
        for course in courses
        for day in course.values
        if course.dose_day is not None and day > course.dose_day
    )
