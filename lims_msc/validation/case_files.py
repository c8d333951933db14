"""Files of reference cases: the shipped ones, and a laboratory's own.

A file is JSON with ``schema``, ``kind`` and ``cases``; a case has ``id``, ``input``, ``expected``
and ``tolerance``, and may say its ``title`` and ``source``.  What cannot be used is named in a
sentence with file and case; the rest of the file is used.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NoReturn

from lims_msc.validation.quantities import QUANTITIES

SCHEMA = "msc-reference/1"
_NEEDED = {"id": str, "input": dict, "expected": dict, "tolerance": dict}
_TYPES = {str: "a text", dict: "an object"}


@dataclass(frozen=True, slots=True)
class ReferenceCase:
    """One case: data, the numbers that they must give, and how exactly.

    ``content`` is the case as its file has it.
    """

    id: str
    kind: str
    file_name: str
    content: Mapping[str, Any]

    @property
    def expected(self) -> Mapping[str, Any]:
        """The values that must come out, by name."""
        found: Mapping[str, Any] = self.content["expected"]
        return found

    @property
    def tolerance(self) -> Mapping[str, Any]:
        """The tolerances that the case names."""
        found: Mapping[str, Any] = self.content["tolerance"]
        return found


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What was found in one file; ``problems`` are sentences about what cannot be used."""

    name: str
    sha256: str
    cases: tuple[ReferenceCase, ...] = ()
    problems: tuple[str, ...] = ()


def read_case_file(name: str, data: bytes) -> CaseFile:
    """Return the cases of a file and sentences about what cannot be used."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        kind, entries = _checked_book(name, data)
    except ValueError as error:
        return CaseFile(name, sha256, problems=(str(error),))
    cases, problems = [], []
    for number, entry in enumerate(entries, start=1):
        if problem := _problem(entry):
            problems.append(f"{name}, {_case_name(entry, number)}: {problem}")
        else:
            cases.append(ReferenceCase(entry["id"], kind, name, entry))
    return CaseFile(name, sha256, tuple(cases), tuple(problems))


def shipped_case_files() -> list[CaseFile]:
    """Return the case files that are installed with lims-msc, by name."""
    folder = files("lims_msc.validation") / "cases"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    return [read_case_file(file.name, file.read_bytes()) for file in found]


def without_repeated_cases(case_files: Iterable[CaseFile]) -> list[CaseFile]:
    """Return the files without cases whose id was met before; each is a problem of its file.

    Answers are told apart by id, so the second case of a name could be taken for the first.
    """
    seen: dict[str, str] = {}
    found = []
    for file in case_files:
        cases, problems = [], list(file.problems)
        for case in file.cases:
            if case.id in seen:
                problems.append(
                    f"{file.name}, case '{case.id}': a case of this id was met before in "
                    f"{seen[case.id]}. Give every case an id of its own."
                )
            else:
                seen[case.id] = file.name
                cases.append(case)
        found.append(CaseFile(file.name, file.sha256, tuple(cases), tuple(problems)))
    return found


def _checked_book(name: str, data: bytes) -> tuple[str, Sequence[Any]]:
    try:
        book = json.loads(
            data, parse_constant=_no_number, parse_float=_finite_float, parse_int=_finite_int
        )
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{name}: this is not a JSON file ({error}). A file of reference cases was expected."
        ) from error
    fields = book if isinstance(book, dict) else {}
    if fields.get("schema") != SCHEMA:
        raise ValueError(
            f"{name}: the schema is {_quoted(fields.get('schema'))}; '{SCHEMA}' was expected. "
            "Is it a file of reference cases?"
        )
    kind, cases = fields.get("kind"), fields.get("cases")
    if not isinstance(kind, str) or kind not in QUANTITIES:
        raise ValueError(
            f"{name}: the kind is {_quoted(kind)}; known are {', '.join(sorted(QUANTITIES))}."
        )
    if not isinstance(cases, list) or not cases:
        raise ValueError(f"{name}: there are no cases. A list 'cases' was expected.")
    return kind, cases


def _finite_float(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _finite_int(text: str) -> int:
    _finite_float(text)
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"'{text}' is no finite number")


def _problem(entry: Any) -> str:
    if not isinstance(entry, dict):
        return f"{_quoted(entry)} is not a case. An object was expected."
    for key, needed in _NEEDED.items():
        if key not in entry:
            return f"the key '{key}' is missing. A case needs {', '.join(_NEEDED)}."
        if not isinstance(entry[key], needed) or entry[key] == "":
            return f"'{key}' is {_quoted(entry[key])}; {_TYPES[needed]} was expected."
    for key, value in entry["tolerance"].items():
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if key.endswith(("rel", "abs")) and not (is_number and value >= 0):
            return f"the tolerance '{key}' is {_quoted(value)}; a number from 0 on was expected."
    return ""


def _case_name(entry: Any, number: int) -> str:
    case_id = entry.get("id") if isinstance(entry, dict) else None
    return f"case '{case_id}'" if isinstance(case_id, str) and case_id else f"case no. {number}"


def _quoted(value: Any) -> str:
    if value is None:
        return "missing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"
