"""Writes docs/assays.md, the roles, formulas and checks of all assays, from the classes themselves.

document_assays.py            write it
document_assays.py --check    fail if it is not what the classes say
"""

import inspect
import sys
from pathlib import Path

from lims_msc.domain.assay import AssayType, Check
from lims_msc.registry import load_registry

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "assays.md"
HEAD = """# The assays

Made from the assay classes by `python scripts/document_assays.py`; a test compares both.

An assay says which roles of wells it needs, which readouts it knows, and what each of them means.
The background mode in the tables is the one that is shown first; suppression is computed in every
mode that the wells allow. A finding of the level *error* stops the numbers it speaks of; a
*warning* must be seen, a *note* is worth knowing. Codes are stable.

| assay | key, version | responders | roles it cannot do without |
| --- | --- | --- | --- |
"""


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with what the classes say."""
    text = page()
    if arguments == ["--check"]:
        if PAGE.read_text(encoding="utf-8") != text:
            print("docs/assays.md is old; run: python scripts/document_assays.py")
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    return 0


def page() -> str:
    """Return the page; assays by title."""
    assays = sorted(load_registry().assay_types.values(), key=lambda a: a.title.casefold())
    return HEAD + "".join(map(line, assays)) + "".join(map(section, assays))


def line(assay: AssayType) -> str:
    """Return the line of one assay in the first table."""
    cells = ", ".join(assay.responder_cell_types) or "–"
    roles = ", ".join(f"`{role}`" for role in assay.required_roles)
    return f"| {assay.title} | `{assay.key}` {assay.version} | {cells} | {roles} |\n"


def section(assay: AssayType) -> str:
    """Return what one assay computes and checks."""
    summary = (inspect.getdoc(type(assay)) or "").split("\n\n")[0].replace("\n", " ")
    roles = "".join(f"- `{role}`: {role.meaning}\n" for role in assay.required_roles)
    readouts = "".join(readout(assay, key) for key in assay.readouts)
    checks = "".join(map(check, assay.checks))
    return (
        f"\n## {assay.title}\n\n{summary} {assay.higher_means}\n\n{roles}\n"
        "| readout | key | mode | direction | formula |\n| --- | --- | --- | --- | --- |\n"
        f"{readouts}\n| check | level | it says |\n| --- | --- | --- |\n{checks}"
    )


def readout(assay: AssayType, key: str) -> str:
    """Return the line of one readout."""
    title, mode = assay.readouts[key], assay.default_mode(key)
    return f"| {title} | `{key}` | `{mode}` | {assay.direction(key)} | {assay.formula(key)} |\n"


def check(one: Check) -> str:
    """Return the line of one check."""
    return f"| `{one.code}` | {one.level} | {one.says} |\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
