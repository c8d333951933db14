"""How wide text is set in the typeface of the figures, and where its lines break."""

from __future__ import annotations

from collections.abc import Iterator

FAMILY = "Arimo"
MM_PER_POINT = 25.4 / 72


def wrapped(text: str, size: float, width_mm: float) -> list[str]:
    """Return the text in lines of at most ``width_mm``; a word too long for a line is divided."""
    lines = [""]
    for word in printable(text).split(" "):
        for piece in _pieces(word, size, width_mm):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if text_mm(longer, size) <= width_mm:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, size: float, width_mm: float) -> Iterator[str]:
    piece = ""
    for character in word:
        if piece and text_mm(piece + character, size) > width_mm:
            yield piece
            piece = ""
        piece += character
    yield piece


def printable(text: str) -> str:
    """Return the text on one line, without characters that no font and no XML has."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def text_mm(text: str, size: float) -> float:
    """Return how wide a text of this type size is set."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    properties = FontProperties(family=FAMILY, size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, properties, ismath=False)
    return float(width) * MM_PER_POINT
