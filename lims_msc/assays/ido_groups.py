"""Which samples of a kynurenine plate are of one culture condition, and which medium is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lims_msc.assays.assay_values import key_in_words
from lims_msc.assays.concentrations import Joined
from lims_msc.domain.layout import WellContent, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import ValueKey

_RESTING = frozenset({"", "resting", "none", "unprimed"})


@dataclass(frozen=True, slots=True)
class IdoCondition:
    """Replicate cultures of the same MSC, with the medium that is subtracted from them."""

    key: ValueKey
    content: WellContent
    cultures: tuple[Joined, ...]
    medium: tuple[Joined, ...]

    @property
    def is_primed(self) -> bool:
        """Whether the MSC were conditioned before or during the culture."""
        return self.key.priming.casefold() not in _RESTING

    @property
    def material(self) -> tuple[object, ...]:
        """What primed and resting MSC share: everything but the priming."""
        one = self.content
        ratio = None if one.dose is None else one.dose.ratio
        return (
            one.sample_of,
            one.batch_code,
            one.responder_code,
            one.stimulus,
            one.treatment,
            ratio,
        )

    @property
    def smallest_dilution(self) -> float | None:
        """The dilution at which least can be quantified; ``None`` where none is stated."""
        parts = [part.sample.content for one in self.cultures for part in one.parts]
        return min((c.dilution_factor for c in parts if c.dilution_factor), default=None)

    @property
    def wells(self) -> tuple[WellAddress, ...]:
        """The wells of the cultures and of their medium."""
        joined = (*self.cultures, *self.medium)
        return tuple(sorted(w for one in joined for part in one.parts for w in part.sample.wells))

    def __str__(self) -> str:
        return key_in_words(self.key)


def group_conditions(joined: Sequence[Joined]) -> tuple[IdoCondition, ...]:
    """Return the conditions with MSC in the order of their first samples."""
    medium = [one for one in joined if one.sample.content.sample_of is WellRole.BLANK]
    members: dict[tuple[object, ...], list[Joined]] = {}
    for one in joined:
        role = one.sample.content.sample_of
        if role is not None and role.has_msc:
            members.setdefault(one.sample.condition, []).append(one)
    return tuple(_condition(found, medium) for found in members.values())


def resting_twin(
    condition: IdoCondition, conditions: Sequence[IdoCondition]
) -> IdoCondition | None:
    """Return the resting MSC of the same batch, for MSC that were primed."""
    if not condition.is_primed:
        return None
    twins = [c for c in conditions if not c.is_primed and c.material == condition.material]
    cells = condition.content.msc_cells_per_well
    same = [twin for twin in twins if twin.content.msc_cells_per_well == cells]
    return next(iter([*same, *twins]), None)


def _condition(cultures: Sequence[Joined], medium: Sequence[Joined]) -> IdoCondition:
    content = cultures[0].sample.content
    treated = [one for one in medium if one.sample.content.treatment == content.treatment]
    chosen = treated or [one for one in medium if not one.sample.content.treatment]
    key = cultures[0].sample.key
    if len(cultures) > 1:
        # The code is that of one culture; a condition with several has none.
        key = replace(key, sample_code="")
    return IdoCondition(key, content, tuple(cultures), tuple(chosen))
