"""The units in which concentrations are stated, each with one spelling.

Numbers are never converted here: a plate has one unit, and its results have the same.
"""

from __future__ import annotations

CONCENTRATION_UNITS: tuple[str, ...] = (
    "pg/mL",
    "ng/mL",
    "µg/mL",
    "mg/mL",
    "pM",
    "nM",
    "µM",
    "mM",
    "mU/mL",
    "U/mL",
    "IU/mL",
)
"""What the template offers; another unit is kept as it is written."""


def one_spelling(unit: str) -> str:
    """Return the unit with one spelling of micro and of mL: ``ug/ml`` and ``μg/mL`` are ``µg/mL``.

    The case of all other letters stays: mM is not MM, and mU is not MU.
    """
    # The Greek letter mu looks like the micro sign and is another character.
    text = unit.strip().replace("\N{GREEK SMALL LETTER MU}", "\N{MICRO SIGN}").replace(" ", "")
    if text.startswith(("ug/", "uM", "umol/")):
        text = "\N{MICRO SIGN}" + text[1:]
    amount, stroke, volume = text.partition("/")
    return amount + stroke + {"ml": "mL", "ML": "mL", "l": "L"}.get(volume, volume)
