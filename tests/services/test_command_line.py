"""The command line: done, refused with the reason, or wrong usage; and nothing half done."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from conftest import People
from factories import (
    STUDY,
    add_demo_materials,
    add_logins,
    add_plate,
    book,
    demo_files,
    grid,
    invented_map_file,
    invented_reader_file,
    take,
    two_wavelength_file,
)

from lims_msc.cli import main
from lims_msc.cli_results import results_text
from lims_msc.demo.invented import PLATE, invented_signals
from lims_msc.domain.actor import Role
from lims_msc.domain.review import ReviewAction
from lims_msc.registry import Registry
from lims_msc.services import queries, users
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]
VALUES = {str(well): signal.value for well, signal in invented_signals().items()}


def run(*arguments: object, database: Database | None = None) -> Result:
    url = database.engine.url.render_as_string() if database else "sqlite:///none.sqlite"
    words = ["--database", url, *(str(argument) for argument in arguments)]
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


@pytest.fixture
def logins(lab: Database, people: People) -> Database:
    """The laboratory with two people who can be named on the command line."""
    return add_logins(lab, people.administrator, anna=Role.TECHNICIAN, paul=Role.REVIEWER)


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """The reader file of the invented plate, on the disk."""
    path = tmp_path / "reader.xlsx"
    path.write_bytes(invented_reader_file().data)
    return path


def commands(group: click.Group, *above: str) -> list[tuple[tuple[str, ...], click.Command]]:
    """Return every command below a group with the words that call it."""
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += commands(command, *above, name)
        else:
            found.append(((*above, name), command))
    return found


@pytest.mark.parametrize("words", [words for words, _ in commands(main)], ids=" ".join)
def test_every_command_has_help_with_an_example(words: tuple[str, ...]) -> None:
    result = run(*words, "--help")
    assert result.exit_code == 0
    (example,) = (line for line in result.output.splitlines() if "Example: lims-msc" in line)
    assert " ".join(words) in example


@pytest.mark.parametrize(
    "words",
    [["read"], ["nothing"], ["read", "no-such-file.xlsx"], ["export"], ["read", "--format"]],
)
def test_wrong_usage_ends_with_two(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.csv"
    good.write_bytes(book(Raw=grid({"A1": 0.5})))
    bad.write_text("milk,2\n")
    result = run("read", bad, good, "--format", "csv")
    assert result.exit_code == 1
    assert "No importer knows the file 'bad.csv'" in result.stderr
    (row,) = (row for row in csv.DictReader(io.StringIO(result.stdout)) if row["value"])
    assert (row["well"], row["value"], row["raw"], row["cell"]) == ("A1", "0.5", "0.5", "B2")


def test_the_columns_of_readings_are_those_other_programs_lean_on(reader: Path) -> None:
    printed = run("read", reader, "--format", "csv").stdout
    assert printed.splitlines()[0] == (
        "file,plate,well,sample,read_label,kind,wavelength_nm,emission_nm,time_s,value,marker,raw,"
        "unit,sheet,cell"
    )
    as_json = json.loads(run("read", reader, "--format", "json").stdout)
    assert {row["well"]: float(row["value"]) for row in as_json} == VALUES
    assert list(csv.DictReader(io.StringIO(printed))) == as_json


@pytest.mark.skipif(os.name == "nt", reason="names are bytes on Unix only")
def test_a_file_whose_name_is_no_utf_8_is_read_and_its_refusal_recorded(
    logins: Database, registry: Registry, people: People, tmp_path: Path
) -> None:
    add_plate(logins, registry, people.technician)
    path = tmp_path / os.fsdecode(b"Pl\xe4tte.csv")
    path.write_bytes(b"milk,2\n")
    arguments = ["import", path, "--plate", PLATE, "--user", "anna"]
    result = run(*arguments, database=logins)
    assert result.exit_code == 1
    assert "No importer knows the file 'Pl\ufffdtte.csv'" in result.stderr


def test_a_plate_goes_from_its_map_to_its_curves(
    logins: Database, registry: Registry, reader: Path
) -> None:
    plate_map = reader.with_name("map.xlsx")
    plate_map.write_bytes(invented_map_file(registry).data)
    uploaded = run("plate-map", "upload", plate_map, "--user", "anna", database=logins)
    assert uploaded.exit_code == 0, uploaded.output
    result = run("import", reader, "--plate", PLATE, "--user", "anna", database=logins)
    assert result.exit_code == 0, result.output
    assert "1:9.6" in result.output
    listed = run("curves", "--format", "json", database=logins)
    assert [row["R50 (MSC:responder)"] for row in json.loads(listed.output)] == ["1:9.6"]
    assert run("audit", "verify", database=logins).output == "The audit trail is whole.\n"


def test_a_difference_of_two_reads_is_chosen_by_its_name(
    logins: Database, registry: Registry, people: People, tmp_path: Path
) -> None:
    add_plate(logins, registry, people.technician)
    path = tmp_path / "two.xlsx"
    path.write_bytes(two_wavelength_file().data)
    arguments = ["import", path, "--plate", PLATE, "--user", "anna"]
    refused = run(*arguments, database=logins)
    assert refused.exit_code == 1
    assert "a difference of two: '450 nm minus 570 nm'" in refused.stderr
    result = run(*arguments, "--read", "450 nm minus 570 nm", database=logins)
    assert result.exit_code == 0, result.output
    assert "1:9.6" in result.output


def test_a_plate_of_concentrations_goes_from_its_map_to_curves_and_values(
    logins: Database, registry: Registry, people: People, tmp_path: Path
) -> None:
    result = run_demo_plate(logins, registry, people, tmp_path, "SIM-ELISA-01")
    assert "suppression_at_1:10" in result
    assert "< 156.25 pg/mL" in result
    values = json.loads(run("values", "--format", "json", database=logins).output)
    quantities = {row["quantity"] for row in values}
    assert quantities == {"Concentration of IFN-γ", "Recovery of the quality control"}
    censored = [row for row in values if row["value"].startswith("<")]
    assert {row["value"] for row in censored} == {"< 156.25 pg/mL"}
    assert {row["interval"] for row in censored} == {""}
    curves = json.loads(run("curves", "--format", "json", database=logins).output)
    assert {row["assay"] for row in curves} == {"Soluble factors by ELISA"}


def test_a_plate_of_killing_has_values_and_no_curve(
    logins: Database, registry: Registry, people: People, tmp_path: Path
) -> None:
    result = run_demo_plate(logins, registry, people, tmp_path, "SIM-KILL-01")
    assert "suppression_at_1:10" not in result
    assert "Specific lysis" in result
    assert "SIM-MSC-H1, resting, SIM-NK-1, IL-2 100 U/mL, MSC:responder 1:10, E:T 20:1" in result
    assert run("curves", "--format", "json", database=logins).output == "[]\n"
    printed = run("values", "--format", "csv", database=logins).output
    assert printed.splitlines()[0] == "plate,quantity,of,value,interval"


def run_demo_plate(
    database: Database, registry: Registry, people: People, folder: Path, code: str
) -> str:
    """Upload map and reader file of a demonstration plate; return what the import printed."""
    add_demo_materials(database, people.technician)
    paths = []
    for source in demo_files(registry, code):
        paths.append(folder / source.file_name)
        paths[-1].write_bytes(source.data)
    uploaded = run("plate-map", "upload", paths[0], "--user", "anna", database=database)
    assert uploaded.exit_code == 0, uploaded.output
    result = run("import", paths[1], "--plate", code, "--user", "anna", database=database)
    assert result.exit_code == 0, result.output
    return result.output


def test_without_curves_and_values_the_command_line_says_that_there_is_no_result() -> None:
    assert results_text((), ()) == "The plate has no result; its page says why."


def test_a_dry_run_stores_nothing(
    logins: Database, registry: Registry, people: People, counts: Counts, reader: Path
) -> None:
    add_plate(logins, registry, people.technician)
    before = counts(logins)
    arguments = ["import", reader, "--plate", PLATE, "--user", "anna", "--dry-run"]
    result = run(*arguments, database=logins)
    assert result.exit_code == 0
    assert f"{len(VALUES)} readings; nothing was stored" in result.output
    assert counts(logins) == before


def test_a_file_of_two_plates_asks_which_one_and_takes_the_one_that_is_named(
    logins: Database, registry: Registry, people: People, tmp_path: Path
) -> None:
    add_plate(logins, registry, people.technician)
    path = tmp_path / "two.xlsx"
    path.write_bytes(book(Monday=grid(VALUES), Tuesday=grid(VALUES)))
    arguments = ["import", path, "--plate", PLATE, "--user", "anna"]
    asked = run(*arguments, database=logins)
    assert asked.exit_code == 1
    assert "holds 2 plates" in asked.stderr
    assert run(*arguments, "--file-plate", "3", database=logins).exit_code == 1
    assert run(*arguments, "--file-plate", "0", database=logins).exit_code == 2
    assert run(*arguments, "--file-plate", "2", database=logins).exit_code == 0


@pytest.mark.parametrize(
    ("user", "code", "words"),
    [([], 2, "--user LOGIN"), (["--user", "mallory"], 1, "no active user 'mallory'")],
)
def test_a_change_is_made_on_behalf_of_somebody(
    logins: Database, reader: Path, user: list[str], code: int, words: str
) -> None:
    result = run("import", reader, "--plate", PLATE, *user, database=logins)
    assert (result.exit_code, words in result.stderr) == (code, True)


def test_a_plate_that_does_not_wait_is_named_with_those_that_do(
    logins: Database, registry: Registry, people: People, reader: Path
) -> None:
    add_plate(logins, registry, people.technician, "P-7")
    result = run("import", reader, "--plate", "P-8", "--user", "anna", database=logins)
    assert result.exit_code == 1
    assert "No plate 'P-8' waits" in result.stderr
    assert "Waiting: P-7." in result.stderr


@pytest.fixture
def approved(analysed: Database, people: People) -> Database:
    take(analysed, people.technician, 1, ReviewAction.SUBMIT)
    take(analysed, people.reviewer, 1, ReviewAction.APPROVE)
    return add_logins(analysed, people.administrator, anna=Role.TECHNICIAN, paul=Role.REVIEWER)


def test_an_approved_study_is_exported(approved: Database, tmp_path: Path) -> None:
    out = tmp_path / "pack.zip"
    result = run("export", STUDY, "--out", out, "--user", "paul", database=approved)
    assert result.exit_code == 0, result.output
    assert out.read_bytes()[:2] == b"PK"


def test_what_could_not_be_written_is_not_recorded_as_exported(
    approved: Database, counts: Counts, tmp_path: Path
) -> None:
    before = counts(approved)
    out = tmp_path / "missing" / "pack.zip"
    result = run("export", STUDY, "--out", out, "--user", "paul", database=approved)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert counts(approved) == before


def test_the_template_is_written_or_refused_in_words(lab: Database, tmp_path: Path) -> None:
    out = tmp_path / "map.xlsx"
    assert run("plate-map", "template", out, database=lab).exit_code == 0
    assert out.read_bytes()[:2] == b"PK"
    refused = run("plate-map", "template", tmp_path / "missing" / "map.xlsx", database=lab)
    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr


def test_a_person_is_added(lab: Database) -> None:
    arguments = ["user", "add", "anna", "--name", "Anna Weiss", "--role", "technician"]
    result = run(*arguments, "--password", "correct horse battery", database=lab)
    assert result.exit_code == 0, result.output
    with lab.reading() as session:
        assert users.actor_by_login(session, "anna").name == "Anna Weiss"
    short = run(*arguments, "--password", "short", database=lab)
    assert short.exit_code == 1
    assert "has 5 characters" in short.stderr


def test_a_broken_trail_is_a_refusal(lab: Database) -> None:
    with lab.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER msc_audit_no_update")
        connection.exec_driver_sql("UPDATE msc_audit SET reason = 'x' WHERE id = 2")
    result = run("audit", "verify", database=lab)
    assert (result.exit_code, result.stderr) == (1, "The audit trail is broken at row 2.\n")
    checked = run("db", "check", database=lab)
    assert checked.exit_code == 1
    assert "msc_audit_no_update" in checked.stderr


@pytest.mark.parametrize("words", [["curves"], ["values"], ["audit", "verify"], ["db", "check"]])
def test_a_database_that_cannot_be_opened_is_a_refusal(tmp_path: Path, words: list[str]) -> None:
    result = CliRunner().invoke(
        main, ["--database", f"sqlite:///{tmp_path}/missing/lab.sqlite", *words]
    )
    assert result.exit_code == 1
    assert "cannot be opened" in result.stderr


def test_the_lists_of_an_empty_laboratory_are_empty(lab: Database, registry: Registry) -> None:
    with lab.reading() as session:
        assert queries.all_curves(session, registry) == ()
        assert queries.all_values(session, registry) == ()
    assert run("curves", "--format", "json", database=lab).output == "[]\n"
    assert run("values", "--format", "json", database=lab).output == "[]\n"
