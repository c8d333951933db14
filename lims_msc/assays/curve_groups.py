"""Which wells of a plate belong to one suppression curve, and which controls go with them.

Co-cultures of one batch × priming × responder × stimulus × treatment are one curve.  Its stimulated
controls are those of the *same* responder, stimulus and treatment.  Unstimulated wells have no
stimulus and are matched by responder.  Where unstimulated wells or MSC alone exist with the
treatment of the curve, those are taken, else the untreated ones.  No numbers are in here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lims_msc.domain.curve import BackgroundMode, CurveKey
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import ValueKey

CURVE_ROLES = (WellRole.COCULT, WellRole.REF_MSC, WellRole.NEG_STROMA)
"""Every one of these makes curves of its own."""

ROLES_USED = (
    *CURVE_ROLES,
    WellRole.RESP_STIM,
    WellRole.RESP_UNSTIM,
    WellRole.COCULT_UNSTIM,
    WellRole.MSC_ALONE,
    WellRole.BLANK,
)
Wells = tuple[WellAddress, ...]


@dataclass(frozen=True, slots=True)
class DoseGroup:
    """The wells of one dose of a curve, and those of its own background."""

    msc_per_responder: float
    is_probably_reversed: bool
    coculture: Wells
    coculture_unstimulated: Wells
    msc_alone: Wells


@dataclass(frozen=True, slots=True)
class CurveGroup:
    """The wells of one curve with its controls; doses rise."""

    role: WellRole
    batch_code: str
    priming: str
    responder_code: str
    stimulus: str
    treatment: str
    doses: tuple[DoseGroup, ...]
    stimulated: Wells
    unstimulated: Wells
    blank: Wells

    @property
    def control_key(self) -> tuple[str, str, str]:
        """Responder, stimulus and treatment: what curves with the same controls share."""
        return self.responder_code, self.stimulus, self.treatment

    def key(self, mode: BackgroundMode) -> CurveKey:
        """Return the identity of this curve in a mode."""
        return CurveKey(
            batch_code=self.batch_code,
            priming=self.priming,
            responder_code=self.responder_code,
            stimulus=self.stimulus,
            treatment=self.treatment,
            role=self.role,
            mode=mode,
        )

    def value_key(self, mode: BackgroundMode, msc_per_responder: float | None = None) -> ValueKey:
        """Return what a value of this curve is of, in a mode and at a dose where it has one."""
        return ValueKey(
            role=self.role,
            batch_code=self.batch_code,
            priming=self.priming,
            responder_code=self.responder_code,
            stimulus=self.stimulus,
            treatment=self.treatment,
            msc_per_responder=msc_per_responder,
            mode=mode.value,
        )

    def __str__(self) -> str:
        kind = {WellRole.REF_MSC: "reference ", WellRole.NEG_STROMA: "control stroma "}
        words = [f"{kind.get(self.role, '')}batch '{self.batch_code}'", self.priming]
        words.append(controls_in_words(self.control_key))
        return ", ".join(word for word in words if word)


def controls_in_words(control_key: tuple[str, str, str]) -> str:
    """Return responder, stimulus and treatment for a message."""
    responder, stimulus, treatment = control_key
    words = [f"responder '{responder}'", f"stimulus '{stimulus}'"]
    return ", ".join(words + ([f"treatment '{treatment}'"] if treatment else []))


def group_curves(layout: PlateLayout) -> tuple[CurveGroup, ...]:
    """Return the curves of a plate: co-cultures first, then reference MSC, then control stroma.

    Co-cultures without a dose above zero belong to no curve; :func:`undosed` names them.
    """
    members: dict[tuple[str, ...], list[WellContent]] = {}
    for content in layout.with_role(*CURVE_ROLES):
        if content.dose is not None and content.dose.ratio > 0:
            order = CURVE_ROLES.index(content.role)
            key = (
                str(order),
                content.batch_code,
                content.priming,
                content.responder_code,
                content.stimulus,
                content.treatment,
            )
            members.setdefault(key, []).append(content)
    return tuple(_group(layout, members[key]) for key in sorted(members))


def undosed(layout: PlateLayout) -> tuple[WellContent, ...]:
    """Return the wells of a curve whose dose is missing or zero."""
    return tuple(
        content
        for content in layout.with_role(*CURVE_ROLES)
        if content.dose is None or content.dose.ratio == 0
    )


def _group(layout: PlateLayout, members: list[WellContent]) -> CurveGroup:
    one = members[0]
    by_dose: dict[float, list[WellContent]] = {}
    for content in members:
        if content.dose is not None:
            by_dose.setdefault(content.dose.msc_per_responder, []).append(content)
    return CurveGroup(
        role=one.role,
        batch_code=one.batch_code,
        priming=one.priming,
        responder_code=one.responder_code,
        stimulus=one.stimulus,
        treatment=one.treatment,
        doses=tuple(_dose(layout, by_dose[dose], dose) for dose in sorted(by_dose)),
        stimulated=_addresses(
            content
            for content in layout.with_role(WellRole.RESP_STIM)
            if (content.responder_code, content.stimulus, content.treatment)
            == (one.responder_code, one.stimulus, one.treatment)
        ),
        unstimulated=_like(
            layout, WellRole.RESP_UNSTIM, one, lambda c: c.responder_code == one.responder_code
        ),
        blank=_addresses(layout.with_role(WellRole.BLANK)),
    )


def _dose(layout: PlateLayout, members: list[WellContent], msc_per_responder: float) -> DoseGroup:
    one = members[0]

    def is_same_msc(content: WellContent) -> bool:
        return (content.batch_code, content.priming) == (one.batch_code, one.priming)

    def is_unstimulated_twin(content: WellContent) -> bool:
        return (
            is_same_msc(content)
            and content.responder_code == one.responder_code
            and content.dose is not None
            and content.dose.msc_per_responder == msc_per_responder
        )

    def is_msc_twin(content: WellContent) -> bool:
        if content.dose is None:
            same_cells = content.msc_cells_per_well == one.msc_cells_per_well
            return is_same_msc(content) and same_cells and content.msc_cells_per_well is not None
        return is_same_msc(content) and content.dose.msc_per_responder == msc_per_responder

    return DoseGroup(
        msc_per_responder=msc_per_responder,
        is_probably_reversed=one.dose is not None and one.dose.is_probably_reversed,
        coculture=_addresses(members),
        coculture_unstimulated=_like(layout, WellRole.COCULT_UNSTIM, one, is_unstimulated_twin),
        msc_alone=_like(layout, WellRole.MSC_ALONE, one, is_msc_twin),
    )


def _like(
    layout: PlateLayout,
    role: WellRole,
    one: WellContent,
    is_twin: Callable[[WellContent], bool],
) -> Wells:
    """Return the matching wells with the same treatment, else the untreated ones."""
    twins = [content for content in layout.with_role(role) if is_twin(content)]
    treated = [content for content in twins if content.treatment == one.treatment]
    return _addresses(treated or [content for content in twins if not content.treatment])


def _addresses(contents: Iterable[WellContent]) -> Wells:
    return tuple(sorted(content.well for content in contents))
