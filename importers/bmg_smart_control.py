"""BMG LABTECH SMART Control: numbered reports in Excel, with the same data on a table sheet."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.workbook import Workbook

from .bmg_pages import reports_of
from .bmg_results import read_reports


class BmgSmartControl:
    """Reads reports of SMART Control."""

    key: ClassVar[str] = "bmg_smart_control"
    title: ClassVar[str] = "BMG LABTECH SMART Control"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".xls", ".csv")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether all reports come from SMART Control, by the path of their data."""
        reports = reports_of(workbook)
        if reports and all(report.is_smart_control for report in reports):
            where = reports[0].sheet.source(*reports[0].head["path"][1])
            return Sniff(is_mine=True, reason=f"{where} names SMART Control.")
        return Sniff(is_mine=False, reason="No report has a path of SMART Control.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the raw data of all reports.

        :raises InputError: if there are none, or they are unclear.
        """
        return read_reports(workbook)
