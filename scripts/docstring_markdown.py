"""Turns the docstrings of lims-msc into plain Markdown.

A docstring is one sentence, then paragraphs; after ``::`` stands an indented formula, ``:raises``
says when there is an exception, and a line that starts with ``Source:`` names where the formula
comes from.  Lists, tables, emphasis, code and roles are known, too; nothing else is.
"""

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WIDTH = 100
_SOLID = "\x00"
_FIELD = re.compile(r":(raises|param)\s+([\w.]+):\s*(.*)")
_BULLET = re.compile(r"([*-]|\d+\.)\s+(.*)")
_DOI = re.compile(r"\bdoi (10\.\d{4,9}/[^\s,;]+)")
_BORDER = re.compile(r"=+(\s+=+)+")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=\S)([^*]+?)(?<=\S)\1(?![\w*])")
_SPAN = re.compile(r"``(.+?)``|:(?:func|class|mod|meth|data|attr):`~?(.+?)`", re.DOTALL)
Linker = Callable[[str], str | None]
"""Takes a name that stands in a text and returns where it is described, if anywhere."""


@dataclass(frozen=True)
class Block:
    """A part of a docstring: ``text``, ``formula``, ``table``, ``item``, ``raises``, ``param``,
    ``source``.
    """

    kind: str
    text: str
    name: str = ""


def blocks(docstring: str) -> list[Block]:
    """Return the parts of a docstring whose indentation has been taken away."""
    found: list[Block] = []
    for kind, lines in _chunks(docstring.splitlines()):
        text = textwrap.dedent("\n".join(lines)).strip("\n")
        found += _prose(lines) if kind == "prose" else [Block(kind, text)]
    return found


def markdown(docstring: str, link: Linker) -> str:
    """Return a docstring as Markdown: prose, formulas, exceptions, sources."""
    parts = blocks(docstring)
    body = list(_body([b for b in parts if b.kind not in {"raises", "source"}], link))
    raises = "\n".join(_raised(block, link) for block in parts if block.kind == "raises")
    if raises and body[-1].startswith("- "):
        raises = f"{body.pop()}\n{raises}"
    sources = [prose(block.text, link) for block in parts if block.kind == "source"]
    return "\n\n".join(
        [*body, *([raises] if raises else []), *(wrapped(f"*Source:* {text}") for text in sources)]
    )


def prose(text: str, link: Linker) -> str:
    """Return running text with code, links to names and to DOIs, and nothing else marked."""
    made, end = [], 0
    for match in _SPAN.finditer(text):
        made.append(_plain(text[end : match.start()]))
        name = " ".join((match[1] or match[2]).split())
        target = link(name)
        shown = name.rsplit(".", 1)[-1] if match[2] else name
        made.append(f"[`{shown}`]({target})" if target else f"`{shown}`")
        end = match.end()
    return "".join((*made, _plain(text[end:])))


def wrapped(text: str, indent: str = "") -> str:
    """Return a paragraph in lines, none of which begins like a list or a heading.

    Code and the text of a link to a DOI stay in one line.
    """
    one_line = " ".join(text.split())
    solid = re.sub(r"`[^`]+`|\[doi [^]]+]", lambda m: m[0].replace(" ", _SOLID), one_line)
    lines = textwrap.wrap(
        solid,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    begin = len(indent)
    made = "\n".join(line[:begin] + _no_marker(line[begin:]) for line in lines)
    return made.replace(_SOLID, " ")


def _chunks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield runs of prose, the indented lines after ``::``, and tables between their borders."""
    run: list[str] = []
    rest = list(lines)
    while rest:
        line = rest.pop(0).rstrip()
        if line.endswith("::"):
            run.append(line.removesuffix("::").rstrip() and line.removesuffix(":"))
            yield "prose", run
            run = []
            length = next(
                (i for i, text in enumerate(rest) if text.strip() and not text[0].isspace()),
                len(rest),
            )
            yield "formula", rest[:length]
            del rest[:length]
        elif _BORDER.fullmatch(line):
            yield "prose", run
            run = []
            last = [i for i, text in enumerate(rest) if _BORDER.fullmatch(text.rstrip())][1]
            yield "table", [line, *rest[: last + 1]]
            del rest[: last + 1]
        else:
            run.append(line)
    yield "prose", run


def _prose(lines: list[str]) -> list[Block]:
    """Return paragraphs, list items and fields; a line that is indented goes on with its item."""
    found: list[Block] = []
    is_open = False
    for line in lines:
        text = line.strip()
        begun = _begun(text) if line == line.lstrip() else None
        if not text:
            is_open = False
        elif begun:
            found.append(begun)
            is_open = True
        elif is_open or (found and line[0].isspace() and found[-1].kind != "text"):
            last = found[-1]
            found[-1] = Block(last.kind, f"{last.text} {text}".strip(), last.name)
            is_open = True
        else:
            found.append(Block("text", text))
            is_open = True
    return found


def _begun(text: str) -> Block | None:
    if match := _FIELD.match(text):
        return Block(match[1], match[3], match[2])
    if match := _BULLET.match(text):
        return Block("item", match[2], match[1])
    if text.startswith("Source:"):
        return Block("source", text.removeprefix("Source:").strip())
    return None


def _body(parts: list[Block], link: Linker) -> Iterator[str]:
    """Yield paragraphs, formulas and lists; neighbouring items are one list."""
    items: list[str] = []
    for block in parts:
        if block.kind in {"item", "param"}:
            marker = block.name if block.name[0].isdigit() else "-"
            name = f"`{block.name}`: " if block.kind == "param" else ""
            items.append(wrapped(name + prose(block.text, link), f"{marker} "))
            continue
        if items:
            yield "\n".join(items)
            items = []
        if block.kind == "formula":
            yield f"```text\n{block.text}\n```"
        elif block.kind == "table":
            yield _table(block.text, link)
        else:
            yield wrapped(prose(block.text, link))
    if items:
        yield "\n".join(items)


def _table(text: str, link: Linker) -> str:
    """Return a table whose columns are those of its border of equals signs."""
    border, *lines = text.splitlines()
    spans = [match.span() for match in re.finditer("=+", border)]
    rows = [
        [
            prose(line[start : end if end < len(border) else None].strip(), link)
            for start, end in spans
        ]
        for line in lines
        if not _BORDER.fullmatch(line.rstrip())
    ]
    rows.insert(1, ["---"] * len(spans))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _raised(block: Block, link: Linker) -> str:
    return wrapped(f"*Raises* `{block.name}` {prose(block.text, link)}", "- ")


def _plain(text: str) -> str:
    """Return text without marks of Markdown, DOIs made links."""
    made, end = [], 0
    for match in _DOI.finditer(text):
        doi = _trimmed(match[1])
        made += [_escaped(text[end : match.start()]), f"[doi {doi}](https://doi.org/{doi})"]
        end = match.start(1) + len(doi)
    return "".join((*made, _escaped(text[end:])))


def _trimmed(doi: str) -> str:
    """Return a DOI without the full stop or the bracket that the sentence put behind it."""
    doi = doi.rstrip(".")
    return doi.rstrip(").") if doi.count(")") > doi.count("(") else doi


def _escaped(text: str) -> str:
    """Return text with its own emphasis, and nothing else that Markdown would take for a mark."""
    made, end = [], 0
    for match in _EMPHASIS.finditer(text):
        made += [_marks_escaped(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join((*made, _marks_escaped(text[end:])))


def _marks_escaped(text: str) -> str:
    return re.sub(r"([\\*<`]|(?<!\w)_|_(?!\w))", r"\\\1", text)


def _no_marker(line: str) -> str:
    """Return a line that would begin a list, a heading or a quotation as plain text."""
    if re.match(r"[-+#>=](\s|$)", line):
        return f"\\{line}"
    return re.sub(r"^(\d+)([.)]\s)", r"\1\\\2", line)
