"""What checks return: findings with a level and a place, collected and never only the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How serious a finding is."""

    ERROR = "error"
    """Blocks the import or the calculation."""
    WARNING = "warning"
    """Must be seen by a person; does not block."""
    NOTE = "note"
    """Worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has to say.

    ``message`` is a sentence with the offending value in quotes; ``hint`` says what was expected
    and what to do.  ``sheet`` and ``cell`` point into the source file (``cell`` is ``line:column``
    for text files, whose sheet is empty); ``well`` names the well where there is one.
    """

    level: Level
    code: str
    message: str
    hint: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    well: str = ""

    @property
    def place(self) -> str:
        """The place in words, such as ``sheet 'Raw', cell C14``; empty where there is none."""
        parts = []
        if self.file:
            parts.append(f"file '{self.file}'")
        if self.sheet:
            parts.append(f"sheet '{self.sheet}'")
        if self.cell:
            parts.append(f"{'line:column' if ':' in self.cell else 'cell'} {self.cell}")
        if self.well:
            parts.append(f"well {self.well}")
        return ", ".join(parts)

    def __str__(self) -> str:
        place = self.place
        text = f"{place[0].upper()}{place[1:]}: {self.message}" if place else self.message
        return f"{text} {self.hint}".strip()


def errors_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that block, in their order."""
    return tuple(f for f in findings if f.level is Level.ERROR)
