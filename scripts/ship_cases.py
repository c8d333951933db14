"""Cuts the reference cases that are shipped from files with all of them.

ship_cases.py FOLDER            write lims_msc/validation/cases/*.json from the files of FOLDER
ship_cases.py FOLDER --check    fail if they are not what would be written
ship_cases.py --check           fail if a shipped case has a source that may not be shipped

Shipped are cases of invented numbers and of data in the public domain, told by ``source``.  Data
sets of other packages have licences of their own and stay out, and so does what is not known, and
cases of which lims-msc shows no number.
"""

import json
import sys
from pathlib import Path
from typing import Any

from lims_msc.validation.case_files import read_case_file
from lims_msc.validation.comparing import compare

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "lims_msc" / "validation" / "cases"
INVENTED = {
    "synthetic",
    "exact rational arithmetic",
    "formula from the t distribution, 50 digits",
}
PUBLIC_DOMAIN = {
    "NIST StRD, public domain",
    "NIST StRD nonlinear regression, public domain",
    "NIST/SEMATECH e-Handbook, public domain (Tietjen & Moore 1972)",
}


def main(arguments: list[str]) -> int:
    """Write the cases, or compare them with what would be written."""
    folders = [Path(word) for word in arguments if not word.startswith("--")]
    is_check = "--check" in arguments
    options = set(arguments) - {str(folder) for folder in folders}
    if len(folders) > 1 or options - {"--check"} or not (folders or is_check):
        print(__doc__)
        return 2
    wanted = cut(folders[0]) if folders else cut(SHIPPED)
    if not wanted:
        print(f"There are no reference cases in '{folders[0] if folders else SHIPPED}'.")
        return 1
    if is_check:
        return differences(wanted)
    for old in SHIPPED.glob("*.json"):
        old.unlink()
    for name, text in wanted.items():
        (SHIPPED / name).write_text(text, encoding="utf-8")
    return 0


def cut(folder: Path) -> dict[str, str]:
    """Return the text of each file to ship, by name."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        book = json.loads(path.read_text(encoding="utf-8"))
        asked = {
            case.id
            for case in read_case_file(path.name, path.read_bytes()).cases
            if compare(case, {})
        }
        cases = [case for case in book["cases"] if may_be_shipped(case) and case["id"] in asked]
        if cases:
            found[path.name] = text_of(book, cases)
    return found


def may_be_shipped(case: dict[str, Any]) -> bool:
    """Whether the data of a case are invented or in the public domain."""
    return case["source"] in INVENTED | PUBLIC_DOMAIN


def text_of(book: dict[str, Any], cases: list[dict[str, Any]]) -> str:
    """Return a file with one case in a line; numbers keep their digits."""
    head = (
        f'{{"schema": {json.dumps(book["schema"])}, "kind": {json.dumps(book["kind"])}, "cases": ['
    )
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    return f"{head}\n{lines}\n]}}\n"


def differences(wanted: dict[str, str]) -> int:
    """Return 1 and name the files that are not as wanted."""
    shipped = {path.name: path.read_text(encoding="utf-8") for path in SHIPPED.glob("*.json")}
    wrong = sorted(n for n in wanted.keys() | shipped.keys() if wanted.get(n) != shipped.get(n))
    for name in wrong:
        print(f"lims_msc/validation/cases/{name} is not what may be shipped; run: ship_cases.py")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
