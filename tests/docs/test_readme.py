"""Every command of the README does what it says, in the order in which a newcomer types them."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from lims_msc.migrate import upgrade
from lims_msc.web.state import State

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOST_GUIDE = (ROOT / "docs" / "host.md").read_text(encoding="utf-8")
PROGRAMS = Path(sys.executable).parent
MAKE = {"make demo": "demo", "make test": "test"}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def commands() -> list[str]:
    return [line for block in blocks(README, "sh") for line in block.splitlines() if line]


def test_the_readme_has_the_commands_that_it_promises() -> None:
    assert commands()[:2] == list(MAKE)


@pytest.mark.parametrize("command", MAKE)
def test_each_make_target_of_the_readme_is_one_command_after_preparing(command: str) -> None:
    steps = subprocess.run(
        ["make", "--no-print-directory", "-n", MAKE[command], "ONCE=1"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert len(steps) == 2
    assert "scripts/prepare.py" in steps[0]
    program = shlex.split(steps[1])[0]
    assert (ROOT / program).exists() or Path(program).name == "lims-msc"


def test_the_commands_of_a_laboratory_run_as_written(tmp_path: Path) -> None:
    """From an empty folder: the demonstration, a database, a user, the readings of every file."""
    environment = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("LIMS_MSC_DATABASE_URL", None)

    def run(command: str) -> str:
        done = subprocess.run(
            command,
            shell=True,
            check=False,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    table = run("lims-msc demo --once")
    assert "SIM-MSC-H1 (resting)" in table
    typed = [command for command in commands() if command.startswith("lims-msc")]
    assert typed[-1].startswith("lims-msc read")
    for command in typed:
        if command != "lims-msc serve":
            printed = run(command)
    assert printed.startswith("file,plate,well,sample,read_label,kind,wavelength_nm,emission_nm,")
    assert len(printed.splitlines()) > 300
    assert (tmp_path / "lims-msc.sqlite").exists()


@pytest.mark.parametrize("text", [README, HOST_GUIDE], ids=["README", "host guide"])
def test_the_mounting_example_runs_as_written(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example = next(block for block in blocks(text, "python") if "LimsMsc(app" in block)
    (tmp_path / "host.py").write_text(example, encoding="utf-8")
    app = runpy.run_path("host.py", run_name="host")["app"]
    state: State = app.extensions["lims_msc"]
    upgrade(state.database.engine)
    answer = app.test_client().get("/msc/")
    assert answer.status_code == 200
    assert "Anna Weiss" in answer.text
    state.database.engine.dispose()


def test_every_page_and_picture_that_the_readme_names_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [t for t in targets if not t.startswith("http") and not (ROOT / t).exists()]
    assert missing == []
