"""The guides to registered records: commands run as written, and what is named is there."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import People
from counters import TWO_SAMPLES, changed, nc_view
from factories import add_logins, new_batch

from lims_msc.cli import main
from lims_msc.database import make_engine
from lims_msc.domain.actor import Role
from lims_msc.domain.labels import LABEL_SIZES
from lims_msc.domain.records.fields import Entry
from lims_msc.domain.relations import RelationKind
from lims_msc.domain.release_templates import SHIPPED
from lims_msc.domain.stock import VialState, allowed_actions
from lims_msc.services import materials, register
from lims_msc.services.transaction import Database

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
GUIDES = ("registry", "vials", "release", "relations", "lineage", "cell-counts")


def guide(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def commands_of(name: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", guide(name), flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.fixture
def lab_here(
    migrated_file: Path, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with the database of a laboratory that has the people and batch of the guides."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LIMS_MSC_DATABASE_URL", raising=False)
    path = shutil.copy(migrated_file, tmp_path / "lims-msc.sqlite")
    database = Database(make_engine(f"sqlite:///{path}"))
    roles = {"anna": Role.TECHNICIAN, "dana": Role.DATA_MANAGER}
    add_logins(database, people.administrator, **roles)
    with database.unit_of_work(people.technician, "set up") as session:
        materials.register_batch(session, people.technician, new_batch(batch_code="MSC-7"))
        passage = Entry("passage", {"batch_code": "MSC-7", "passage": 3})
        register.register(session, people.technician, [passage])
    database.engine.dispose()
    sample = changed(TWO_SAMPLES[0], NAME="MSC-7 P3")
    (tmp_path / "counts.csv").write_bytes(nc_view(sample, TWO_SAMPLES[1]).data)
    return tmp_path


def run(commands: Iterable[str]) -> list[str]:
    printed = []
    for command in commands:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"
        printed.append(result.stdout)
    return printed


@pytest.mark.usefixtures("lab_here")
def test_the_workbook_goes_out_in_and_out_by_the_commands_of_its_guide() -> None:
    _, tried, stored, exported = run(commands_of("registry"))
    assert tried.endswith("registry.xlsx: nothing was stored.\n")
    assert stored.endswith("registry.xlsx: stored.\n")
    assert exported.startswith("registry.xlsx: ")


@pytest.mark.usefixtures("lab_here")
def test_the_command_of_the_counts_gives_them_to_a_passage() -> None:
    (printed,) = run(commands_of("cell-counts"))
    assert "MSC-7 P3" in printed
    assert "MSC-B" not in printed


@pytest.mark.parametrize(
    "name", [name for name in GUIDES if name not in {"registry", "cell-counts"}]
)
def test_the_other_guides_have_no_commands_that_nobody_runs(name: str) -> None:
    assert "lims-msc " not in "".join(re.findall(r"```.*?```|`[^`\n]*`", guide(name), re.DOTALL))


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_every_page_and_picture_that_a_page_names_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+\.\w+)[)#]", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if not t.startswith("http") and not (page.parent / t).exists()]
    assert missing == []


def test_every_test_that_a_guide_names_is_there() -> None:
    named = {path for name in GUIDES for path in re.findall(r"`(tests/[\w/.]+)`", guide(name))}
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_guide_to_release_has_a_line_for_each_shipped_version() -> None:
    lines = re.findall(r"^\| (.+?) \| (\d{4}|BMJ Open) \|", guide("release"), re.MULTILINE)
    assert sorted(lines) == sorted((shipped.name, shipped.version) for shipped in SHIPPED)


def test_the_guide_to_relations_has_every_relation_in_its_words() -> None:
    quoted = re.findall(r"`([^`\n]+)`", guide("relations"))
    for kind in RelationKind:
        assert any(words.startswith(kind.value) for words in quoted), kind


def test_the_guide_to_vials_has_every_size_and_says_what_is_possible() -> None:
    text = guide("vials")
    for size in LABEL_SIZES:
        (millimetres,) = re.findall(r"[\d.]+ × [\d.]+ mm", size.title)
        assert f"| {millimetres} |" in text
    for state in VialState:
        assert f"`{state.value}`" in text
    assert not allowed_actions(VialState.USED)
    assert not allowed_actions(VialState.DESTROYED)
    assert "| used, destroyed | nothing more |" in text
