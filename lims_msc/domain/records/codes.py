"""Opaque codes: what a new code may look like, what Excel makes of it, codes that look alike.

Codes that are registered already are not looked at again when something refers to them.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MOST_CHARACTERS = 39

_ALLOWED = re.compile(r"[A-Za-z0-9._+-]", re.ASCII)
_HINT = (
    "Use the letters A to Z, digits, dot, dash, plus and underscore, first a letter or digit; "
    f"at most {MOST_CHARACTERS} characters, no spaces."
)
_REWRITE = "Put letters in front, as in 'D-{}', and format the column as text."

_MONTH_NAMES = {
    "January": "jan january januar jänner",  # codespell:ignore januar
    "February": "feb february februar",  # codespell:ignore februar
    "March": "mar march mrz märz mär maerz",
    "April": "apr april",
    "May": "may mai",
    "June": "jun june juni",  # codespell:ignore juni
    "July": "jul july juli",  # codespell:ignore juli
    "August": "aug august",
    "September": "sep sept september",
    "October": "oct okt october oktober",  # codespell:ignore oktober
    "November": "nov november",
    "December": "dec dez december dezember",  # codespell:ignore dezember
}
_MONTHS = {word: month for month, words in _MONTH_NAMES.items() for word in words.split()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_GAP = r"[-./, _]*"
_WITH_MONTH = re.compile(
    rf"(?P<before>[0-9]{{0,4}}){_GAP}(?P<month>{_MONTH}){_GAP}(?P<after>[0-9]{{0,4}})"
    rf"(?:{_GAP}(?P<last>[0-9]{{1,4}}))?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(\d{1,4})[-./](\d{1,4})(?:[-./](\d{1,4}))?[.]?", re.ASCII)
_DECIMAL = re.compile(r"\d+[.,]\d*|[.,]\d+", re.ASCII)
_EXPONENT = re.compile(r"\d+(?:[.,]\d*)?e[+-]?\d+", re.IGNORECASE | re.ASCII)
_TIME = re.compile(r"\d{1,4}:\d{1,2}(?::\d{1,2})?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_TRUTHS = frozenset({"true", "false", "wahr", "falsch"})
_MISSING = frozenset({"na", "n/a", "#n/a", "nan", "null", "none"})

# Letters of other alphabets and dashes that look like those of codes, and what they look like.
_LOOKS_LIKE = {
    **dict(zip("АВЕЅІЈКМНОРСТУХЗаеѕіјорсухԁԛԝ", "ABESIJKMHOPCTYX3aesijopcyxdqw", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι", "ABEZHIKMNOPTYXovi", strict=True)),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("․。．", "."),
}
_ALPHABETS = ("CYRILLIC", "GREEK", "LATIN", "HEBREW", "ARABIC", "ARMENIAN", "CJK")

_LONG_RUN = re.compile(r"\d{8,}", re.ASCII)
_FULL_DATE = re.compile(
    r"(?<!\d)(?:(\d{4})[-._](\d{1,2})[-._](\d{1,2})|(\d{1,2})[-._](\d{1,2})[-._](\d{4}))(?!\d)",
    re.ASCII,
)
_INITIALS_AND_DATE = re.compile(
    r"(?<![A-Za-z])[A-Za-z]{2}[-._]?(\d{2})(\d{2})(\d{2})(?!\d)", re.ASCII
)
_OPAQUE = "Use a code that says nothing about the person; keep the link to the person elsewhere."

_FOLDED = str.maketrans({"O": "0", "o": "0", "I": "1", "i": "1"})


def code_problem(code: str) -> tuple[str, str] | None:
    """Return what is wrong with a new code and what to do, or ``None``."""
    if not code:
        return "The code is empty.", _HINT
    if (made := _what_excel_makes(code)) is not None:
        return f"'{_shown(code)}' is not safe as a code: {made}.", _REWRITE.format(_core_of(code))
    strange = [mark for mark in dict.fromkeys(code) if _ALLOWED.fullmatch(mark) is None]
    if strange:
        names = "; ".join(_name_of(mark) for mark in strange)
        return f"'{_shown(code)}' is not a code: {names}.", _HINT
    if not code[0].isalnum():
        return f"'{code}' is not a code: it begins with '{code[0]}'.", _HINT
    if len(code) > MOST_CHARACTERS:
        return f"'{code}' is not a code: it has {len(code)} characters.", _HINT
    return None


def identity_warning(code: str) -> tuple[str, str] | None:
    """Return what in a code looks like a birth date or a hospital number, or ``None``."""
    if (found := _FULL_DATE.search(code)) and _is_day(*(int(part) for part in _ordered(found))):
        return f"'{found[0]}' in the code '{code}' looks like a date, as of birth.", _OPAQUE
    if run := _LONG_RUN.search(code):
        text = run[0]
        is_date = len(text) == 8 and (
            _is_day(int(text[:4]), int(text[4:6]), int(text[6:]))
            or _is_day(int(text[4:]), int(text[2:4]), int(text[:2]))
        )
        what = "a date, as of birth" if is_date else "a hospital number"
        return f"'{text}' in the code '{code}' looks like {what}.", _OPAQUE
    if found := _INITIALS_AND_DATE.search(code):
        first, month, last = (int(part) for part in found.groups())
        if _is_day(2000, month, first) or _is_day(2000, month, last):
            message = f"'{found[0]}' in the code '{code}' looks like initials and a birth date."
            return message, _OPAQUE
    return None


def look_alike_keys(code: str) -> frozenset[str]:
    """Return how a code may be read; codes with a reading in common are taken for one another.

    Such codes differ only in case, ``O``/``0`` or ``I``/``l``/``1``.  A small ``l`` is read both as
    the letter and as the digit, while a capital ``L`` does not look like ``1``.
    """
    folded = code.translate(_FOLDED)
    return frozenset((folded.casefold(), folded.replace("l", "1").casefold()))


def _what_excel_makes(code: str) -> str | None:
    """Return what becomes of a code that is typed into a cell, in words, or ``None``."""
    if code[0] in "=@+-":
        return f"Excel takes what begins with '{code[0]}' for a formula"
    if code.lower() in _TRUTHS:
        return "Excel makes a truth value of it"
    if code.lower() in _MISSING:
        return "programs for statistics take it for a missing value"
    if _TIME.fullmatch(code):
        return "Excel makes a time of day of it"
    made = _number_made(code) or _date_made(code)
    return f"Excel makes {made}" if made else None


def _number_made(code: str) -> str | None:
    if _EXPONENT.fullmatch(code):
        number, power = re.split("e", code, flags=re.IGNORECASE)
        return f"the number {number}×10^{int(power)} of it"
    if _DIGITS.fullmatch(code) is None:
        return None
    if code[0] == "0" and len(code) > 1:
        return f"the number {int(code)} of it, without the zeros in front"
    if len(code) > 15:
        return "a number of it and keeps 15 of its digits"
    return "a number of it, which is easily taken for a count"


def _date_made(code: str) -> str | None:
    """Return the date that Excel in English or German makes of a code, or a decimal number."""
    if found := _WITH_MONTH.fullmatch(code):
        numbers = [int(text) for text in found.group("before", "after", "last") if text]
        if 1 <= len(numbers) <= 2 and all(map(_may_be_year, numbers)):
            month = _MONTHS[found["month"].lower()]
            if 1 <= numbers[0] <= 31:
                return f"a date of it, such as {numbers[0]} {month}"
            return f"a date of it, such as {month} of the year {numbers[0]:02d}"
    if found := _NUMBERS.fullmatch(code):
        numbers = [int(text) for text in found.groups() if text]
        if any(1 <= n <= 12 for n in numbers) and all(map(_may_be_year, numbers)):
            return "a date of it"
    return "a number of it" if _DECIMAL.fullmatch(code) else None


def _may_be_year(number: int) -> bool:
    """Whether a number may be a year of two or four digits; days and months are among them."""
    return number <= 99 or 1900 <= number <= 9999


def _core_of(code: str) -> str:
    """Return what may stay of a code behind letters put in front."""
    return "".join(filter(_ALLOWED.fullmatch, code)).lstrip("+-._") or "1"


def _shown(code: str) -> str:
    """Return the code with everything invisible written out."""
    return "".join(
        mark if mark.isprintable() or mark == " " else f"\\u{ord(mark):04x}" for mark in code
    )


def _name_of(mark: str) -> str:
    """Return what a character is, in words, and what it looks like."""
    point = f"U+{ord(mark):04X}"
    name = unicodedata.name(mark, "")
    if not name:
        plain = {"\t": "a tab", "\n": "a line break", "\r": "a line break"}
        return f"it has {plain.get(mark, 'a control character')} ({point})"
    if not mark.isprintable() or mark.isspace():
        return "it has a space" if mark == " " else f"it has a {name.lower()} ({point})"
    words = " ".join(
        word.capitalize() if word in _ALPHABETS else word.lower() for word in name.split()
    )
    # The letter itself is what a reader compares, so it stays a capital.
    before, letter, last = words.rpartition("letter ")
    words = f"{before}{letter}{last.upper() if len(last) == 1 else last}"
    twin = _LOOKS_LIKE.get(mark)
    return f"'{mark}' is the {words} ({point})" + (f", not '{twin}'" if twin else "")


def _ordered(found: re.Match[str]) -> tuple[str, str, str]:
    """Return year, month and day of a full date, whichever of them came first."""
    year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
    return year, month, day


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1880 <= year <= 2100
