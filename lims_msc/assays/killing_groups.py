"""Which wells of a killing assay belong to one population of effectors, and its controls.

A population is NK cells of one responder × stimulus × treatment that were, or were not, with MSC of
one batch × priming × dose.  Its wells with targets stand at one or more E:T ratios.  Targets alone
and lysed targets are those with the treatment of the population, else untreated ones.  Effectors
alone are those of the same population, else of the same effectors without MSC; where their signal
grows with their number they must have the same E:T ratio.  No numbers are in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lims_msc.assays.assay_values import key_in_words, key_of
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import ValueKey

ROLES_USED = (
    WellRole.E_T,
    WellRole.TGT_SPONT,
    WellRole.TGT_MAX,
    WellRole.EFF_SPONT,
    WellRole.VOL_CORR,
    WellRole.BLANK,
    WellRole.MSC_ALONE,
)
Wells = tuple[WellAddress, ...]
_SAME = 0.01


@dataclass(frozen=True, slots=True)
class KillingPoint:
    """The wells of a population at one E:T ratio, and its effectors alone."""

    key: ValueKey
    test: Wells
    effectors: Wells

    @property
    def effectors_per_target(self) -> float:
        """The E:T ratio."""
        return self.key.effectors_per_target or 0.0

    def __str__(self) -> str:
        return key_in_words(self.key)


@dataclass(frozen=True, slots=True)
class Population:
    """Effectors with the wells that they need; E:T ratios rise.  ``key`` has no E:T ratio.

    ``targets_per_well`` is ``None`` where the wells do not say how many effectors they hold, or do
    not agree.
    """

    key: ValueKey
    points: tuple[KillingPoint, ...]
    spontaneous: Wells
    maximum: Wells
    volume: Wells
    medium: Wells
    msc_alone: Wells
    targets_per_well: float | None

    @property
    def has_msc(self) -> bool:
        """Whether the effectors were with MSC."""
        return bool(self.key.batch_code or self.key.msc_per_responder)

    def at(self, effectors_per_target: float) -> KillingPoint:
        """Return the point at an E:T ratio that was tested."""
        return next(p for p in self.points if p.effectors_per_target == effectors_per_target)

    @property
    def effectors_key(self) -> tuple[str, str, str]:
        """Responder, stimulus and treatment: what effectors with and without MSC share."""
        return self.key.responder_code, self.key.stimulus, self.key.treatment

    def __str__(self) -> str:
        return key_in_words(self.key)


def group_populations(layout: PlateLayout, *, grows_with_effectors: bool) -> tuple[Population, ...]:
    """Return the populations of a plate: effectors without MSC first."""
    members: dict[tuple[object, ...], list[WellContent]] = {}
    for content in layout.with_role(WellRole.E_T):
        if content.effectors_per_target is not None:
            members.setdefault(_population(content), []).append(content)
    ordered = [members[key] for key in sorted(members, key=str)]
    ordered.sort(key=lambda contents: _has_msc(contents[0]))
    return tuple(
        _group(layout, contents, grows_with_effectors=grows_with_effectors) for contents in ordered
    )


def without_ratio(layout: PlateLayout) -> tuple[WellContent, ...]:
    """Return the wells with targets that name no E:T ratio."""
    return tuple(c for c in layout.with_role(WellRole.E_T) if c.effectors_per_target is None)


def _has_msc(content: WellContent) -> bool:
    return bool(content.batch_code or (content.dose is not None and content.dose.ratio))


def _population(content: WellContent) -> tuple[object, ...]:
    return (
        content.responder_code,
        content.stimulus,
        content.treatment,
        content.batch_code,
        content.priming,
        None if content.dose is None else content.dose.ratio,
    )


def _group(
    layout: PlateLayout, members: Sequence[WellContent], *, grows_with_effectors: bool
) -> Population:
    one = members[0]
    by_ratio: dict[float, list[WellContent]] = {}
    for content in members:
        by_ratio.setdefault(content.effectors_per_target or 0.0, []).append(content)
    alone = _effectors_alone(layout, one)
    is_one_ratio = len({c.effectors_per_target for c in layout.with_role(WellRole.E_T)}) == 1
    points = tuple(
        KillingPoint(
            key=replace(key_of(one), effectors_per_target=ratio),
            test=_addresses(by_ratio[ratio]),
            effectors=_at_ratio(alone, ratio, strict=grows_with_effectors and not is_one_ratio),
        )
        for ratio in sorted(by_ratio)
    )
    return Population(
        key=replace(key_of(one), effectors_per_target=None),
        points=points,
        spontaneous=_treated(layout, WellRole.TGT_SPONT, one.treatment),
        maximum=_treated(layout, WellRole.TGT_MAX, one.treatment),
        volume=_addresses(layout.with_role(WellRole.VOL_CORR)),
        medium=_addresses(layout.with_role(WellRole.BLANK)),
        msc_alone=_msc_alone(layout, one),
        targets_per_well=_targets(members),
    )


def _effectors_alone(layout: PlateLayout, one: WellContent) -> list[WellContent]:
    same = [
        content
        for content in layout.with_role(WellRole.EFF_SPONT)
        if (content.responder_code, content.stimulus, content.treatment)
        == (one.responder_code, one.stimulus, one.treatment)
    ]
    own = [content for content in same if _population(content) == _population(one)]
    return own or [content for content in same if not _has_msc(content)]


def _at_ratio(alone: Sequence[WellContent], ratio: float, *, strict: bool) -> Wells:
    exact = [content for content in alone if content.effectors_per_target == ratio]
    if exact or strict:
        return _addresses(exact)
    return _addresses(content for content in alone if content.effectors_per_target is None)


def _treated(layout: PlateLayout, role: WellRole, treatment: str) -> Wells:
    wells = layout.with_role(role)
    treated = [content for content in wells if content.treatment == treatment]
    return _addresses(treated or [content for content in wells if not content.treatment])


def _msc_alone(layout: PlateLayout, one: WellContent) -> Wells:
    if not one.batch_code:
        return ()

    def is_same(content: WellContent) -> bool:
        if (content.batch_code, content.priming) != (one.batch_code, one.priming):
            return False
        if content.dose is not None and one.dose is not None:
            return content.dose.ratio == one.dose.ratio
        cells = content.msc_cells_per_well, one.msc_cells_per_well
        return cells[0] is not None and cells[0] == cells[1]

    return _addresses(filter(is_same, layout.with_role(WellRole.MSC_ALONE)))


def _targets(members: Iterable[WellContent]) -> float | None:
    """Return the targets per well: effectors per well divided by the E:T ratio."""
    found = [
        (content.responder_cells_per_well or 0) / (content.effectors_per_target or 1.0)
        for content in members
    ]
    if min(found) <= 0 or max(found) / min(found) > 1 + _SAME:
        return None
    return sum(found) / len(found)


def _addresses(contents: Iterable[WellContent]) -> Wells:
    return tuple(sorted(content.well for content in contents))
