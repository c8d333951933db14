"""Damaging reader files in the ways that disks, mail programs, scripts and people do.

Every mutant follows from the dice it was made with; a package keeps its checksums right, so that
the damage reaches the parts behind them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from variants import packed, parts_of

Dice = random.Random
_CELL = re.compile(r"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_ROW = re.compile(r"<row [^>]*>.*?</row>", re.DOTALL)
_VALUE = re.compile(r"<v>[^<]*</v>")
_TAG = re.compile(r"<[^>]+>")
_STRANGE_VALUES = (
    *("NaN", "INF", "-inf", "1e999", "-0", "", "0x10", "1_000", "1e-400", "\u0663", "9" * 400),
    *("1,5", "TRUE", "#REF!", "99999999999", "-1", "2958466", "0.5.5", " 7 ", "1E5", "&#0;"),
)
_STRANGE_TEXTS = (
    *("NaN", "inf", "-Infinity", "1e999", "1_0", "\u0663.\u0665", "9" * 400, "0,5", "1.234"),
    *("OVER", "<0.1", "A1", "H13", "ZZ99", "<>", "Well", "Plate:", "##BLOCKS= 9", "~End", "450 nm"),
    *("Label: Label1", "99:99:99", "-1:00", "31.02.2024", "1/0/1900", "\u2212", '"', "=1+1", ""),
)


# --- bytes ------------------------------------------------------------------------------------


def bytes_flipped(data: bytes, dice: Dice) -> bytes:
    """Change a few bytes."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 2, 8, 64))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def cut_off(data: bytes, dice: Dice) -> bytes:
    """Keep the beginning, or lose a piece from the middle."""
    at = dice.randrange(1, len(data))
    if dice.random() < 0.5:
        return data[:at]
    return data[:at] + data[at + dice.choice((1, 2, 16, 512, 4096)) :] or b"x"


def doubled(data: bytes, dice: Dice) -> bytes:
    """Repeat a piece."""
    at = dice.randrange(len(data))
    piece = data[at : at + dice.choice((1, 16, 512, 4096))]
    return data[:at] + piece + data[at:]


# --- the XML of workbooks ---------------------------------------------------------------------


def _picked(pattern: re.Pattern[str], xml: str, dice: Dice) -> re.Match[str] | None:
    found = list(pattern.finditer(xml))
    return dice.choice(found) if found else None


def _deleted(xml: str, dice: Dice) -> str:
    found = _picked(dice.choice((_CELL, _ROW, _VALUE, _TAG)), xml, dice)
    return xml if found is None else xml[: found.start()] + xml[found.end() :]


def _repeated(xml: str, dice: Dice) -> str:
    found = _picked(dice.choice((_CELL, _ROW, _VALUE, _TAG)), xml, dice)
    return xml if found is None else xml[: found.end()] + xml[found.start() :]


def _row_repeated_below(xml: str, dice: Dice) -> str:
    """Put a copy of a row further down, with references that fit."""
    found = _picked(_ROW, xml, dice)
    number = re.search(r'<row r="([0-9]+)"', found[0]) if found else None
    if found is None or number is None:
        return xml
    last = max(map(int, re.findall(r'<row r="([0-9]+)"', xml)))
    target = str(last + dice.choice((1, 2, 40)))
    copy = re.sub(rf'(r="[A-Z]*){number[1]}"', rf'\g<1>{target}"', found[0])
    return xml.replace("</sheetData>", copy + "</sheetData>")


def _swapped(xml: str, dice: Dice) -> str:
    pattern = dice.choice((_VALUE, _ROW, _CELL))
    found = list(pattern.finditer(xml))
    if len(found) < 2:
        return xml
    first, second = sorted(dice.sample(found, 2), key=lambda m: m.start())
    between = xml[first.end() : second.start()]
    return xml[: first.start()] + second[0] + between + first[0] + xml[second.end() :]


def _retyped(xml: str, dice: Dice) -> str:
    kind = dice.choice(("s", "n", "str", "b", "e", "d", "inlineStr", "x", ""))
    found = _picked(re.compile(r"<c [^>]*>"), xml, dice)
    if found is None:
        return xml
    bare = re.sub(r' t="[^"]*"', "", found[0])
    return xml[: found.start()] + bare.replace("<c ", f'<c t="{kind}" ') + xml[found.end() :]


def _referred(xml: str, dice: Dice) -> str:
    found = _picked(re.compile(r' r="[A-Z]*[0-9]+"'), xml, dice)
    other = dice.choice(("A1", "C9", "XFD1048576", "ZZZ1", "B0", "7", "", "A99999", "\u0391\u0661"))
    return xml if found is None else f'{xml[: found.start()]} r="{other}"{xml[found.end() :]}'


def _revalued(xml: str, dice: Dice) -> str:
    for _ in range(dice.choice((1, 4, 40))):
        found = _picked(_VALUE, xml, dice)
        if found is None:
            return xml
        value = f"<v>{dice.choice(_STRANGE_VALUES)}</v>"
        xml = xml[: found.start()] + value + xml[found.end() :]
    return xml


def _with_formula(xml: str, dice: Dice) -> str:
    return xml.replace("<v>", "<f>A1</f><v>", dice.choice((1, 5)))


def _without_references(xml: str, _: Dice) -> str:
    return re.sub(r' r="[A-Z]*[0-9]+"', "", xml)


def _restyled(xml: str, dice: Dice) -> str:
    style = dice.choice((0, 1, 2, 7, 999, -1))
    return re.sub(r"<c ", f'<c s="{style}" ', re.sub(r' s="[0-9]+"', "", xml))


_XML_CHANGES: tuple[Callable[[str, Dice], str], ...] = (
    *(_deleted, _repeated, _row_repeated_below, _swapped, _retyped, _referred, _revalued),
    *(_with_formula, _without_references, _restyled),
)


def part_changed(data: bytes, dice: Dice) -> bytes:
    """Change the parts of a package, most often its sheets, and pack them with right checksums."""
    parts = parts_of(data)
    for _ in range(dice.choice((1, 1, 2, 6))):
        sheets = [name for name in parts if "worksheets/sheet" in name and name.endswith(".xml")]
        name = dice.choice(sheets if sheets and dice.random() < 0.8 else sorted(parts))
        change = dice.random()
        if change < 0.06:
            del parts[name]
        elif change < 0.1:
            parts.pop("xl/sharedStrings.xml", None)
        elif change < 0.14:
            other = dice.choice(sorted(parts))
            parts[name], parts[other] = parts[other], parts[name]
        elif change < 0.2:
            parts[name] = bytes_flipped(parts[name] or b"x", dice)
        else:
            xml = parts[name].decode("utf-8", "replace")
            parts[name] = dice.choice(_XML_CHANGES)(xml, dice).encode("utf-8", "replace")
        if not parts:
            break
    return packed(parts)


# --- the lines of texts -----------------------------------------------------------------------


def text_changed(data: bytes, dice: Dice) -> bytes:
    """Change lines, fields, separators or the encoding of a text."""
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if is_wide else "utf-8", "replace")
    for _ in range(dice.choice((1, 2, 4))):
        text = dice.choice(_TEXT_CHANGES)(text, dice)
    encoding = dice.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"))
    return text.encode(encoding, "replace") or b"x"


def _line_changed(text: str, dice: Dice) -> str:
    lines = text.split("\n")
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    change = dice.randrange(5)
    if change == 0:
        del lines[first]
    elif change == 1:
        lines.insert(second, lines[first])
    elif change == 2:
        lines[first], lines[second] = lines[second], lines[first]
    elif change == 3:
        lines[first] = lines[first][: dice.randrange(len(lines[first]) + 1)]
    else:
        lines = lines[: first + 1]
    return "\n".join(lines)


def _field_changed(text: str, dice: Dice) -> str:
    fields = re.split(r"([\t;,\n])", text)
    for _ in range(dice.choice((1, 5, 40))):
        at = 2 * dice.randrange((len(fields) + 1) // 2)
        fields[at] = dice.choice(_STRANGE_TEXTS)
    return "".join(fields)


def _separator_changed(text: str, dice: Dice) -> str:
    return text.replace(dice.choice("\t;,.: "), dice.choice("\t;,.|: "), dice.choice((1, 50, -1)))


def _line_ends_changed(text: str, dice: Dice) -> str:
    return text.replace("\n", dice.choice(("\r", "\r\n", "\n\n", "\n\r", "\x0b")))


def _column_changed(text: str, dice: Dice) -> str:
    """Insert or drop the same field of every line."""
    mark, at, drop = dice.choice("\t;,"), dice.randrange(6), dice.random() < 0.5
    lines = [line.split(mark) for line in text.split("\n")]
    for fields in lines:
        if len(fields) > at:
            if drop:
                del fields[at]
            else:
                fields.insert(at, "")
    return "\n".join(map(mark.join, lines))


_TEXT_CHANGES: tuple[Callable[[str, Dice], str], ...] = (
    *(_line_changed, _line_changed, _field_changed, _field_changed, _separator_changed),
    *(_line_ends_changed, _column_changed),
)


def mutant(data: bytes, dice: Dice) -> bytes:
    """Return a damaged copy of a file."""
    inside = part_changed if data.startswith(b"PK") else text_changed
    if data.startswith(b"\xd0\xcf"):
        inside = bytes_flipped
    weights = ((inside, 70), (bytes_flipped, 14), (cut_off, 10), (doubled, 6))
    change = dice.choices([c for c, _ in weights], [w for _, w in weights])[0]
    return change(data, dice) or b"x"
