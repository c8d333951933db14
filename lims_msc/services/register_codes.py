"""Codes that look like one another: compared with all codes of a kind in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lims_msc.domain.records.codes import look_alike_keys
from lims_msc.domain.records.fields import Entry, Field, Problem, RecordKind
from lims_msc.services.record_tables import table_of

# Above this number it is faster to read all codes than to have the database compare them.
_MOST_IN_A_STATEMENT = 200


def look_alikes(
    session: Session, kind: RecordKind, codes: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield each of these codes with each registered one that it looks like."""
    table: Any = table_of(kind)
    column = table.code
    chosen = select(column)
    if len(codes) <= _MOST_IN_A_STATEMENT:
        keys = {key for code in codes for key in look_alike_keys(code)}
        chosen = chosen.where(or_(*(way.in_(keys) for way in _readings(column))))
    known: dict[str, list[str]] = defaultdict(list)
    for registered in session.scalars(chosen.order_by(column)):
        for key in sorted(look_alike_keys(registered)):
            known[key].append(registered)
    for code in codes:
        others = dict.fromkeys(
            other for key in sorted(look_alike_keys(code)) for other in known[key]
        )
        yield from ((code, other) for other in others if other != code)


def look_alike_problems(
    session: Session, kind: RecordKind, field: Field, entries: Sequence[Entry]
) -> Iterator[tuple[Entry, Problem]]:
    """Yield which new codes look like a registered one, or like one that is entered with them."""
    codes = [str(entry.values.get(field.name) or "") for entry in entries]
    known = dict(look_alikes(session, kind, codes))
    entered: dict[str, tuple[str, Entry]] = {}
    for code, entry in zip(codes, entries, strict=True):
        other, place = known.get(code, ""), "registered already"
        earlier = [entered.setdefault(key, (code, entry)) for key in sorted(look_alike_keys(code))]
        twins = [(first_code, first) for first_code, first in earlier if first_code != code]
        if not other and twins:
            other, first = twins[0]
            cell = first.places.get(field.name)
            place = f"entered in cell {cell.cell}" if cell else "entered too"
        if other:
            yield entry, look_alike_problem(kind, field.name, code, f"'{other}', which is {place}")


def look_alike_problem(kind: RecordKind, field_name: str, code: str, other: str) -> Problem:
    """Return the problem of a code that is taken for another one."""
    return Problem(
        field_name,
        f"'{code}' is easily taken for {other}.",
        f"Write that code if it is the same {kind.noun}; otherwise choose one that"
        " differs in more than O and 0, I, l and 1, or capitals.",
    )


def _readings(column: Any) -> tuple[Any, Any]:
    """Return a column of codes as :func:`look_alike_keys` reads them; codes are plain letters."""
    return _folded(column), _folded(func.replace(column, "l", "1"))


def _folded(column: Any) -> Any:
    folded = func.lower(column)
    for letter, digit in (("o", "0"), ("i", "1")):
        folded = func.replace(folded, letter, digit)
    return folded
