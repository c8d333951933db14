"""The pages of methods are what the docstrings say, and the docstrings say enough."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "render_methods.py"
FOLDER = ROOT / "docs" / "methods"
MODULES = sorted((ROOT / "lims_msc" / "science").glob("[!_]*.py"))
sys.path.insert(0, str(SCRIPT.parent))


def names(path: Path) -> str:
    return path.stem


def documented(path: Path) -> Iterator[tuple[str, str]]:
    """Yield every public thing of a module with its docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield path.stem, ast.get_docstring(tree) or ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, ast.get_docstring(node) or ""
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", ast.get_docstring(inner) or ""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_pages_are_what_the_docstrings_say_and_every_module_has_one() -> None:
    done = run("--check")
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_wrong_usage_prints_how_it_is_used() -> None:
    done = run("--chek")
    assert done.returncode == 2
    assert "render_methods.py --check" in done.stdout


def test_a_module_without_a_page_and_a_page_without_its_module_are_named() -> None:
    from methods_pages import PAGES
    from render_methods import misplaced

    placed = {name for page in PAGES for name in page.modules}
    assert misplaced(placed) == []
    stranger, gone = misplaced((placed - {"suppression"}) | {"sorcery"})
    assert stranger.startswith("The module 'sorcery' is on no page; add it to PAGES in scripts/")
    assert gone.startswith("There is no module 'suppression'; take it out of PAGES")


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_every_public_thing_of_science_has_a_docstring(path: Path) -> None:
    assert [name for name, docstring in documented(path) if not docstring] == []


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_with_a_formula_says_where_it_comes_from(path: Path) -> None:
    docstrings = [docstring for _, docstring in documented(path)]
    if any(re.search(r"::\s*\n\s*\n\s+\S", docstring) for docstring in docstrings):
        assert any("Source:" in docstring for docstring in docstrings)


def pages() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}


def test_every_link_between_the_pages_leads_somewhere() -> None:
    found = pages()
    for name, text in found.items():
        for target in re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
            if target.startswith("https://"):
                continue
            file, _, anchor = target.partition("#")
            if (file and not file.endswith(".md")) or file.startswith(".."):
                assert (FOLDER / file).is_file(), target
            elif anchor:
                assert re.search(rf"^## {anchor}$", found[file or name], re.MULTILINE), target
            else:
                assert file in found, target


def test_every_formula_of_a_docstring_stands_on_a_page_as_it_was_written() -> None:
    from docstring_markdown import blocks

    text = "\n".join(pages().values())
    formulas = [
        block.text
        for path in MODULES
        for _, docstring in documented(path)
        for block in blocks(docstring)
        if block.kind == "formula"
    ]
    assert len(formulas) > 30
    assert [formula for formula in formulas if formula not in text] == []
