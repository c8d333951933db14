"""Writes docs/readers.md, the table of what is read, from the importer classes themselves.

document_importers.py            write it
document_importers.py --check    fail if it is not what the classes say
"""

import inspect
import sys
from pathlib import Path

from lims_msc.domain.importing import AskingImporter, Importer
from lims_msc.registry import load_registry

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "readers.md"
HEAD = """# What is read

Made from the importer classes by `python scripts/document_importers.py`; a test compares both.
A file is recognised by its content, never by its name. Every reading keeps its sheet and cell, or
line and column; a cell without a finite number is a marker with the file's own text.

| program | what its importer reads | usual endings | key, version |
| --- | --- | --- | --- |
"""


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with what the classes say."""
    text = page()
    if arguments == ["--check"]:
        if PAGE.read_text(encoding="utf-8") != text:
            print("docs/readers.md is old; run: python scripts/document_importers.py")
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    return 0


def page() -> str:
    """Return the page; programs by title, readers of any origin last."""
    importers = load_registry().importers.values()
    ordered = sorted(importers, key=lambda i: (isinstance(i, AskingImporter), i.title.casefold()))
    return HEAD + "".join(map(line, ordered))


def line(importer: Importer) -> str:
    """Return the line of one importer."""
    summary = (inspect.getdoc(type(importer)) or "").split("\n\n")[0].replace("\n", " ")
    endings = ", ".join(importer.extensions)
    return f"| {importer.title} | {summary} | {endings} | `{importer.key}` {importer.version} |\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
