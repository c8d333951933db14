"""Designs with R's answers, and small ones made on the spot, for the tests of mixed models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from lims_msc.science.mixed_model import MixedModelFit, fit_mixed_model

DESIGNS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "science" / "data" / "mixed_designs.json").read_text(encoding="utf-8")
)["cases"]
COHORTS = {"cohort": ["healthy", "SLE"]}

# Davies and Goldsmith 1972, as worked out in DOMAIN 5.6.
DYESTUFF = {
    "A": (1545, 1440, 1440, 1520, 1580),
    "B": (1540, 1555, 1490, 1560, 1495),
    "C": (1595, 1550, 1605, 1510, 1560),
    "D": (1445, 1440, 1595, 1465, 1545),
    "E": (1595, 1630, 1515, 1635, 1625),
    "F": (1520, 1455, 1450, 1480, 1445),
}


def fitted(design: dict[str, Any], **changes: Any) -> MixedModelFit:
    """Return the fit of a design, with parts of it changed."""
    given = {**design, **changes}
    return fit_mixed_model(
        given["columns"],
        given.get("response", "y"),
        given["fixed"],
        given["random"],
        factor_levels=given["factor_levels"],
    )


def donors(
    seed: int = 1, n: int = 8, wells: int = 3, donor_sd: float = 6.0, well_sd: float = 3.0
) -> dict[str, Any]:
    """Return n donors of two cohorts with replicate wells and a covariate of the donor."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list[Any]] = {"cohort": [], "donor": [], "age": [], "y": []}
    for number in range(n):
        cohort, age = COHORTS["cohort"][number % 2], float(rng.integers(20, 70))
        level = 60 - 8 * (number % 2) + rng.normal(0, donor_sd)
        for _ in range(wells):
            columns["cohort"].append(cohort)
            columns["donor"].append(f"D{number:02d}")
            columns["age"].append(age)
            columns["y"].append(round(float(level + rng.normal(0, well_sd)), 3))
    return {
        "columns": columns,
        "fixed": ["1", "cohort"],
        "random": ["(1 | donor)"],
        "factor_levels": COHORTS,
    }


def dyestuff() -> MixedModelFit:
    """Return the fit of the worked example."""
    columns = {
        "batch": [batch for batch, values in DYESTUFF.items() for _ in values],
        "y": [value for values in DYESTUFF.values() for value in values],
    }
    return fit_mixed_model(columns, "y", ["1"], ["(1 | batch)"])


def uneven_runs() -> dict[str, Any]:
    """Return runs that cross batches within donors, most of them of one donor."""
    rng = np.random.default_rng(11)
    columns: dict[str, list[Any]] = {"donor": [], "batch": [], "run": [], "y": []}
    for donor, n_runs in enumerate((14, 2, 1, 2)):
        runs = rng.normal(0, 3, n_runs)
        for batch in range(9):
            shift = rng.normal(0, 2)
            for run in np.flatnonzero(rng.random(n_runs) < 0.7):
                columns["donor"].append(f"D{donor}")
                columns["batch"].append(f"D{donor}b{batch}")
                columns["run"].append(f"D{donor}r{run}")
                columns["y"].append(float(donor + shift + runs[run] + rng.normal()))
    return {
        "columns": columns,
        "fixed": ["1"],
        "random": ["(1 | batch)", "(1 | run)", "(1 | donor)"],
        "factor_levels": {},
    }
