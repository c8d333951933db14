"""The page about validation: its commands run as written and print what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from lims_msc.cli import main

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|text|json)\n(.*?)```", GUIDE, flags=re.DOTALL)


def test_the_page_shows_commands_their_output_and_a_file() -> None:
    assert [language for language, _ in BLOCKS] == ["sh", "sh", "text", "json", "sh", "text"]
    commands = [text.strip() for language, text in BLOCKS if language == "sh"]
    assert all(command.startswith("lims-msc validate") for command in commands)


def without_this_machine(record: str) -> list[list[str]]:
    """Return the cells of a record; errors of rounding, versions and time are left out."""
    tables = record.split("\n\n", 1)[1]
    lines = [re.split(r" {2,}", line) for line in tables.splitlines() if line]
    return [[c for c in line if not re.fullmatch(r"\d\.\de[+-]\d\d", c)] for line in lines]


@pytest.mark.parametrize("number", [1, 4])
def test_a_command_prints_what_stands_below_it(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own-cases.json").write_text(BLOCKS[3][1], encoding="utf-8")
    command, shown = BLOCKS[number][1], BLOCKS[number + 1][1]
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    if len(shown.splitlines()) > 1:
        assert without_this_machine(result.stdout) == without_this_machine(shown)
        assert [line.split()[0] for line in result.stdout.splitlines()[:2]] == [
            line.split()[0] for line in shown.splitlines()[:2]
        ]
    else:
        assert shown in result.stdout
        assert "own-cases.json" in result.stdout


def test_the_tolerances_that_the_page_names_are_those_that_count() -> None:
    from lims_msc.validation.quantities import ToleranceRule
    from lims_msc.validation.tolerances import tolerance_of

    for key in re.findall(r"`(\w+_(?:rel|abs)|rel|abs)`", GUIDE):
        moved = [
            rule
            for rule in ToleranceRule
            if tolerance_of(rule, {key: 0.5}) != tolerance_of(rule, {})
        ]
        assert moved, key
