"""Which wells with and without MSC are of the same responder, and belong to one comparison.

A comparison is one batch × priming × stimulus × treatment × dose; its pairs are the responders.
The well without MSC is of the same responder, stimulus and treatment.  Co-culture without a dose
but with a treatment is medium that MSC have conditioned: its treatment is the effect itself, so
where no control has the same treatment, untreated ones are the pair.  No numbers are in here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lims_msc.assays.assay_values import key_in_words, key_of
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import ValueKey

WITHOUT: dict[WellRole, WellRole] = {
    WellRole.COCULT: WellRole.RESP_STIM,
    WellRole.REF_MSC: WellRole.RESP_STIM,
    WellRole.NEG_STROMA: WellRole.RESP_STIM,
    WellRole.COCULT_UNSTIM: WellRole.RESP_UNSTIM,
}
"""The role without MSC of each role with MSC."""

Wells = tuple[WellAddress, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """The wells of one responder with and without MSC; ``key`` is that of the wells with MSC."""

    key: ValueKey
    with_msc: Wells
    without_msc: Wells

    def __str__(self) -> str:
        return key_in_words(self.key)


@dataclass(frozen=True, slots=True)
class PairedGroup:
    """The pairs of one comparison, one for each responder; ``key`` names no responder."""

    key: ValueKey
    pairs: tuple[Pair, ...]
    is_conditioned_medium: bool

    def __str__(self) -> str:
        return key_in_words(self.key)


def group_pairs(layout: PlateLayout) -> tuple[PairedGroup, ...]:
    """Return the comparisons of a plate in a stable order."""
    members: dict[tuple[object, ...], list[WellContent]] = {}
    for content in layout.with_role(*WITHOUT):
        if content.dose is None and not content.treatment:
            continue
        members.setdefault(_comparison(content), []).append(content)
    return tuple(_group(layout, members[key]) for key in sorted(members, key=str))


def unpairable(layout: PlateLayout) -> tuple[WellContent, ...]:
    """Return the wells with MSC that name neither a dose nor a conditioned medium."""
    return tuple(c for c in layout.with_role(*WITHOUT) if c.dose is None and not c.treatment)


def _comparison(content: WellContent) -> tuple[object, ...]:
    return (
        list(WITHOUT).index(content.role),
        content.batch_code,
        content.priming,
        content.stimulus,
        content.treatment,
        -1.0 if content.dose is None else content.dose.msc_per_responder,
    )


def _group(layout: PlateLayout, members: list[WellContent]) -> PairedGroup:
    one = members[0]
    by_responder: dict[str, list[WellContent]] = {}
    for content in members:
        by_responder.setdefault(content.responder_code, []).append(content)
    pairs = tuple(_pair(layout, by_responder[code]) for code in sorted(by_responder))
    key = pairs[0].key
    without_responder = ValueKey(
        role=key.role,
        batch_code=key.batch_code,
        priming=key.priming,
        stimulus=key.stimulus,
        treatment=key.treatment,
        msc_per_responder=key.msc_per_responder,
    )
    return PairedGroup(without_responder, pairs, one.dose is None)


def _pair(layout: PlateLayout, members: list[WellContent]) -> Pair:
    one = members[0]
    controls = [
        content
        for content in layout.with_role(WITHOUT[one.role])
        if (content.responder_code, content.stimulus) == (one.responder_code, one.stimulus)
    ]
    same = [content for content in controls if content.treatment == one.treatment]
    if not same and one.dose is None:
        same = [content for content in controls if not content.treatment]
    return Pair(key_of(one), _addresses(members), _addresses(same))


def _addresses(contents: Iterable[WellContent]) -> Wells:
    return tuple(sorted(content.well for content in contents))
