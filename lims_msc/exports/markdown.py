"""Texts of people inside Markdown: harmless, on one line, in paragraphs and in tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#!~&$])")


def plain(text: str) -> str:
    """Return the text on one line so that Markdown shows it as it is."""
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return _SPECIAL.sub(r"\\\1", line)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; cells are shown as they are."""
    lines = [head, ["---"] * len(head), *([plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def listed(texts: Iterable[str]) -> str:
    """Return different texts once each, in their order, as one line; empty ones are left out."""
    return "; ".join(plain(text) for text in dict.fromkeys(texts) if text)
