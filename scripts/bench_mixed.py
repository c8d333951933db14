"""Times mixed models beside lme4 with lmerTest: one run, the same data, one core each.

Ours is the whole way from columns: checks, REML, Satterthwaite *and* Kenward–Roger.  Theirs is
lmer() and its summary with Satterthwaite's degrees of freedom, from a data frame in memory.  The
numbers of both are compared too.  Ratios count, not seconds.  Writes docs/benchmarks/mixed.md.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# Before numpy is imported, which reads them once.
os.environ.update(ONE_CORE)

import numpy as np  # noqa: E402

from lims_msc.science.mixed_model import MixedModelFit, fit_mixed_model  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks" / "mixed.md"
R_SCRIPT = ROOT / "scripts" / "bench_mixed.R"
REPEATS = 5
COHORTS = ("healthy", "SLE")
PACKAGES = "lme4 and lmerTest (Debian: r-base-core r-cran-lme4 r-cran-lmertest)"


@dataclass(frozen=True, slots=True)
class Design:
    """A simulated experiment: donors × batches × responders × runs, one row for each."""

    title: str
    n_donors: int
    n_batches: int
    n_responders: int
    n_runs: int
    run_of: str
    share_kept: float = 0.9

    def columns(self) -> dict[str, list[object]]:
        """Return the columns, of a fixed seed."""
        rng = np.random.default_rng(20)
        sizes = (self.n_donors, self.n_batches, self.n_responders, self.n_runs)
        donor, batch, responder, run = (axis.ravel() for axis in np.indices(sizes))
        kept = rng.random(len(donor)) < self.share_kept
        donor, batch, responder, run = donor[kept], batch[kept], responder[kept], run[kept]
        batch = donor * self.n_batches + batch
        outer = {"day": 0 * donor, "donor": donor, "batch": batch}[self.run_of]
        run = outer * self.n_runs + run
        y = 60.0 - 10.0 * (donor % 2) + rng.normal(0, 3, len(donor))
        for level, sd in ((donor, 7), (batch, 4), (responder, 3), (run, 2)):
            y = y + rng.normal(0, sd, level.max() + 1)[level]
        return {
            "suppression": [round(float(value), 3) for value in y],
            "cohort": [COHORTS[number % 2] for number in donor],
            "donor": [f"D{number}" for number in donor],
            "batch": [f"B{number}" for number in batch],
            "responder": [f"P{number}" for number in responder],
            "run": [f"R{number}" for number in run],
        }


DESIGNS = {
    "days": Design("200 donors, runs are days that all share", 200, 3, 4, 3, "day", 1.0),
    "of_donors": Design("200 donors, runs of a donor across its batches", 200, 3, 4, 3, "donor"),
    "of_batches": Design("200 donors, runs within batches", 200, 3, 4, 3, "batch"),
    "many_responders": Design("60 donors, 60 responders crossed", 60, 2, 60, 1, "batch"),
    "small": Design("12 donors", 12, 2, 5, 2, "batch"),
}


def random_effects(design: Design) -> list[str]:
    """Return the random effects of a design; a single run for each batch has no variance."""
    effects = ["(1 | donor)", "(1 | batch)", "(1 | responder)"]
    return [*effects, "(1 | run)"] if design.n_runs > 1 else effects


def main() -> int:
    """Measure, print and write the table."""
    if shutil.which("Rscript") is None:
        print(f"LEFT OUT: Rscript is missing, so there is nothing to compare with; {PACKAGES}.")
        return 0
    data = {name: design.columns() for name, design in DESIGNS.items()}
    theirs = fit_with_r(data)
    if theirs is None:
        print(f"LEFT OUT: R cannot load what we compare with: {PACKAGES}.")
        return 0
    lines = []
    for name, design in DESIGNS.items():
        seconds, fit = best_fit(data[name], design)
        answers = theirs["cases"][name]
        lines.append(table_row(design, seconds, fit, answers))
        print(lines[-1], file=sys.stderr)
    report = "\n".join([*head(theirs["versions"]), *lines, ""])
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(report, encoding="utf-8")
    print(report)
    return 0


def best_fit(columns: dict[str, list[object]], design: Design) -> tuple[float, MixedModelFit]:
    """Return the seconds of the fastest run, and the fit."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        fit = fit_mixed_model(
            columns,
            "suppression",
            ["1", "cohort"],
            random_effects(design),
            factor_levels={"cohort": COHORTS},
        )
        times.append(time.perf_counter() - start)
    return min(times), fit


def fit_with_r(data: dict[str, dict[str, list[object]]]) -> dict[str, dict[str, object]] | None:
    """Return what the R script says, or ``None`` where its packages are missing."""
    with tempfile.TemporaryDirectory() as folder:
        for name, columns in data.items():
            rows = zip(*columns.values(), strict=True)
            lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
            formula = " + ".join(["suppression ~ cohort", *random_effects(DESIGNS[name])])
            Path(folder, f"{name}.csv").write_text("\n".join(lines) + "\n")
            Path(folder, f"{name}.txt").write_text(f"{formula}\ncohort={','.join(COHORTS)}\n")
        done = subprocess.run(
            ["Rscript", R_SCRIPT, folder, str(REPEATS)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **ONE_CORE},
        )
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return None
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    return found


def table_row(design: Design, seconds: float, fit: MixedModelFit, answers: dict) -> str:
    """Return a line of the table: times, their ratio, and the largest relative differences."""
    pairs: dict[str, list[float]] = {"estimate": [], "se": [], "df": []}
    for effect in fit.fixed:
        wanted, test = answers["satterthwaite"][effect.name], effect.satterthwaite
        ours = {
            "estimate": effect.estimate,
            "se": test.standard_error,
            "df": test.degrees_of_freedom,
        }
        for key, value in ours.items():
            pairs[key].append(abs(value / wanted[key] - 1))
    theirs = answers["seconds"]
    differences = " | ".join(f"{max(found):.0e}" for found in pairs.values())
    deviance = fit.criterion - answers["criterion"]
    return (
        f"| {design.title} | {fit.n_rows} | {seconds * 1000:.0f} | {theirs * 1000:.0f} |"
        f" {seconds / theirs:.2f} | {differences} | {deviance:.0e} |"
    )


def head(versions: dict[str, str]) -> list[str]:
    """Return the text above the table."""
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return [
        "# Mixed models, side by side",
        "",
        "Written by `make bench`: simulated designs, all in one run on one core, the best of",
        f"{REPEATS} runs each. Theirs: {named};",
        "`lmer()` and its summary with Satterthwaite's degrees of freedom, default settings.",
        "Ours: the whole way from columns, with Satterthwaite *and* Kenward–Roger. Random effects:",
        "donor, batch, responder and run (60 × 60: without run); all but the first design lack a",
        "tenth of their rows. Read the ratios; the milliseconds are of one machine.",
        "",
        "The differences are relative, the largest over all fixed effects. Those of standard",
        "errors and degrees of freedom come from where lme4's search ends: the last column is our",
        "deviance minus theirs, and below zero ours is nearer to the optimum.",
        "",
        "| design | rows | ours, ms | lmer, ms | ratio | estimate | SE | df | deviance |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]


if __name__ == "__main__":
    raise SystemExit(main())
