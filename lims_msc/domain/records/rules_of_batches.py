"""Rules over the fields of batches, passages, release tests and release rules."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

from lims_msc.domain.findings import Level
from lims_msc.domain.records.fields import Problem, Values, number_in, text_in

MOST_DOUBLINGS_OF_A_PASSAGE = 12
"""More population doublings in one passage are hardly possible."""

_HOURS_OF_A_DAY = 24
# Days have no hours: two cultures from Monday to Thursday may differ by a day.
_TOLERATED_HOURS = 24
_TOLERATED_SHARE = 0.1
_PASSAGE_AT_LEAST_CELLS = 1000


def check_batch(values: Values) -> Iterable[Problem]:
    """Say what contradicts itself in how a batch was isolated and where its doublings start."""
    method, enzyme = text_in(values, "isolation_method"), text_in(values, "enzyme")
    if enzyme and method and method != "enzymatic digestion":
        yield Problem(
            "enzyme",
            f"The enzyme '{enzyme}' stands with the isolation '{method}'.",
            "Correct one of the two; an enzyme belongs to 'enzymatic digestion'.",
            Level.WARNING,
        )
    if method == "enzymatic digestion" and not enzyme:
        yield Problem(
            "enzyme",
            "The isolation is 'enzymatic digestion', and the enzyme is empty.",
            "Write the enzyme, such as collagenase I.",
            Level.WARNING,
        )
    yield from _start_problems(values)
    lot, serum = text_in(values, "serum_lot"), text_in(values, "serum_source")
    if lot and serum == "serum-free":
        message = f"The medium is 'serum-free', and the serum has the lot '{lot}'."
        yield Problem("serum_lot", message, "Correct one of the two.", Level.WARNING)
    oxygen = number_in(values, "oxygen_percent")
    if oxygen is not None and 0 < oxygen < 0.5:
        yield Problem(
            "oxygen_percent",
            f"'{oxygen:g}' % oxygen is hardly meant.",
            f"Write {100 * oxygen:g} if it is a fraction of 1.",
            Level.WARNING,
        )


def _start_problems(values: Values) -> Iterable[Problem]:
    known, start = text_in(values, "is_pdl_start_known"), number_in(values, "pdl_start")
    if known == "yes" and start is None:
        yield Problem(
            "pdl_start",
            "The PDL at the start is said to be known, and is empty.",
            "Write it, or say 'no'.",
        )
    if known != "yes" and start is not None:
        said = "said to be unknown" if known == "no" else "not said to be known"
        yield Problem(
            "is_pdl_start_known",
            f"The PDL at the start is '{start:g}', and is {said}.",
            "Say 'yes', or leave the PDL empty.",
            Level.ERROR if known == "no" else Level.WARNING,
        )


def check_passage(values: Values) -> Iterable[Problem]:
    """Say what contradicts itself between seeding and harvest."""
    yield from _time_problems(values)
    yield from _cell_problems(values)


def _time_problems(values: Values) -> Iterable[Problem]:
    seeded, harvested = values["seeded_on"], values["harvested_on"]
    hours = number_in(values, "culture_hours")
    if not isinstance(seeded, date) or not isinstance(harvested, date):
        return
    if harvested < seeded:
        yield Problem(
            "harvested_on",
            f"The cells were harvested on '{harvested}', before they were seeded on '{seeded}'.",
            "Check both days, and whether day and month are swapped.",
        )
        return
    between = (harvested - seeded).days * _HOURS_OF_A_DAY
    if hours is not None and abs(hours - between) > _TOLERATED_HOURS + _TOLERATED_SHARE * between:
        yield Problem(
            "culture_hours",
            f"'{hours:g}' hours of culture do not fit the {between} hours from '{seeded}' to"
            f" '{harvested}'.",
            "Check the hours and both days.",
            Level.WARNING,
        )


def _cell_problems(values: Values) -> Iterable[Problem]:
    seeded = number_in(values, "seeded_viable_cells")
    viable = number_in(values, "harvested_viable_cells")
    total = number_in(values, "harvested_total_cells")
    if viable is not None and total is not None and total < viable:
        yield Problem(
            "harvested_total_cells",
            f"'{total:g}' cells in total are fewer than the '{viable:g}' viable ones among them.",
            "Check whether the two are swapped.",
        )
    if viable is not None and seeded is None:
        yield Problem(
            "seeded_viable_cells",
            f"'{viable:g}' cells were harvested, and it is not known how many were seeded.",
            "Without them there are no doublings of this passage.",
            Level.WARNING,
        )
    for name, cells in (("seeded_viable_cells", seeded), ("harvested_viable_cells", viable)):
        if cells is not None and 0 < cells < _PASSAGE_AT_LEAST_CELLS:
            yield Problem(
                name,
                f"'{cells:g}' cells are very few for a culture.",
                "Write all cells, not thousands or millions: 600000, not 0.6.",
                Level.WARNING,
            )
    if seeded and viable:
        doublings = math.log2(viable / seeded)
        if doublings > MOST_DOUBLINGS_OF_A_PASSAGE:
            yield Problem(
                "harvested_viable_cells",
                f"From '{seeded:g}' to '{viable:g}' cells are {doublings:.1f} doublings in one"
                " passage.",
                "Check the units of both numbers: are these cells, or cells in thousands?",
                Level.WARNING,
            )


def check_release_test(values: Values) -> Iterable[Problem]:
    """Say whether a result is a number with its unit, or words, and what a number cannot be."""
    result, unit = number_in(values, "result"), text_in(values, "unit")
    words, qualifier = text_in(values, "result_text"), text_in(values, "qualifier")
    if result is None and not words:
        yield Problem(
            "result",
            f"The test '{values['test_name']}' has no result.",
            "Write a number with its unit, or the result in words.",
        )
    if result is None and qualifier:
        yield Problem(
            "qualifier",
            f"The qualifier '{qualifier}' stands without a number.",
            "Write the number, or leave the qualifier empty.",
        )
    if result is not None and words:
        yield Problem(
            "result_text",
            f"The result is '{result:g} {unit}' and '{words}'.",
            "Keep one of the two, so that it is clear which is judged; remarks are for the method.",
        )
    if result is not None and not unit:
        yield Problem(
            "unit", f"The result '{result:g}' has no unit.", "Write it, such as % or EU/mL."
        )
    if result is not None and unit == "%":
        yield from _percent_problems(text_in(values, "test_name"), result)


def _percent_problems(test_name: str, percent: float) -> Iterable[Problem]:
    # Suppression may lie outside of 0 to 100 %, and is never clipped.
    if test_name == "suppression":
        return
    if percent > 100 or percent < 0:
        yield Problem(
            "result", f"'{percent:g}' % is no share of {test_name}.", "Expected 0 to 100."
        )
    elif test_name in _MOSTLY_HIGH and 0 < percent <= 1:
        yield Problem(
            "result",
            f"'{percent:g}' % of {test_name} is hardly meant.",
            f"Write {100 * percent:g} if it is a fraction of 1.",
            Level.WARNING,
        )


_MOSTLY_HIGH = frozenset({"CD73", "CD90", "CD105", "viability"})


def check_rule(values: Values) -> Iterable[Problem]:
    """Say whether a limit stands in numbers or in words, as its operator wants it."""
    operator, limit = text_in(values, "operator"), number_in(values, "limit")
    words, unit = text_in(values, "limit_text"), text_in(values, "unit")
    if operator == "text":
        if not words:
            yield Problem(
                "limit_text",
                "The operator is 'text', and no words are given.",
                "Write the accepted words, separated by ' / '.",
            )
        if limit is not None:
            message = f"The operator is 'text', and the limit is the number '{limit:g}'."
            yield Problem("limit", message, "Leave the number empty, or choose another operator.")
        return
    if limit is None:
        yield Problem(
            "limit",
            f"The operator is '{operator}', and the limit is empty.",
            "Write the number, or choose 'text' and write words.",
        )
    elif not unit:
        yield Problem(
            "unit", f"The limit '{limit:g}' has no unit.", "Write it, such as % or EU/mL."
        )
    if words:
        message = f"The operator is '{operator}', and words are given: '{words}'."
        yield Problem("limit_text", message, "Leave the words empty, or choose 'text'.")
    if limit is not None and unit == "%" and not 0 <= limit <= 100:
        yield Problem("limit", f"'{limit:g}' % is no limit of a share.", "Expected 0 to 100.")
