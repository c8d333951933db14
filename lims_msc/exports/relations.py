"""The relation of MSC and responders in tables and in the methods text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from lims_msc.domain.exporting import PublicationBundle
from lims_msc.domain.relations import RelationKind
from lims_msc.exports.columns import Column
from lims_msc.exports.markdown import plain
from lims_msc.exports.rows import StudyRow

_Row = TypeVar("_Row", bound=StudyRow)
_MEANING = (
    "how MSC and responders are related by genotype, computed from persons, dates and transplants; "
    "'same person, chimeric' is not autologous: after an allogeneic HSCT the blood has the "
    "genotype of the giver and the MSC do not; empty without MSC or without responders"
)
_NAMED = (RelationKind.CHIMERIC, RelationKind.GRAFT_MATCHED, RelationKind.UNDECIDED)


def relation_column(codes_of: Callable[[_Row], tuple[str, str] | None]) -> Column[_Row]:
    """Return the column of the relation; ``codes_of`` gives the codes of batch and responder."""

    def cell(row: _Row) -> str | None:
        codes = codes_of(row)
        found = row.bundle.relations.get(codes) if codes else None
        return found.text if found else None

    return Column("msc_responder_relation", _MEANING, cell)


def relation_paragraph(bundle: PublicationBundle) -> str:
    """Return how many pairs of batch and responder are related how, the chimeric ones by name."""
    if not bundle.relations:
        return ""
    kinds = Counter(found.kind for found in bundle.relations.values())
    counts = ", ".join(f"{kinds[kind]} {kind.value}" for kind in RelationKind if kinds[kind])
    total = len(bundle.relations)
    pairs = "pair of batch and responder" if total == 1 else "pairs of batch and responder"
    named = "".join(_named(bundle, kind) for kind in _NAMED)
    return (
        f"Relation of MSC and responders by genotype, of {total} {pairs}: {plain(counts)}{named}. "
        "Cells of one person are called autologous only where no allogeneic transplant of blood "
        "stem cells came before the collection of the blood."
    )


def _named(bundle: PublicationBundle, kind: RelationKind) -> str:
    pairs = [
        f"{plain(batch)} with {plain(responder)}"
        for (batch, responder), found in sorted(bundle.relations.items(), key=lambda item: item[0])
        if found.kind is kind
    ]
    return f"; {plain(kind.value)}: {', '.join(pairs)}" if pairs else ""
