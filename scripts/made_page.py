"""Writes a page of the documentation that is made from the code, or says that it is old."""

import inspect
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"


def write_or_check(arguments: list[str], *, script: str, page: str, text: Callable[[], str]) -> int:
    """Write ``docs/<page>``, or with ``--check`` return 1 where it is not what the code says."""
    path, made = DOCS / page, text()
    if arguments != ["--check"]:
        path.write_text(made, encoding="utf-8")
        return 0
    if path.read_text(encoding="utf-8") == made:
        return 0
    print(f"docs/{page} is old; run: python scripts/{script}")
    return 1


def summary_of(thing: object) -> str:
    """Return the first paragraph of the docstring of a thing's class, on one line."""
    return (inspect.getdoc(type(thing)) or "").split("\n\n")[0].replace("\n", " ")
