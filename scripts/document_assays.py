"""Writes docs/assays.md, the roles, formulas and checks of all assays, from the classes themselves.

document_assays.py            write it
document_assays.py --check    fail if it is not what the classes say
"""

import sys

from made_page import summary_of, write_or_check

from lims_msc.domain.assay import AssayType, Check
from lims_msc.registry import load_registry

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
    return write_or_check(arguments, script="document_assays.py", page="assays.md", text=page)


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
    summary = summary_of(assay)
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
