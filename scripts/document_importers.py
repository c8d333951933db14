"""Writes docs/readers.md, the table of what is read, from the importer classes themselves.

document_importers.py            write it
document_importers.py --check    fail if it is not what the classes say
"""

import sys

from made_page import summary_of, write_or_check

from lims_msc.domain.importing import AskingImporter, Importer
from lims_msc.registry import load_registry

HEAD = """# What is read

Made from the importer classes by `python scripts/document_importers.py`; a test compares both.
A file is recognised by its content, never by its name. Every reading keeps its sheet and cell, or
line and column; a cell without a finite number is a marker with the file's own text.

| program | what its importer reads | usual endings | key, version |
| --- | --- | --- | --- |
"""


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with what the classes say."""
    return write_or_check(arguments, script="document_importers.py", page="readers.md", text=page)


def page() -> str:
    """Return the page; programs by title, readers of any origin last."""
    importers = load_registry().importers.values()
    ordered = sorted(importers, key=lambda i: (isinstance(i, AskingImporter), i.title.casefold()))
    return HEAD + "".join(map(line, ordered))


def line(importer: Importer) -> str:
    """Return the line of one importer."""
    summary = summary_of(importer)
    endings = ", ".join(importer.extensions)
    return f"| {importer.title} | {summary} | {endings} | `{importer.key}` {importer.version} |\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
