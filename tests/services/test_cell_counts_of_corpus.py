"""Counts of real files of counters: the samples, their numbers, and nothing silently guessed."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from conftest import SHARED

from lims_msc.domain.cell_counts import CellCounts, cell_counts
from lims_msc.domain.count_reads import Quantity
from lims_msc.domain.findings import errors_among
from lims_msc.domain.importing import Source
from lims_msc.registry import Registry
from lims_msc.services.reading_files import read_file

pytestmark = pytest.mark.shared

CORPUS = SHARED / "corpus"
BLU, XR = "vicell-blu/Beckman_Vi-Cell-BLU_", "vicell-xr/Beckman_Vi-Cell-XR_"
NUCLEO, MATRIX = "nucleoview/chemometec_nucleoview_", "revvity-matrix/revvity_matrix_1_"
CEDEX = "cedex-hires/roche_cedex_hires_example_"
# File: samples, the first one, and its total and viable cells per mL, viability and diameter.
FILES: dict[str, tuple[int, str, tuple[float | None, ...]]] = {
    f"{XR}example04_instrumentOutput.xlsx": (16, "CLB001", (3.20e6, 3.14e6, 98.1, 13.9)),
    f"{XR}example07_instrumentOutput.txt": (1, "CLB001", (90.2e6, 87.4e6, 97.0, 17.3)),
    f"{BLU}example01.csv": (10, "CLB001", (0.78e6, 0.75e6, 96.9, 18.72)),
    f"{BLU}example01_utf16.csv": (10, "CLB001", (0.78e6, 0.75e6, 96.9, 18.72)),
    f"{BLU}different_mu_character.csv": (1, "CLB001", (0.78e6, 0.75e6, 96.9, 18.72)),
    f"{CEDEX}1.csv": (8, "0618_F01", (4753276.0, 4529542.5, 95.29307556, 13.46355247)),
    f"{CEDEX}2.xlsx": (8, "0618_F01", (4753276.0, 4529542.5, 95.29307556, 13.46355247)),
    f"{NUCLEO}example01.csv": (1, "20231120-0012-c-cellsABCD", (3.58e6, 2.45e6, 68.2, 9.1)),
    f"{NUCLEO}example05.csv": (1, "20231120-0012-c-cellsABCD", (3.58e6, 2.45e6, 68.2, None)),
    "nc-view/chememotec_nc_view_example.csv": (
        32,
        "20240219-00019",
        (274_000.0, 124_000.0, 45.1, 12.2),
    ),
    f"{MATRIX}csv.csv": (18, "P2-1", (2.62e6, 2.28e6, 87.0, 9.53)),
    f"{MATRIX}xlsx.xlsx": (18, "P2-1", (2.62e6, 2.28e6, 87.0, 9.53)),
}
QUANTITIES = (Quantity.TOTAL, Quantity.VIABLE, Quantity.VIABILITY, Quantity.DIAMETER)


def counts_of(registry: Registry, path: Path) -> CellCounts:
    return cell_counts(read_file(registry, Source(path.name, path.read_bytes())).readings)


@pytest.mark.parametrize("name", FILES, ids=lambda name: name.split("/")[1])
def test_each_file_gives_the_counts_that_it_prints(registry: Registry, name: str) -> None:
    samples, first, numbers = FILES[name]
    found = counts_of(registry, CORPUS / name)
    assert len(found.counts) == len({count.sample for count in found.counts}) == samples
    assert found.counts[0].sample == first
    assert tuple(found.counts[0].measured[quantity].value for quantity in QUANTITIES) == numbers


@pytest.mark.parametrize("name", FILES, ids=lambda name: name.split("/")[1])
def test_nothing_in_a_real_file_is_called_impossible_or_contradictory(
    registry: Registry, name: str
) -> None:
    found = counts_of(registry, CORPUS / name)
    assert all(count.can_be_accepted for count in found.counts)
    findings = [*found.findings, *(f for count in found.counts for f in count.findings)]
    assert errors_among(findings) == ()
    quiet = {"count.unit_from_numbers"}
    assert {f.code for f in findings if f.code.startswith("count.")} <= quiet


def test_the_old_workbook_keeps_every_digit(registry: Registry) -> None:
    found = counts_of(registry, CORPUS / f"{XR}example03_instrumentOutput.xls")
    total = found.counts[0].total_cells_per_ml
    assert len(found.counts) == 34
    assert total.value is not None
    assert math.isclose(total.value, 1_840_408.427810669, rel_tol=1e-12)
    assert total.source is not None
    assert (total.source.sheet, total.source.cell) == ("Vi-CELL Results", "P6")


def test_each_table_of_a_counter_is_in_the_list(registry: Registry) -> None:
    folders = {name.split("/")[0] for name in FILES}
    on_disk = {f"{f}/{p.name}" for f in folders for p in (CORPUS / f).iterdir() if p.is_file()}
    assert on_disk - set(FILES) == {f"{XR}example03_instrumentOutput.xls"}
