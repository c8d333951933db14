"""Vials in the freezer: their states, their places, and what a thaw gave.

Which vial is taken, and by whom, is decided in ``services/stock.py``; here is no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.grouped_numbers import grouped_text
from lims_msc.domain.value_wording import number_text
from lims_msc.errors import IllegalTransition, InputError

KEEPERS = (Role.TECHNICIAN, Role.REVIEWER)
"""Who may take vials, and put them back."""


class VialState(StrEnum):
    """What became of a vial."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    USED = "used"
    DESTROYED = "destroyed"

    @property
    def is_there(self) -> bool:
        """Whether the vial still stands at its place."""
        return self in {VialState.AVAILABLE, VialState.RESERVED}


class StockAction(StrEnum):
    """What a person can do with a vial."""

    RESERVE = "reserve"
    RELEASE = "release"
    USE = "use"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: the action, where it starts and ends, and the words that it needs.

    ``asks`` is the label of the field in which a person says it; ``words`` is what is missing.
    """

    action: StockAction
    from_states: frozenset[VialState]
    to_state: VialState
    past: str
    asks: str
    words: str = ""


RULES: tuple[Rule, ...] = (
    Rule(
        StockAction.RESERVE,
        frozenset({VialState.AVAILABLE}),
        VialState.RESERVED,
        "reserved",
        "For whom or what",
        "for whom or what it is",
    ),
    Rule(
        StockAction.USE,
        frozenset({VialState.AVAILABLE, VialState.RESERVED}),
        VialState.USED,
        "used",
        "What for",
        "what it is used for",
    ),
    Rule(
        StockAction.RELEASE,
        frozenset({VialState.RESERVED}),
        VialState.AVAILABLE,
        "released",
        "Why (if you want)",
    ),
    Rule(
        StockAction.DESTROY,
        frozenset({VialState.AVAILABLE, VialState.RESERVED}),
        VialState.DESTROYED,
        "destroyed",
        "Why",
        "why",
    ),
)


def rule_for(action: StockAction) -> Rule:
    """Return the row of the table for an action."""
    return next(rule for rule in RULES if rule.action is action)


def rule_to(state: VialState) -> Rule:
    """Return the row of the table that ends in a state."""
    return next(rule for rule in RULES if rule.to_state is state)


def allowed_actions(state: VialState) -> tuple[StockAction, ...]:
    """Return what can be done with a vial in this state."""
    return tuple(rule.action for rule in RULES if state in rule.from_states)


def check(
    action: StockAction,
    state: VialState,
    actor: Actor,
    *,
    vial_code: str,
    reason: str,
    since: str = "",
) -> VialState:
    """Return the state after the action, or refuse it.

    :param since: who brought the vial into its state and when, in words, if that is known.
    :raises NotAllowed: if the actor lacks the role.
    :raises IllegalTransition: if the action is not possible in this state; says what is.
    :raises InputError: if the purpose or the reason is missing that the action needs.
    """
    rule = rule_for(action)
    actor.require(*KEEPERS, action=f"{action} a vial")
    if state not in rule.from_states:
        now = ", ".join(allowed_actions(state)) or "nothing"
        was = f"is {state}" if not since else f"was {rule_to(state).past} {since}"
        raise IllegalTransition(
            f"The vial '{vial_code}' {was} and cannot be {rule.past}.",
            hint=f"Nothing was changed. Possible now: {now}.",
        )
    if rule.words and not reason.strip():
        raise InputError(
            f"To {action} the vial '{vial_code}', say {rule.words}.",
            hint="Nothing was changed. A few words are enough, such as a plate or study code.",
        )
    return rule.to_state


@dataclass(frozen=True, slots=True)
class Stock:
    """How many vials there are in each state; counted, never kept, so that none is below zero."""

    available: int = 0
    reserved: int = 0
    used: int = 0
    destroyed: int = 0

    @property
    def total(self) -> int:
        """All vials that there ever were."""
        return self.available + self.reserved + self.used + self.destroyed

    @property
    def text(self) -> str:
        """The counts in words, such as ``3 available, 1 reserved, 2 used``."""
        counts = {state: int(getattr(self, state.value)) for state in VialState}
        named = [f"{n} {state}" for state, n in counts.items() if n or state == "available"]
        return ", ".join(named) if self.total else "no vials"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Viable cells recovered per viable cell frozen, in percent, or the reason why there is none.

    ``warning`` is a doubt about the number; the number itself is never clipped.
    """

    percent: float | None
    reason: str = ""
    warning: str = ""

    @property
    def text(self) -> str:
        """The number with its unit, or why there is none."""
        return self.reason if self.percent is None else f"{self.percent:.1f} %"


def recovery(viable_recovered: float | None, viable_frozen: float | None) -> Recovery:
    """Return the recovery of a thaw: viable cells recovered ÷ viable cells frozen × 100.

    Both are cells of one vial.
    """
    if viable_frozen is None:
        return Recovery(None, "no recovery: the viable cells per vial were not recorded")
    if viable_recovered is None:
        return Recovery(None, "no recovery: the viable cells recovered were not recorded")
    if viable_frozen <= 0:
        return Recovery(None, f"no recovery: '{viable_frozen:g}' viable cells were frozen")
    percent = viable_recovered / viable_frozen * 100
    if percent <= 100:
        return Recovery(percent)
    doubt = (
        f"{percent:.1f} % is more than was frozen: {grouped_text(viable_recovered)} of"
        f" {grouped_text(viable_frozen)} viable cells. Check both counts and their dilution."
    )
    return Recovery(percent, warning=doubt)


def viability_text(percent: float | None, method: str) -> str:
    """Return a viability with its method, never one without the other."""
    if percent is None:
        return "not recorded"
    by = f"by {method}" if method else "(method not recorded)"
    return f"{number_text(percent)} % {by}"


def methods_note(methods: Iterable[str]) -> str:
    """Return why these viabilities must not be compared, or ``""`` where one method gave all."""
    named = sorted({method for method in methods if method})
    if len(named) > 1:
        words = f"{', '.join(named[:-1])} and {named[-1]}"
        return f"Viabilities by {words} are not interchangeable: do not compare them."
    if named and not all(methods):
        return (
            f"Some viabilities are by {named[0]}, of others the method is not recorded:"
            " do not compare them."
        )
    return ""


def rescue_text(hours: float | None) -> str:
    """Return how long cells were in culture between thaw and use."""
    if hours is None:
        return "not recorded"
    return "0 h, straight from the thaw" if hours == 0 else f"{number_text(hours)} h"


_SLOT = re.compile(r"([A-Z])0*([1-9][0-9]?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class BoxSize:
    """Rows, named by letters, and columns, named by numbers, of a freezer box."""

    rows: int
    columns: int

    @property
    def name(self) -> str:
        """The size as people say it: ``9 × 9``."""
        return f"{self.rows} × {self.columns}"

    @property
    def key(self) -> str:
        """The size in a form: ``9x9``."""
        return f"{self.rows}x{self.columns}"

    @property
    def letters(self) -> Sequence[str]:
        """The names of the rows."""
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: self.rows]

    @property
    def slots(self) -> tuple[str, ...]:
        """All slots, row by row from A1."""
        return tuple(f"{row}{n}" for row in self.letters for n in range(1, self.columns + 1))


BOX_SIZES = (BoxSize(9, 9), BoxSize(10, 10), BoxSize(5, 5), BoxSize(8, 12))


def box_size(key: str) -> BoxSize:
    """Return the size of that key, ``9x9``.

    :raises InputError: if there is none.
    """
    for size in BOX_SIZES:
        if size.key == key:
            return size
    names = ", ".join(size.key for size in BOX_SIZES)
    raise InputError(f"'{key}' is no size of a box.", hint=f"One of {names}.")


def one_slot(text: str) -> str:
    """Return a slot in one spelling: ``a01`` is ``A1``; anything else stays as it is written."""
    found = _SLOT.fullmatch(text.strip().upper())
    return f"{found[1]}{found[2]}" if found else text.strip()


def following_slots(first: str, count: int, size: BoxSize) -> tuple[str, ...]:
    """Return ``count`` slots from ``first`` on, row by row.

    :raises InputError: if the box has no such slot, or ends before the last vial.
    """
    start = one_slot(first)
    if start not in size.slots:
        raise InputError(
            f"A box of {size.name} has no slot '{first}'.",
            hint=f"Its slots are {size.slots[0]} to {size.slots[-1]}.",
        )
    rest = size.slots[size.slots.index(start) :]
    if count > len(rest):
        raise InputError(
            f"{count} vials do not fit into a box of {size.name} from slot '{start}' on.",
            hint=f"There are {len(rest)} slots from there to {size.slots[-1]}.",
        )
    return rest[:count]
