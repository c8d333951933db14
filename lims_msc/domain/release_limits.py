"""How a result stands to a limit: bounds, units that do not convert, and conditions of a test."""

from __future__ import annotations

import re
from enum import StrEnum
from fractions import Fraction

from lims_msc.domain.value_wording import number_text

_NAMES = r"(?P<first>[a-z][\w+-]*)\s*:\s*(?P<second>[a-z][\w+-]*)"
_NUMBERS = r"(?P<of_first>\d+(?:[.,]\d+)?)\s*:\s*(?P<of_second>\d+(?:[.,]\d+)?)"
_RATIOS = tuple(re.compile(text) for text in (f"{_NAMES} {_NUMBERS}", f"{_NUMBERS} {_NAMES}"))
_ENDOTOXIN = "endotoxin"
# One endotoxin unit of the FDA is one international unit of the WHO standard (Ph. Eur. 2.6.14).
_SAME_FOR_ENDOTOXIN = {"iu": "eu", "i.u.": "eu", "e.u.": "eu"}


class Standing(StrEnum):
    """How a result stands to a limit."""

    MEETS = "meets"
    MISSES = "misses"
    UNKNOWN = "unknown"
    """The result is a bound, and the value may lie on either side of the limit."""


def standing(qualifier: str, result: float, operator: str, limit: float) -> Standing:
    """Return how ``qualifier result`` stands to ``operator limit``.

    A result such as ``< 0.5`` is every value below 0.5: it meets a limit that all of them meet,
    misses one that none of them meets, and is unknown otherwise.

    :raises KeyError: if the operator or qualifier is none.
    """
    if qualifier == "=":
        return Standing.MEETS if _COMPARE[operator](result, limit) else Standing.MISSES
    if operator == "=":
        holds = _COMPARE[qualifier](limit, result)
        return Standing.UNKNOWN if holds else Standing.MISSES
    if qualifier[0] == operator[0]:
        # A closed set of results has its end in it, so a strict limit there is not met by all.
        is_met = _COMPARE[operator](result, limit) or (result == limit and len(qualifier) == 1)
        return Standing.MEETS if is_met else Standing.UNKNOWN
    lies_beyond = _COMPARE[qualifier[0]](result, limit)
    touches = result == limit and not (len(qualifier) == 2 and len(operator) == 2)
    return Standing.MISSES if lies_beyond or touches else Standing.UNKNOWN


_COMPARE = {
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    "=": lambda value, limit: value == limit,
}


def exact_text(number: float) -> str:
    """Return a number with all its digits: rounded, 94.999999 would be said to miss 95 with 95."""
    words = number_text(number)
    is_exact = float(words.replace("\N{MINUS SIGN}", "-")) == number
    return words if is_exact else repr(number).replace("-", "\N{MINUS SIGN}")


def unit_problem(test_name: str, asked: str, given: str) -> tuple[str, str]:
    """Return why two units cannot be compared, or ``""``; and a remark where two names are one."""
    one, other = _unit(test_name, asked), _unit(test_name, given)
    if one == other:
        is_renamed = _unit("", asked) != _unit("", given)
        return "", " 1 IU of endotoxin is 1 EU." if is_renamed else ""
    if not given:
        return f"it has no unit, and the limit is in {asked}", ""
    if not asked:
        return f"it is in {given}, and the limit has no unit", ""
    return f"{given} and {asked} cannot be compared", ""


def is_other_quantity(asked: str, given: str) -> bool:
    """Whether two units are per different things, as EU/mL and EU/kg: two tests, not one."""
    one, other = (_unit("", unit).partition("/")[2] for unit in (asked, given))
    return bool(one and other and one != other)


def condition_problem(asked: str, given: str) -> str:
    """Return why a test was not done as the rule asks, or ``""``.

    ``PBMC:MSC 10:1``, ``10:1 (PBMC:MSC)`` and ``MSC:PBMC 1:10`` are the same; a bare ``10:1`` does
    not say its order.
    """
    if not asked or _condition(asked) == _condition(given):
        return ""
    if not given:
        return f"it does not say that it was tested at {asked}"
    return f"it was tested at '{given}', not at {asked}"


def _condition(text: str) -> tuple[str, ...]:
    plain = " ".join(re.sub("[()=]", " ", text.casefold()).split())
    found = next((m for ratio in _RATIOS if (m := ratio.fullmatch(plain))), None)
    if found is None:
        return (plain,)
    parts = {
        found[name]: Fraction(found[f"of_{name}"].replace(",", ".")) for name in ("first", "second")
    }
    # The same cells twice, or a part of none, is no ratio that could stand in another order.
    if len(parts) < 2 or not all(parts.values()):
        return (plain,)
    (one, of_one), (other, of_other) = sorted(parts.items())
    return one, other, str(of_one / of_other)


def _unit(test_name: str, unit: str) -> str:
    plain = "".join(unit.casefold().split()).replace("percent", "%")
    plain = plain.replace("µ", "u").replace("μ", "u")
    if test_name.casefold() == _ENDOTOXIN:
        head, slash, rest = plain.partition("/")
        return _SAME_FOR_ENDOTOXIN.get(head, head) + slash + rest
    return plain
