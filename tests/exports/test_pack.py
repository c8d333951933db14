"""The publication pack: complete, checkable, harmless to unpack, the same each time."""

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lims_msc.domain.exporting import RawFile
from lims_msc.domain.layout import PlateConditions
from lims_msc.exports.pack import MANIFEST, Pack, raw_names, safe_name

from .bundles import (
    FIRST_FILE,
    SECOND_FILE,
    lysis,
    sha256,
    tricky_bundle,
    tricky_curves,
    values_bundle,
)

Files = dict[str, bytes]


def unpacked(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def pack() -> bytes:
    return Pack().write(tricky_bundle(), {})


@pytest.fixture(scope="module")
def files(pack: bytes) -> Files:
    return unpacked(pack)


def test_the_pack_holds_what_its_readme_names(files: Files) -> None:
    readme = files["README.md"].decode("utf-8")
    for name in files:
        folder = "raw/" if name.startswith("raw/") else name
        stem = folder.replace("suppression.pdf", "suppression.svg")
        assert stem.replace("suppression.png", "suppression.svg") in readme or name == "README.md"
    assert {"data/readings.csv", "data/dictionary.csv", "figures/source_data.csv"} <= files.keys()


def test_raw_files_of_one_name_are_both_there_byte_for_byte(files: Files) -> None:
    raw = {name: data for name, data in files.items() if name.startswith("raw/")}
    assert sorted(raw.values()) == sorted([FIRST_FILE, SECOND_FILE])
    assert all(name.endswith("-Platte 1.xlsx") for name in raw)
    assert f"raw/{sha256(FIRST_FILE)[:12]}-Platte 1.xlsx" in raw


def test_the_manifest_checks_every_other_file(files: Files) -> None:
    lines = files[MANIFEST].decode("utf-8").splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    others = {name: data for name, data in files.items() if name != MANIFEST}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in others.items()}


def test_the_same_bundle_gives_the_same_bytes_dated_by_the_bundle(pack: bytes) -> None:
    assert Pack().write(tricky_bundle(), {}) == pack
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        infos = archive.infolist()
    assert {info.date_time for info in infos} == {(2026, 1, 3, 9, 30, 0)}
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)


def test_another_bundle_gives_other_bytes(pack: bytes) -> None:
    later = replace(tricky_bundle(), created_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert Pack().write(later, {}) != pack


def test_the_texts_say_state_n_mode_version_and_purpose(files: Files) -> None:
    readme, methods = files["README.md"].decode("utf-8"), files["methods.md"].decode("utf-8")
    assert "n: 2 MSC donor(s), 2 MSC batch(es), 1 responder(s)" in readme
    assert (
        "| P-1 | RUN-1 | 2026-01-01 | T-cell proliferation | approved | 2 of 3 curves (FULL) |"
        in readme
    )
    assert "For research use only" in readme
    assert "sha256sum -c manifest.sha256" in readme
    assert "background mode FULL: S = 100·(1 − (T − U)/(P − N))" in methods
    assert "anchor dose MSC:responder 1:10" in methods
    assert "lims-msc 1.2.3" in methods
    assert "not reached up to MSC:responder 1:2" in methods


def test_simulated_data_are_called_so_in_every_text(files: Files) -> None:
    assert b"Simulated data" in files["README.md"]
    assert b"Simulated data" in files["methods.md"]
    measured = unpacked(Pack().write(tricky_bundle(is_simulated=False), {}))
    texts = (measured["README.md"] + measured["methods.md"]).decode("utf-8")
    assert re.search(r"\bsimulated", texts, re.IGNORECASE) is None


def test_names_of_people_cannot_become_markup(files: Files) -> None:
    assert files["README.md"].decode("utf-8").startswith("# Käthe's \\<study\\> \\& more\n")


def test_a_study_without_curves_gives_a_pack_without_figure() -> None:
    bundle = tricky_bundle()
    files = unpacked(Pack().write(replace(bundle, plates=bundle.plates[1:]), {}))
    assert not any(name.startswith("figures/") for name in files)
    assert b"no figure: the study has no curve" in files["README.md"]
    assert b"figures/source_data.csv" not in files["data/dictionary.csv"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\lab\\Platte ä.xlsx", "Platte ä.xlsx"),
        ("a\r\nb*?.xls", "a__b__.xls"),
        ("con.xlsx", "file_con.xlsx"),
        ("..", "file_"),
        ("-rf", "file_-rf"),
        ("x" * 300 + ".xlsx", "x" * 115 + ".xlsx"),
    ],
)
def test_a_raw_file_gets_a_name_that_every_system_can_hold(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_names_that_differ_only_by_case_are_kept_apart() -> None:
    raw = [RawFile("A.xls", "a" * 64, b"1"), RawFile("a.XLS", "b" * 64, b"2")]
    names = raw_names([*raw, RawFile("c.xls", "c" * 64, b"3")])
    assert names["c" * 64] == "c.xls"
    assert names["a" * 64] == f"{'a' * 12}-A.xls"
    assert len({name.casefold() for name in names.values()}) == 3


@pytest.fixture(scope="module")
def of_values() -> Files:
    return unpacked(Pack().write(values_bundle(), {}))


def test_a_study_of_values_says_in_its_texts_how_they_were_made(of_values: Files) -> None:
    readme, methods = of_values["README.md"].decode(), of_values["methods.md"].decode()
    assert "2 of 5 values" in readme
    assert "curves (" not in readme
    for words in (
        "standard curves y = y\\_zero + (y\\_inf − y\\_zero)/(1 + (ec50/x)^hill)",
        "The cells of the supernatants grew in 0.2 mL for 24 h.",
        "x the concentration in pg/mL",
        "Range of quantitation: 10 to 150 pg/mL; no two standards in a row are accepted",
        "IFN-γ: = concentration · dilution factor.",
        "Of 5 values, 2 lie beyond the range of quantitation",
        "and 1 have no number",
        "| \\< 100 pg/mL |",
        "| \\> 1500 pg/mL |",
        "| E\\_T, MSC-2, resting, NK-1, IL-2, MSC:responder 1:10, E:T 10:1 | −3.25 % | −8 to 1.5 |",
    ):
        assert words in methods, words
    for absent in ("Suppression is reported", "normalised AUC", "R50"):
        assert absent not in methods


def test_a_plate_of_curves_and_values_counts_both() -> None:
    bundle = values_bundle()
    both = replace(bundle.plates[0], curves=tricky_curves(), headline_mode="FULL")
    files = unpacked(Pack().write(replace(bundle, plates=(both,)), {}))
    assert "2 of 3 curves (FULL), 2 of 5 values" in files["README.md"].decode()
    methods = files["methods.md"].decode()
    assert "Suppression is reported in the background mode FULL" in methods
    assert "Specific lysis" in methods


def test_values_without_standard_curve_or_bound_say_nothing_of_them() -> None:
    bundle = values_bundle()
    plain = replace(
        bundle.plates[0],
        standard_curves=(),
        values=(replace(lysis(), definition=""),),
        conditions=PlateConditions(),
    )
    methods = unpacked(Pack().write(replace(bundle, plates=(plain,)), {}))["methods.md"].decode()
    assert "standard curve" not in methods
    assert "The cells of the supernatants" not in methods
    assert "beyond the range" not in methods
    assert "Specific lysis: no definition." in methods
