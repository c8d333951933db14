"""Immunoglobulins that B cells secrete, with and without MSC, by ELISA (DOMAIN 2.2, 2.5).

Supernatants of 6 to 10 days hold much IgG, IgM and IgA and are measured diluted 10- to 1000-fold.
Serum and plasma in the medium hold immunoglobulins too: a supernatant of medium without cells is
the blank.  Less immunoglobulin may mean less secretion, or fewer B cells that are alive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lims_msc.assays.b_cell import ANY_SIGN, B_CELLS
from lims_msc.assays.concentrations import Joined
from lims_msc.assays.readouts import BULK, Readout, titles
from lims_msc.assays.standard_curve_assay import Analyte, StandardCurveAssay, checks_of
from lims_msc.assays.suppression_checks import NOTE
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import BackgroundMode
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import WellRole
from lims_msc.domain.values import ValueStatus

MEDIUM_MISSING = Check(
    "medium_blank_missing", Level.WARNING, "no sample of medium without cells (BLANK)"
)
MEDIUM_POSITIVE = Check(
    "medium_holds_immunoglobulin", Level.WARNING, "the medium blank is in range or above it"
)
_SURVIVORS = (
    "Fewer B cells alive make less immunoglobulin too. Concentrations are not divided by the cells "
    "that survived, which a plate map does not state: count them, and report both."
)


def _immunoglobulin(key: str, name: str) -> Analyte:
    readout = Readout(
        key,
        f"{name} by sandwich ELISA, signal read as concentration in the unit of the standards",
        BackgroundMode.NONE,
        sees_msc=False,
        rises_with=f"{name} secretion",
        limits=BULK,
        trap=_SURVIVORS,
        any_sign=True,
    )
    return Analyte(readout, name, is_lowered=True, highest_standard_pg_per_ml=(1e4, 1e7))


class BCellImmunoglobulin(StandardCurveAssay):
    """Concentrations of immunoglobulins, and their suppression by MSC."""

    key: ClassVar[str] = "b_cell_immunoglobulin"
    title: ClassVar[str] = "B-cell immunoglobulin secretion"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = B_CELLS
    higher_means: ClassVar[str] = (
        "A higher concentration means more secretion; suppression lowers it, and MSC may raise it."
    )
    # MSC make no immunoglobulin, so none of their own must be told from that of the B cells.
    has_msc_control: ClassVar[bool] = False
    analytes: ClassVar[Mapping[str, Analyte]] = {
        one.readout.key: one
        for one in (
            _immunoglobulin("igg", "IgG"),
            _immunoglobulin("igm", "IgM"),
            _immunoglobulin("iga", "IgA"),
        )
    }
    known_readouts = tuple(analyte.readout for analyte in analytes.values())
    readouts = titles(known_readouts)
    checks: ClassVar[tuple[Check, ...]] = checks_of(analytes, MEDIUM_MISSING, MEDIUM_POSITIVE, NOTE)

    def more_findings(self, joined: tuple[Joined, ...], readings: WellReadings) -> list[Finding]:
        """Return what the medium blank says, and that no sign is wrong."""
        medium = [one for one in joined if one.sample.content.sample_of is WellRole.BLANK]
        findings = [readings.finding(NOTE.level, NOTE.code, ANY_SIGN)]
        if not medium:
            findings.append(
                readings.finding(
                    MEDIUM_MISSING.level,
                    MEDIUM_MISSING.code,
                    "There is no sample of medium without cells: serum and plasma hold "
                    "immunoglobulins, and how much is not known.",
                    hint="Measure medium as a sample of BLANK, at the dilution of the others.",
                )
            )
        for one in medium:
            report = one.report
            amount = report.bound if report.value is None else report.value
            if amount is not None and report.status is not ValueStatus.BELOW_RANGE:
                findings.append(
                    readings.finding(
                        MEDIUM_POSITIVE.level,
                        MEDIUM_POSITIVE.code,
                        f"Medium without cells holds '{amount:.4g}' or more: in the mode NONE it "
                        "counts as secreted, and suppression is underestimated.",
                        hint="Look at the mode BLANK, where the medium is subtracted.",
                        wells=one.sample.wells,
                    )
                )
        return findings
