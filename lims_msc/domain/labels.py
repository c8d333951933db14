"""Labels of vials: their sizes, and what a scanner makes of them.

How a label is drawn is in ``services/labels.py`` and the style sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from lims_msc.errors import InputError

# The parts of our addresses that a code follows.
_BEFORE_A_CODE = frozenset({"vials", "batches", "responders"})
# A scanner types as a keyboard does.  One set to the American layout at a computer set to the
# German one types other characters with the same keys: the address then starts with httpsÖ--.
_GERMAN_STARTS = ("httpÖ--", "httpsÖ--", "httpö--", "httpsö--")
_GERMAN_KEYS = str.maketrans("ÖöÄä-ß?zyZY", ":;\"'/-_yzYZ")


@dataclass(frozen=True, slots=True)
class LabelSize:
    """One kind of label; sizes in millimetres are in the style sheet, under the same key."""

    key: str
    title: str
    per_page: int


LABEL_SIZES = (
    LabelSize("roll-33x13", "Cryo labels 33 × 13 mm, from a roll", 1),
    LabelSize("a4-24", "A4 sheet, 24 labels of 70 × 37 mm", 24),
    LabelSize("a4-65", "A4 sheet, 65 labels of 38.1 × 21.2 mm", 65),
)


def label_size(key: str) -> LabelSize:
    """Return the size of that key.

    :raises InputError: if there is none.
    """
    for size in LABEL_SIZES:
        if size.key == key:
            return size
    keys = ", ".join(size.key for size in LABEL_SIZES)
    raise InputError(f"'{key}' is no size of labels.", hint=f"One of {keys}.")


def code_of_scan(text: str) -> str:
    """Return the code in what a scanner typed: a code, or the whole address on a label.

    Anything else is returned as it is, without surrounding space.
    """
    typed = text.strip()
    if typed.startswith(_GERMAN_STARTS):
        typed = typed.translate(_GERMAN_KEYS)
    try:
        address = urlsplit(typed)
    except ValueError:  # such as a bracket that is not closed
        return typed
    if address.scheme.lower() not in {"http", "https"}:
        return typed
    parts = [unquote(part) for part in address.path.split("/") if part]
    after = [code for before, code in pairwise(parts) if before in _BEFORE_A_CODE]
    return after[-1] if after else typed
