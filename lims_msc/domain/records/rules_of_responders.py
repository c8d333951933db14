"""Rules over the fields of responders."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.findings import Level
from lims_msc.domain.records.fields import Problem, Values, number_in, text_in
from lims_msc.domain.records.vocabularies import vocabulary_of

# Cellosaurus, the register of cell lines.
_CELL_LINE = "CVCL_"


def is_cell_line(cell_type: str) -> bool:
    """Return whether cells are those of a line, and come from no donor of the laboratory."""
    term = vocabulary_of("cell").by_key.get(cell_type)
    return term is not None and _CELL_LINE in term.identifier


def check_responder(values: Values) -> Iterable[Problem]:
    """Say what contradicts one person, a pool of several, or a cell line."""
    cells, size = text_in(values, "cell_type"), number_in(values, "pool_size")
    if is_cell_line(cells):
        yield from _cell_line_problems(values, cells, size)
    elif size is not None and size > 1:
        for name, what in (("donor_code", "donor"), ("collection_code", "collection")):
            if code := text_in(values, name):
                yield Problem(
                    name,
                    f"A pool of {size:g} persons has no single {what} '{code}'.",
                    f"Leave the {what} empty; known persons are members of the pool.",
                )
    purity = number_in(values, "purity_percent")
    if purity is not None and 0 < purity <= 1:
        yield Problem(
            "purity_percent",
            f"A purity of '{purity:g}' % is hardly meant.",
            f"Write {100 * purity:g} if it is a fraction of 1.",
            Level.WARNING,
        )


def _cell_line_problems(values: Values, cells: str, size: float | None) -> Iterable[Problem]:
    for name, what in (("donor_code", "donor"), ("collection_code", "collection")):
        if code := text_in(values, name):
            message = f"'{cells}' is a cell line and has no {what} '{code}'."
            yield Problem(name, message, f"Leave the {what} empty.")
    if size is not None and size > 1:
        message = f"'{cells}' is a cell line and no pool of {size:g} persons."
        yield Problem("pool_size", message, "Leave it empty.")
