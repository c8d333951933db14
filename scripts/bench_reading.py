"""Times reading of every Excel workbook of the corpus, side by side in one run, in warm processes.

Ours is the whole way of a file: guard, reading process, importer, provenance.  It is set against
openpyxl loading the same bytes and walking all cells, and against allotropy where that reads the
file.  Ratios count, not seconds.  Writes docs/benchmarks/reading.md.
"""

import csv
import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

from lims_msc.domain.importing import Source
from lims_msc.errors import LimsMscError
from lims_msc.registry import load_registry
from lims_msc.services.reading_files import read_file

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
REPORT = ROOT / "docs" / "benchmarks" / "reading.md"
REPEATS = 5
VENDORS = {
    "biotek-gen5": "AGILENT_GEN5",
    "bioplex-manager": "BIORAD_BIOPLEX",
    "bmg-mars": "BMG_MARS",
    "bmg-smart-control": "BMG_LABTECH_SMART_CONTROL",
    "cedex-hires": "ROCHE_CEDEX_HIRES",
    "envision": "PERKIN_ELMER_ENVISION",
    "lunatic": "UNCHAINED_LABS_LUNATIC",
    "mabtech-apex": "MABTECH_APEX",
    "msd-workbench": "MSD_WORKBENCH",
    "revvity-matrix": "REVVITY_MATRIX",
    "skanit": "THERMO_SKANIT",
    "tecan-magellan": "TECAN_MAGELLAN",
    "vicell-xr": "BECKMAN_VI_CELL_XR",
}


def main() -> int:
    """Measure, print and write the table."""
    if not CORPUS.is_dir():
        print("LEFT OUT: the corpus is not beside the project.")
        return 1
    registry = load_registry()
    names = workbooks()
    allotropy = time_allotropy(names)
    lines, to_openpyxl, to_allotropy = [], [], []
    for name in names:
        data = (CORPUS / name).read_bytes()
        source = Source(Path(name).name, data)
        if not can_read(lambda s=source: read_file(registry, s)):
            lines.append(f"| {name} | not read | | |")
            continue
        ours = best(lambda s=source: read_file(registry, s))
        theirs = best(lambda d=data: walk_with_openpyxl(d))
        to_openpyxl.append(ours / theirs)
        other = allotropy.get((CORPUS / name).as_posix())
        if other is not None:
            to_allotropy.append(ours / other)
        beside = f"{ours / other:.2f}" if other is not None else "not read by it"
        lines.append(f"| {name} | {ours * 1000:.1f} | {ours / theirs:.2f} | {beside} |")
    report = "\n".join([*head(to_openpyxl, to_allotropy), *lines, ""])
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(report, encoding="utf-8")
    print(report)
    return 0


def head(to_openpyxl: list[float], to_allotropy: list[float]) -> list[str]:
    """Return the text above the table."""
    return [
        "# Reading a workbook, side by side",
        "",
        "Written by `make bench`: every Excel workbook of the corpus, all in one run, in warm",
        f"processes, the best of {REPEATS} runs each. Ours is the whole way: guard, reading",
        "process, importer, provenance. Read the ratios; the milliseconds are of one machine.",
        "",
        "- To openpyxl loading the same bytes and walking all cells: median",
        f"  **{statistics.median(to_openpyxl):.2f}** over {len(to_openpyxl)} (goal: 1.5).",
        "- To allotropy, where it reads the file: median",
        f"  **{statistics.median(to_allotropy):.2f}** over {len(to_allotropy)} (goal: 0.2).",
        "",
        "| workbook | ours, ms | ours : openpyxl | ours : allotropy |",
        "| --- | --- | --- | --- |",
    ]


def workbooks() -> list[str]:
    """Return the Excel workbooks of the corpus."""
    with (CORPUS / "MANIFEST.csv").open(newline="", encoding="utf-8") as manifest:
        rows = csv.DictReader(manifest)
        return sorted(row["file"] for row in rows if row["container"].startswith("OOXML"))


def time_allotropy(names: list[str]) -> dict[str, float | None]:
    """Return the seconds that allotropy needs for each file that it reads."""
    files = [
        f"{VENDORS[name.split('/')[0]]}={(CORPUS / name).as_posix()}"
        for name in names
        if name.split("/")[0] in VENDORS
    ]
    python = ROOT / ".venv-bench" / "bin" / "python"
    script = ROOT / "scripts" / "bench_allotropy.py"
    done = subprocess.run([python, script, *files], capture_output=True, text=True, check=True)
    found: dict[str, float | None] = json.loads(done.stdout)
    return found


def walk_with_openpyxl(data: bytes) -> None:
    """Load a workbook and look at every cell."""
    for sheet in openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            for _ in row:
                pass


def can_read(work: Callable[[], object]) -> bool:
    """Return whether a file is read at all; the first run also warms everything up."""
    try:
        work()
    except LimsMscError as error:
        print(error.message, file=sys.stderr)
        return False
    return True


def best(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest run."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    raise SystemExit(main())
