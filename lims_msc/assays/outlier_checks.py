"""Suggests outliers among replicates that are many enough for a test; it never removes a well.

Grubbs' test is made from six wells on and the rule of the median absolute deviation from five on
(DOMAIN 3.5).  Of triplicates nothing is said: there only a technical reason counts.
"""

from __future__ import annotations

from lims_msc.assays.curve_groups import Wells
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.findings import Finding, Level
from lims_msc.science.outliers import OutlierTest, grubbs, robust_outliers

GRUBBS_FROM, ROBUST_FROM = 6, 5
CHECKS = (
    Check(
        "outlier_suggested",
        Level.NOTE,
        "Grubbs (6 wells on, p < 0.05) or 3.5 median absolute deviations (5 wells on)",
    ),
)


def outlier_findings(name: str, wells: Wells, readings: WellReadings) -> list[Finding]:
    """Return a note that names the suspect wells among replicates, and which test says so."""
    values, usable = readings.values(wells), readings.usable(wells)
    tests: list[OutlierTest] = []
    if len(values) >= ROBUST_FROM:
        tests.append(robust_outliers(values))
    if len(values) >= GRUBBS_FROM:
        tests.append(grubbs(values))
    speaking = [test for test in tests if test.outliers]
    suspects = sorted({place for test in speaking for place in test.outliers})
    if not suspects:
        return []
    named = ", ".join(f"{usable[place]} '{values[place]:.4g}'" for place in suspects)
    reasons = "; ".join(_reason(test) for test in speaking)
    return [
        readings.finding(
            Level.NOTE,
            "outlier_suggested",
            f"Among the {len(values)} replicates of {name} {named} lies far from the others "
            f"({reasons}). Nothing is left out.",
            hint="Exclude a well only for a technical reason, and report with and without it.",
            wells=[usable[place] for place in suspects],
        )
    ]


def _reason(test: OutlierTest) -> str:
    return f"{test.method}: {test.statistic_name} {test.statistic:.3g} above {test.critical:.3g}"
