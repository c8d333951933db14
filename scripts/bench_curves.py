"""Times curve fits and profile intervals side by side with SciPy and lmfit, in one run.

10,000 curves of 8 doses and 3 replicates (8,000 complete, 1,000 incomplete, 1,000 weak, SD 4 %) are
fitted by ours in one call and by a loop over ``scipy.optimize.curve_fit`` with analytic start and
Jacobian, on one core each.  Processor time counts, and of that the ratios.  Writes
docs/benchmarks/curves.md.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import curve_fit
from scipy.special import expit

from lims_msc.domain.fit import FitStatus
from lims_msc.science.batch_fit import CurveFits, fit_curves
from lims_msc.science.dose_table import DoseTable
from lims_msc.science.fitting import fit_curve
from lims_msc.science.profile import profile_interval, profile_intervals
from lims_msc.science.profile_search import Quantity

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks" / "curves.md"
DOSES = 2.0 ** -np.arange(8)[::-1]
REPLICATES = 3
SD_PERCENT = 4.0
CURVES = 10_000
SIZES = (100, 1_000, 10_000, 100_000)
INTERVALS = 40
TOLERANCE = 1e-6
KINDS = ("complete", "incomplete", "weak")
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> int:
    """Measure, print and write the report."""
    if any(os.environ.get(name) != value for name, value in ONE_CORE.items()):
        # The number of threads must be known before numpy is loaded, so the script starts anew.
        again = [sys.executable, *sys.argv]
        return subprocess.run(again, env={**os.environ, **ONE_CORE}, check=False).returncode
    kinds, responses = simulated(CURVES)
    fit_curves(DOSES, responses[:100])
    seconds, fits = best_of(lambda: fit_curves(DOSES, responses))
    loop, residuals = scipy_loop(responses)
    lines = [
        *head(),
        *speed(seconds, loop),
        *agreement(kinds, fits, residuals),
        *growth(),
        *intervals(responses, fits),
        "",
    ]
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))
    return 0


def simulated(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return the kind of each curve and its responses ``(curves, doses, replicates)``.

    Incomplete: the midpoint lies at the highest dose or up to e-fold beyond.  Weak: a span of 12 to
    25 %.
    """
    rng = np.random.default_rng(seed)
    kinds = np.array(["complete"] * 8 + ["incomplete", "weak"])[np.arange(count) % 10]
    low, high = np.log(DOSES[0]), np.log(DOSES[-1])
    middle = np.where(
        kinds == "incomplete",
        rng.uniform(high, high + 1.0, count),
        rng.uniform(low + 1.3, high - 1.3, count),
    )
    span = np.where(kinds == "weak", rng.uniform(12, 25, count), rng.uniform(60, 100, count))
    floor, hill = rng.uniform(-5, 5, count), np.exp(rng.uniform(np.log(0.7), np.log(2.5), count))
    share = expit(hill[:, None] * (np.log(DOSES) - middle[:, None]))
    means = floor[:, None] + span[:, None] * share
    noise = rng.normal(0, SD_PERCENT, (count, len(DOSES), REPLICATES))
    return kinds, means[:, :, None] + noise


def scipy_loop(responses: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the seconds of the loop, and the residual sum of each curve, NaN where it failed."""
    x = np.repeat(np.log(DOSES), REPLICATES)

    def curve(x: np.ndarray, y_zero: float, y_inf: float, ln_ec50: float, ln_hill: float) -> Any:
        return y_zero + (y_inf - y_zero) * expit(np.exp(ln_hill) * (x - ln_ec50))

    def slopes(x: np.ndarray, y_zero: float, y_inf: float, ln_ec50: float, ln_hill: float) -> Any:
        hill = np.exp(ln_hill)
        t = hill * (x - ln_ec50)
        share = expit(t)
        steep = (y_inf - y_zero) * share * (1 - share)
        return np.stack([1 - share, share, -hill * steep, t * steep], axis=1)

    residuals = np.full(len(responses), np.nan)
    start = time.process_time()
    with np.errstate(all="ignore"):
        for index, wells in enumerate(responses):
            y = wells.ravel()
            try:
                found, _ = curve_fit(
                    curve, x, y, p0=start_of(wells), jac=slopes, method="lm", maxfev=2000
                )
            except RuntimeError:
                continue
            residuals[index] = np.sum((curve(x, *found) - y) ** 2)
    return time.process_time() - start, residuals


def start_of(wells: np.ndarray) -> tuple[float, float, float, float]:
    """Return the analytic start: plateaus from the ends, midpoint from the dose nearest to half."""
    means = wells.mean(axis=1)
    half = (means[0] + means[-1]) / 2
    nearest = int(np.argmin(np.abs(means - half)))
    return float(means[0]), float(means[-1]), float(np.log(DOSES[nearest])), 0.0


def best_of(work: Callable[[], Any], repeats: int = 3) -> tuple[float, Any]:
    """Return the processor seconds of the fastest run, and what it returned."""
    times, result = [], None
    for _ in range(repeats):
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    return min(times), result


def head() -> list[str]:
    """Return the text above the numbers."""
    return [
        "# Fitting curves, side by side",
        "",
        "Written by `make bench`, all in one run, on one core. Read the ratios; the times are",
        "processor time of one machine.",
        "",
        f"{CURVES:,} curves of {len(DOSES)} doses × {REPLICATES} wells, SD {SD_PERCENT:g} %: 80 %",
        "complete, 10 % incomplete (midpoint at or past the highest dose), 10 % weak (span of 12",
        "to 25 %). Every fit of ours has estimates, standard errors, the tests for a dose effect",
        "and for lack of fit, and the comparison with the rim of the model.",
        "",
    ]


def speed(ours: float, theirs: float) -> list[str]:
    """Return the line about the time of fits."""
    return [
        f"- Fits: {CURVES / ours:,.0f} a second, **{theirs / ours:.1f} ×** the loop over SciPy's",
        f"  `curve_fit` with analytic start and Jacobian ({CURVES / theirs:,.0f} a second;",
        "  goal: 10 ×).",
    ]


def agreement(kinds: np.ndarray, fits: CurveFits, theirs: np.ndarray) -> list[str]:
    """Return the table of how good the residual sums are."""
    ours = fits.rss.filled(np.nan)
    is_finite = np.array([status is FitStatus.OK for status in fits.status])
    compared = is_finite & ~np.isnan(theirs)
    is_good = ours <= theirs * (1 + TOLERANCE)
    theirs_good = theirs <= ours * (1 + TOLERANCE)
    share = is_good[compared].mean()
    lines = [
        "- Residual sums, where there is a finite optimum: ours is the lower one or equal",
        f"  (to {TOLERANCE:g}) on **{100 * share:.2f} %** of the curves (goal: 99.9 %).",
        "",
        "| curves | finite optimum | ours lower or equal | SciPy's lower or equal | SciPy failed |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in KINDS:
        of_kind = kinds == kind
        both = compared & of_kind
        failed = (is_finite & of_kind & np.isnan(theirs)).sum()
        lines.append(
            f"| {kind} | {(is_finite & of_kind).sum():,} of {of_kind.sum():,} "
            f"| {100 * is_good[both].mean():.2f} % | {100 * theirs_good[both].mean():.2f} % "
            f"| {failed} |"
        )
    return [*lines, ""]


def growth() -> list[str]:
    """Return the table of the time for a curve over the number of curves."""
    lines = ["| curves in one call | µs for each | to 10,000 |", "| --- | --- | --- |"]
    each = {}
    for size in SIZES:
        _, responses = simulated(size, seed=2)
        seconds, _ = best_of(lambda r=responses: fit_curves(DOSES, r), 2)
        each[size] = seconds / size * 1e6
    rows = [f"| {n:,} | {each[n]:.0f} | {each[n] / each[10_000]:.2f} |" for n in SIZES]
    return [*lines, *rows, ""]


def intervals(responses: np.ndarray, fits: CurveFits) -> list[str]:
    """Return the lines about profile-likelihood intervals of the midpoint."""
    is_ok = np.array([status is FitStatus.OK for status in fits.status])
    chosen = np.flatnonzero(is_ok)[:INTERVALS]
    their_seconds, their_ends = lmfit_intervals(responses[chosen], fits.parameters.data[chosen])
    x = np.repeat(DOSES, REPLICATES).tolist()

    def one_by_one() -> list[tuple[float | None, float | None]]:
        return [
            profile_interval(fit_curve(x, responses[i].ravel().tolist()), Quantity.EC50)
            for i in chosen
        ]

    single, ends = best_of(one_by_one)
    part = responses[np.flatnonzero(is_ok)[:2000]]

    def in_one_call() -> Any:
        table = DoseTable.of_wells(DOSES[None], part, None)
        return profile_intervals(table, fit_curves(DOSES, part), Quantity.EC50)

    batch, _ = best_of(in_one_call, 1)
    each = their_seconds / len(chosen)
    differences = [
        abs(np.log(end) - their_end)
        for own, other in zip(ends, their_ends, strict=True)
        if other is not None
        for end, their_end in zip(own, other, strict=True)
        if end is not None
    ]
    faster_alone, faster = each / (single / len(chosen)), each / (batch / len(part))
    return [
        "Profile-likelihood interval of the midpoint, fit included, against lmfit's",
        f"`conf_interval` (which found {sum(e is not None for e in their_ends)} of {len(chosen)}):",
        "",
        f"- {len(part):,} in one call: **{faster:.0f} ×** as fast (goal: 20 ×);",
        f"- one by one: {faster_alone:.0f} × as fast;",
        "- ends, where both are closed, differ in ln ec50 by",
        f"  {statistics.median(differences):.1g} in the median.",
    ]


def lmfit_intervals(
    responses: np.ndarray, parameters: np.ndarray
) -> tuple[float, list[list[float] | None]]:
    """Return the seconds that lmfit needs for all curves, started at the optimum, and its ends."""
    given = {
        "ln_dose": np.repeat(np.log(DOSES), REPLICATES).tolist(),
        "curves": [
            {"responses": wells.ravel().tolist(), "start": start.tolist()}
            for wells, start in zip(responses, parameters, strict=True)
        ],
    }
    python = ROOT / ".venv-bench" / "bin" / "python"
    script = ROOT / "scripts" / "bench_lmfit.py"
    done = subprocess.run(
        [python, script], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    return found["seconds"], found["ends"]


if __name__ == "__main__":
    sys.exit(main())
