"""ChemoMetec NC-View (NucleoCounter NC-202): a table with one sample a line."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.workbook import Workbook

from .sample_table import SampleColumns, read_samples, sniff_samples
from .table_remarks import words

_COLUMNS = SampleColumns(
    required=(
        words(r"name"),
        words(r"sample id"),
        words(r"live ?\(cells ?/ ?ml\)"),
        words(r"dead ?\(cells ?/ ?ml\)"),
        words(r"viability ?\(%\)"),
    ),
    # Names are those of the images and stand once; the sample IDs often only count the rows.
    sample=(words(r"name"), words(r"sample id")),
    measured=words(r"(?:total|live|dead) ?\(cells ?/ ?ml\)|viability ?\(%\)|diameter ?\([µμu]m\)"),
    facts=(
        ("serial number", words(r"instrument")),
        ("protocol", words(r"protocol")),
        ("user", words(r"operator")),
    ),
    remarks=words(r"status"),
)


class NCView:
    """Reads tables of NC-View."""

    key: ClassVar[str] = "nc_view"
    title: ClassVar[str] = "ChemoMetec NC-View"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".xlsx")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a table has names, live and dead cells a millilitre, and viabilities."""
        return sniff_samples(workbook, _COLUMNS)

    def read(self, workbook: Workbook) -> FileReadings:
        """Return concentrations, viability and diameter of each sample.

        :raises InputError: if there are none, or a row cannot be read with certainty.
        """
        return read_samples(workbook, _COLUMNS)
