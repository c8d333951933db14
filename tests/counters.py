"""Files of cell counters in the shapes of their programs, with invented numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from factories import book

from lims_msc.domain.importing import Source

NC_HEADINGS = (
    *("NAME", "SAMPLE ID", "INSTRUMENT", "STATUS"),
    *("TOTAL (cells/ml)", "LIVE (cells/ml)", "DEAD (cells/ml)", "VIABILITY (%)", "DIAMETER (µm)"),
)
MATRIX_HEADINGS = (
    *("Well Name", "Live Count", "Live Cells/mL", "Live Mean Size", "Viability"),
    *("Dead Count", "Dead Cells/mL", "Total Count", "Total Cells/mL"),
)
TWO_SAMPLES = (
    ("MSC-A", "1", "S/N: 7", "OK", "1 210 000", "1 150 000", "60 000", "95.0", "16.4"),
    ("MSC-B", "2", "S/N: 7", "OK", "840 000", "630 000", "210 000", "75.0", "15.1"),
)


def nc_view(
    *lines: Sequence[str], name: str = "counts.csv", headings: Sequence[str] = NC_HEADINGS
) -> Source:
    """Return a table of NC-View: by default of two samples, MSC-A and MSC-B."""
    rows = [headings, *(lines or TWO_SAMPLES)]
    # The program groups thousands by no-break spaces.
    text = re.sub("(?<=[0-9]) (?=[0-9])", "\u00a0", "".join(f"{','.join(r)}\r\n" for r in rows))
    return Source(name, text.encode("utf-8-sig"))


def changed(line: Sequence[str], **fields: str) -> tuple[str, ...]:
    """Return a line with other texts under the headings that begin with these words."""
    entered = list(line)
    for heading, value in fields.items():
        (column,) = (i for i, h in enumerate(NC_HEADINGS) if h.startswith(heading))
        entered[column] = value
    return tuple(entered)


def matrix(*lines: Sequence[object]) -> Source:
    """Return a workbook with the table of Matrix."""
    return Source("matrix.xlsx", book(Counts=[MATRIX_HEADINGS, *lines]))
