"""The record of a run: rows for a table, sentences about failures, and the same as plain data."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from lims_msc.validation.case_files import CaseFile
from lims_msc.validation.comparing import Comparison
from lims_msc.validation.quantities import QUANTITIES
from lims_msc.validation.recomputing import CaseOutcome
from lims_msc.version import __version__

QUANTITY_COLUMNS = (
    "kind",
    "quantity",
    "cases",
    "values",
    "worst relative error",
    "tolerance",
    "passed",
)
FILE_COLUMNS = ("file", "cases", "refused", "SHA-256")


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that a laboratory keeps of one run."""

    made_at: datetime
    versions: Mapping[str, str]
    platform: str
    files: Sequence[CaseFile]
    outcomes: Sequence[CaseOutcome]

    @property
    def problems(self) -> list[str]:
        """The sentences about what could not be used of the files."""
        return [problem for file in self.files for problem in file.problems]

    @property
    def is_good(self) -> bool:
        """Whether all could be read, anything was compared, and all of it passed."""
        return (
            not self.problems
            and any(outcome.is_judged for outcome in self.outcomes)
            and not any(outcome.has_failed for outcome in self.outcomes)
        )


def record_of(files: Sequence[CaseFile], outcomes: Sequence[CaseOutcome], now: datetime) -> Record:
    """Return the record of a run on this machine.

    :raises ValueError: if the time has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("The time of a record needs a time zone.")
    versions = {
        "lims-msc": __version__,
        "Python": platform.python_version(),
        "NumPy": version("numpy"),
        "SciPy": version("scipy"),
    }
    return Record(now.astimezone(UTC), versions, platform.platform(), files, outcomes)


def head_lines(record: Record) -> list[str]:
    """Return what made the record, and when."""
    programs = ", ".join(f"{name} {number}" for name, number in record.versions.items())
    return [
        f"Recomputed on {record.made_at:%Y-%m-%d %H:%M} UTC",
        programs,
        record.platform,
    ]


def file_rows(record: Record) -> list[dict[str, str]]:
    """Return a row for each file: its name, its cases, how much was refused, its SHA-256."""
    return [
        {
            "file": file.name,
            "cases": str(len(file.cases)),
            "refused": str(len(file.problems)),
            "SHA-256": file.sha256,
        }
        for file in record.files
    ]


def quantity_rows(outcomes: Iterable[CaseOutcome]) -> list[dict[str, str]]:
    """Return a row for each quantity of each kind, in the order of their table."""
    found: dict[tuple[str, str], list[tuple[str, Comparison]]] = {}
    for outcome in outcomes:
        for comparison in outcome.comparisons:
            key = (outcome.case.kind, comparison.quantity)
            found.setdefault(key, []).append((outcome.case.id, comparison))
    order = [(kind, q.name) for kind, quantities in QUANTITIES.items() for q in quantities]
    return [_row(*key, found[key]) for key in order if key in found]


def failure_lines(outcomes: Iterable[CaseOutcome]) -> list[str]:
    """Return a sentence for each value that is not as wanted, and for each case without answer."""
    return [line for outcome in outcomes for line in _failures(outcome)]


def verdict(record: Record) -> str:
    """Return how many cases passed, in a sentence or three."""
    judged = [outcome for outcome in record.outcomes if outcome.is_judged]
    passed = sum(not outcome.has_failed for outcome in judged)
    sentences = (
        [f"{passed} of {len(judged)} cases passed."] if judged else ["No case was compared."]
    )
    if silent := len(record.outcomes) - len(judged):
        sentences.append(f"Not compared, as lims-msc shows none of their numbers: {silent}.")
    if record.problems:
        sentences.append(f"Refused: {len(record.problems)}.")
    return " ".join(sentences)


def as_data(record: Record) -> dict[str, Any]:
    """Return the record in the types of JSON; a number that is not finite becomes its name.

    ``passed`` is ``None`` where a case expects nothing that lims-msc computes.
    """
    return {
        "made_at": record.made_at.isoformat(timespec="seconds"),
        "versions": dict(record.versions),
        "platform": record.platform,
        "files": [{"name": file.name, "sha256": file.sha256} for file in record.files],
        "problems": record.problems,
        "failures": failure_lines(record.outcomes),
        "cases": [
            {
                "id": outcome.case.id,
                "kind": outcome.case.kind,
                "computed": _finite(outcome.computed),
                "worst_relative_error": outcome.worst_relative_error,
                "passed": not outcome.has_failed if outcome.is_judged else None,
            }
            for outcome in record.outcomes
        ],
    }


def _row(kind: str, name: str, members: Sequence[tuple[str, Comparison]]) -> dict[str, str]:
    comparisons = [comparison for _, comparison in members]
    errors = [c.relative_error for c in comparisons if c.relative_error is not None]
    passed = sum(c.passed for c in comparisons)
    values = (
        kind,
        name,
        str(len({case_id for case_id, _ in members})),
        str(len(comparisons)),
        f"{max(errors):.1e}" if errors else "–",
        _tolerance_text(comparisons),
        "all" if passed == len(comparisons) else f"{passed} of {len(comparisons)}",
    )
    return dict(zip(QUANTITY_COLUMNS, values, strict=True))


def _tolerance_text(comparisons: Iterable[Comparison]) -> str:
    """Return the tolerance of the numbers among the values, from the narrowest to the widest."""
    tolerances = [comparison.tolerance for comparison in comparisons if comparison.is_of_number]
    if not tolerances:
        return "the same"
    relative = sorted({tolerance.relative for tolerance in tolerances})
    absolute = max(tolerance.absolute for tolerance in tolerances)
    text = " to ".join(f"{value:g}" for value in dict.fromkeys((relative[0], relative[-1])))
    return f"{text} or {absolute:g} in its unit" if absolute else text


def _failures(outcome: CaseOutcome) -> list[str]:
    where = f"{outcome.case.file_name}, case '{outcome.case.id}'"
    if outcome.error:
        return [f"{where}: {outcome.error}"]
    return [
        f"{where}, {c.place}: {c.problem}; wanted {_word(c.wanted)}, got {_word(c.got)}"
        for c in outcome.comparisons
        if not c.passed
    ]


def _word(value: Any) -> str:
    return "null" if value is None else repr(value)


def _finite(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _finite(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_finite(value) for value in node]
    # As null it would read as "there is no such number", which is an answer.
    if isinstance(node, float) and not math.isfinite(node):
        return str(node)
    return node
