"""BMG LABTECH MARS: exports of the FLUOstar, LUMIstar, PHERAstar, CLARIOstar and Omega readers."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.workbook import Workbook

from .bmg_pages import reports_of
from .bmg_results import read_reports


class BmgMars:
    """Reads exports of MARS, as plates and as tables."""

    key: ClassVar[str] = "bmg_mars"
    title: ClassVar[str] = "BMG LABTECH MARS"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".txt", ".xlsx", ".xls")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a page starts with the lines of User, Path and Test name."""
        for report in reports_of(workbook):
            if not report.is_smart_control:
                where = report.sheet.source(*report.head["user"][1])
                return Sniff(
                    is_mine=True, reason=f"At {where} a report starts with user, path and test."
                )
        return Sniff(is_mine=False, reason="No page has the head of a MARS report.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the raw data of all reports.

        :raises InputError: if there are none, or they are unclear.
        """
        return read_reports(workbook)
