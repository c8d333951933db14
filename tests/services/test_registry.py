"""Plugins: one that is broken is named and takes nobody down; one key belongs to one package."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest

from lims_msc.domain.importing import FileReadings, Sniff, Source
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import (
    AmbiguousFormat,
    ConfigurationError,
    InputError,
    NotFound,
    UnknownFormat,
)
from lims_msc.registry import GROUPS, Registry, load_registry
from lims_msc.services.reading_files import read_file

PLUGINS = """
class Good:
    key = "good"

class Other:
    key = "good"

class WrongKey:
    key = "another"

class Failing:
    def __init__(self):
        raise RuntimeError("no licence")
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages with plugins of other laboratories."""
    (tmp_path / "lab_plugins_for_test.py").write_text(PLUGINS)
    (tmp_path / "lab_broken_for_test.py").write_text("import a_library_that_is_not_there\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in ("lab_plugins_for_test", "lab_broken_for_test"):
        sys.modules.pop(name, None)


def installed(packages: Path, name: str, group: str, *entries: str) -> list[EntryPoint]:
    """Install a package that declares these entries; return them as an installation has them."""
    info = packages / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *entries]))
    return list(PathDistribution(info).entry_points)


IMPORTERS = "lims_msc.importers"
GOOD = "good = lab_plugins_for_test:Good"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("bad = lab_broken_for_test:X", "No module named 'a_library_that_is_not_there'"),
        ("bad = no_such_module_for_test:X", "No module named"),
        ("bad = lab_plugins_for_test:Missing", "has no attribute 'Missing'"),
        ("bad = lab_plugins_for_test:Failing", "RuntimeError: no licence"),
        ("bad = lab_plugins_for_test:WrongKey", "its key 'another' differs from its entry point"),
    ],
)
def test_a_broken_plugin_is_named_and_the_others_work(
    packages: Path, caplog: pytest.LogCaptureFixture, entry: str, problem: str
) -> None:
    found = installed(packages, "lab-x", IMPORTERS, entry, GOOD)
    with caplog.at_level(logging.ERROR):
        registry = load_registry(found)
    assert list(registry.importers) == ["good"]
    (broken,) = registry.broken
    assert (broken.group, broken.name, broken.distribution) == (IMPORTERS, "bad", "lab-x")
    assert problem in broken.problem
    assert "lab-x" in caplog.text
    assert str(broken).startswith("lims_msc.importers 'bad' of lab-x: ")


def test_two_packages_with_the_same_key_are_refused_by_name(packages: Path) -> None:
    found = installed(packages, "lab-x", IMPORTERS, GOOD)
    found += installed(packages, "lab-y", IMPORTERS, "good = lab_plugins_for_test:Other")
    with pytest.raises(ConfigurationError) as refusal:
        load_registry(found)
    assert refusal.value.message == "Both lab-x and lab-y provide 'good' in lims_msc.importers."
    assert "Uninstall one" in refusal.value.hint


def test_the_same_key_may_stand_in_two_groups(packages: Path) -> None:
    found = installed(packages, "lab-x", IMPORTERS, GOOD)
    found += installed(packages, "lab-y", "lims_msc.exporters", GOOD)
    registry = load_registry(found)
    assert (list(registry.importers), list(registry.exporters)) == (["good"], ["good"])


def test_an_installed_package_of_another_laboratory_is_found(packages: Path) -> None:
    installed(packages, "lab-x", IMPORTERS, GOOD)
    assert "good" in load_registry().importers


def test_everything_of_ours_loads(registry: Registry) -> None:
    assert registry.broken == ()
    assert {"generic_grid", "tecan_magellan", "tecan_icontrol"} <= set(registry.importers)
    assert {"t_cell_proliferation", "b_cell_proliferation"} <= set(registry.assay_types)
    assert "pack" in registry.exporters
    assert list(registry.importers) == sorted(registry.importers)
    assert len(GROUPS) == 5


@pytest.mark.parametrize(
    ("ask", "what"), [("assay", "assay"), ("exporter", "export format"), ("importer", "importer")]
)
def test_an_unknown_key_is_refused_with_those_there_are(
    registry: Registry, ask: str, what: str
) -> None:
    with pytest.raises(NotFound, match=f"There is no {what} 'xyz'") as refusal:
        getattr(registry, ask)("xyz")
    assert refusal.value.hint.startswith("There are: ")


@pytest.mark.parametrize(
    ("ask", "what"), [("open_workbook", "opener 'workbook'"), ("plate_map_template", "template")]
)
def test_an_installation_without_its_opener_says_why(packages: Path, ask: str, what: str) -> None:
    with pytest.raises(ConfigurationError, match=f"The {what}.* is missing: it is not installed"):
        getattr(load_registry([]), ask)
    found = installed(packages, "lab-x", "lims_msc.openers", "workbook = lab_broken_for_test:X")
    with pytest.raises(ConfigurationError, match="of lab-x: ModuleNotFoundError"):
        _ = load_registry(found).open_workbook


class FakeImporter:
    """Answers as it is told."""

    title, version, extensions = "Fake", "1", (".csv",)

    def __init__(self, key: str, answer: Sniff | Exception) -> None:
        self.key = key
        self.answer = answer

    def sniff(self, _workbook: Workbook) -> Sniff:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def read(self, _workbook: Workbook) -> FileReadings:
        if isinstance(self.answer, Exception):
            raise self.answer
        return FileReadings(())


MINE, GENERIC = Sniff(is_mine=True, reason="mine"), Sniff(True, "a grid", is_generic=True)
NOT_MINE = Sniff(is_mine=False, reason="no plate in it")
FILE = Source("file.csv", b"x")


def knowing(**answers: Sniff | Exception) -> Registry:
    """Return a registry of importers that answer so."""
    return Registry(
        importers={key: FakeImporter(key, answer) for key, answer in answers.items()},  # type: ignore[misc]
        assay_types={},
        exporters={},
        openers={"workbook": lambda source: Workbook(source.file_name, "text", ())},
        templates={},
    )


@pytest.mark.parametrize(
    "answers",
    [
        {"a": MINE, "b": NOT_MINE},
        {"a": MINE, "b": GENERIC},
        {"a": MINE, "b": RuntimeError("bug")},
        {"a": GENERIC, "b": NOT_MINE},
    ],
)
def test_the_importer_that_knows_the_file_reads_it(answers: dict[str, Sniff | Exception]) -> None:
    # These importers find no readings: the refusal shows that the right one was asked to read.
    with pytest.raises(InputError, match="was recognised as Fake, but it holds no readings"):
        read_file(knowing(**answers), FILE)


@pytest.mark.parametrize("answers", [{"a": MINE, "b": MINE}, {"a": GENERIC, "b": GENERIC}])
def test_a_file_that_two_importers_know_is_a_question(answers: dict[str, Sniff]) -> None:
    with pytest.raises(AmbiguousFormat, match=r"Several importers know the file 'file\.csv'") as q:
        read_file(knowing(**answers, c=NOT_MINE), FILE)
    assert [finding.code for finding in q.value.findings] == ["importer.a", "importer.b"]


def test_a_file_that_nobody_knows_is_refused_with_each_reason() -> None:
    registry = knowing(a=NOT_MINE, b=RuntimeError("bug"))
    with pytest.raises(UnknownFormat) as refusal:
        read_file(registry, FILE)
    assert [finding.message for finding in refusal.value.findings] == [
        "Fake: no plate in it",
        "Fake: it failed while looking: RuntimeError",
    ]


def test_an_importer_that_fails_is_named_and_its_bug_stays_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = knowing(a=MINE, b=RuntimeError("/secret/path"))
    with pytest.raises(InputError, match="The importer 'Fake' failed on the file") as refusal:
        read_file(registry, FILE, "b")
    assert "/secret/path" not in str(refusal.value) + refusal.value.hint
    assert "/secret/path" in caplog.text
