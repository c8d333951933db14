"""The commands of the workbook of records: what they print, store, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import People
from factories import add_logins
from registry_books import plain

from lims_msc.cli import main
from lims_msc.domain.actor import Role
from lims_msc.domain.registry_example import example_records
from lims_msc.services import register
from lims_msc.services.transaction import Database


def run(database: Database, *arguments: object) -> Result:
    url = database.engine.url.render_as_string()
    words = ["--database", url, "registry", *(str(argument) for argument in arguments)]
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


@pytest.fixture
def logins(database: Database, people: People) -> Database:
    roles = {"anna": Role.TECHNICIAN, "dana": Role.DATA_MANAGER}
    return add_logins(database, people.administrator, **roles)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "example.xlsx"
    path.write_bytes(plain(example_records()).data)
    return path


def test_the_example_goes_from_the_template_to_the_export(logins: Database, tmp_path: Path) -> None:
    template, export = tmp_path / "template.xlsx", tmp_path / "export.xlsx"
    assert run(logins, "template", template, "--example").stdout == f"{template} is written.\n"
    tried = run(logins, "import", template, "--user", "anna", "--dry-run")
    assert tried.exit_code == 0
    assert "Batches          2    0        0" in tried.stdout
    assert tried.stdout.endswith("nothing was stored.\n")
    done = run(logins, "import", template, "--user", "anna")
    assert (done.exit_code, done.stdout.splitlines()[:-1]) == (0, tried.stdout.splitlines()[:-1])
    assert done.stdout.endswith("template.xlsx: stored.\n")
    again = run(logins, "import", template, "--user", "anna")
    assert (again.exit_code, again.stdout.count("stored.")) == (0, 1)
    assert again.stdout.endswith("template.xlsx: nothing was stored.\n")
    assert run(logins, "export", export, "--user", "anna").exit_code == 1
    assert run(logins, "export", export, "--user", "dana").exit_code == 0
    assert export.read_bytes() == template.read_bytes()
    assert run(logins, "template", template).exit_code == 0
    assert template.read_bytes() != export.read_bytes()


def test_a_refused_workbook_ends_with_one_and_every_cell(logins: Database, tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    changes = [("Donors", "B2", "femal"), ("Passages", "F2", "1.234"), ("Vials", "K2", 11)]
    bad.write_bytes(plain(example_records(), *changes).data)
    for more in ([], ["--dry-run"]):
        result = run(logins, "import", bad, "--user", "anna", *more)
        assert result.exit_code == 1
        assert "Donors           2    0        0" in result.stdout
        assert "error: Sheet 'Donors', cell B2: 'femal' is not one of the choices" in result.stderr
        assert "error: Sheet 'Passages', cell F2: '1.234' may mean" in result.stderr
        assert "warning: Sheet 'Vials', cell K1: 'Box' holds 1 number" in result.stderr
    with logins.reading() as session:
        assert not register.plan(session, []).records
    stored = json.loads(run(logins, "import", bad, "--user", "anna", "--json").stdout)
    assert (stored["stored"], stored["counts"]["batch"]) == (False, [2, 0, 0])
    assert [f["cell"] for f in stored["findings"]] == ["B2", "F2", "K1"]


def test_changes_are_printed_from_old_to_new_and_need_a_reason(
    logins: Database, example: Path, tmp_path: Path
) -> None:
    assert run(logins, "import", example, "--user", "anna").exit_code == 0
    other = tmp_path / "other.xlsx"
    changes = [("Vials", f"{column}2", "new") for column in "IJKL"]
    changes += [("Donors", f"C{row}", "new") for row in (2, 3)]
    changes += [("Batches", f"{column}2", "new") for column in "FGJKMPQ"]
    changes += [("Recipe steps", f"{column}2", "new") for column in "GH"]
    changes += [("HSCT", f"{column}2", "new") for column in "JS"]
    changes += [("Responders", f"{column}2", "new") for column in "GI"]
    changes += [("Thaws", "G2", "new"), ("Release tests", "H2", "new"), ("Outcomes", "E2", "new")]
    other.write_bytes(plain(example_records(), *changes).data)
    refused = run(logins, "import", other, "--user", "anna")
    assert refused.exit_code == 1
    assert "no reason is given" in refused.stderr
    assert (
        "sheet 'Donors', cell C3: Donor D-EX-B, Note: (empty) → new" in refused.stdout.splitlines()
    )
    assert f"… and {len(changes) - 20} more changes" in refused.stdout
    as_json = run(logins, "import", other, "--user", "anna", "--reason", "a test", "--json")
    told = json.loads(as_json.stdout)
    assert as_json.exit_code == 0
    assert told["stored"]
    assert len(told["changes"]) == len(changes)
    assert {
        "kind": "donor",
        "record": "D-EX-B",
        "field": "Note",
        "old": "",
        "new": "new",
        "sheet": "Donors",
        "cell": "C3",
    } in told["changes"]


def test_a_file_that_cannot_be_written_or_read_is_refused_in_a_sentence(
    logins: Database, tmp_path: Path
) -> None:
    result = run(logins, "template", tmp_path / "no folder" / "out.xlsx")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    text = tmp_path / "text.csv"
    text.write_text("a,b\n1,2\n")
    result = run(logins, "import", text, "--user", "anna")
    assert result.exit_code == 1
    assert "is no workbook of records" in result.stderr
