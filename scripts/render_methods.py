"""Writes docs/methods: what is computed, from the docstrings of lims_msc/science themselves.

render_methods.py            write the pages
render_methods.py --check    fail if they are not what the docstrings say

A module is on the page that ``methods_pages`` gives it; one that stands nowhere is on a page Other,
which the check does not let through.  The list of pages is written into docs/methods/README.md; its
other text is written by hand.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from docstring_markdown import Linker, markdown, prose, wrapped
from methods_pages import PAGES, Page

ROOT = Path(__file__).resolve().parent.parent
SCIENCE = ROOT / "lims_msc" / "science"
FOLDER = ROOT / "docs" / "methods"
INDEX = FOLDER / "README.md"
BEGIN, END = "<!-- pages: made by scripts/render_methods.py -->", "<!-- end of pages -->"
MADE = (
    "[All methods](README.md). Made from the docstrings of the code by "
    "`python scripts/render_methods.py`."
)
ADVICE = "run: python scripts/render_methods.py"


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them with what the docstrings say."""
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    modules = {path.stem: path for path in sorted(SCIENCE.glob("[!_]*.py"))}
    sentences = misplaced(set(modules))
    for sentence in sentences:
        print(sentence)
    wanted = pages(modules)
    if arguments:
        wrong = _differences(wanted)
        for name in wrong:
            print(f"docs/methods/{name} is not what the docstrings say; {ADVICE}")
        return 1 if wrong or sentences else 0
    for old in FOLDER.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def pages(modules: dict[str, Path]) -> dict[str, str]:
    """Return the text of every page by file name."""
    strangers = tuple(name for name in modules if name not in _placed())
    other = Page("other", "Other", "modules without a page yet", strangers)
    found = [page for page in (*PAGES, other) if set(page.modules) & set(modules)]
    places = {name: f"{page.name}.md#{name}" for page in found for name in page.modules}
    texts = {f"{page.name}.md": _page(page, modules, places) for page in found}
    return {**texts, INDEX.name: _index(found)}


def _placed() -> list[str]:
    return [name for page in PAGES for name in page.modules]


def misplaced(modules: set[str]) -> list[str]:
    """Return a sentence for each module that is not on one page, or is not there."""
    placed = _placed()
    table = "PAGES in scripts/methods_pages.py"
    return [
        *(
            f"The module '{name}' is on no page; add it to {table}."
            for name in sorted(modules - set(placed))
        ),
        *(
            f"There is no module '{name}'; take it out of {table}."
            for name in sorted(set(placed) - modules)
        ),
        *(
            f"The module '{name}' is on several pages of {table}."
            for name in sorted({name for name in placed if placed.count(name) > 1})
        ),
    ]


def _differences(wanted: dict[str, str]) -> list[str]:
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    return sorted(n for n in wanted.keys() | there.keys() if wanted.get(n) != there.get(n))


def _index(found: list[Page]) -> str:
    """Return the first page with the list of the others in its place."""
    text = INDEX.read_text(encoding="utf-8")
    lines = "\n".join(f"| [{page.title}]({page.name}.md) | {page.about} |" for page in found)
    table = f"{BEGIN}\n\n| page | holds |\n| --- | --- |\n{lines}\n\n{END}"
    return re.sub(f"{BEGIN}.*{END}", lambda _: table, text, flags=re.DOTALL)


def _page(page: Page, modules: dict[str, Path], places: dict[str, str]) -> str:
    about = wrapped(f"{page.about[0].upper()}{page.about[1:]}.")
    head = f"# {page.title}\n\n{about}\n\n{MADE}\n"
    sections = [
        "\n\n".join(_module(name, modules[name], _linker(name, page, places)))
        for name in page.modules
        if name in modules
    ]
    return "\n".join((head, *(f"{section}\n" for section in sections)))


def _linker(own: str, page: Page, places: dict[str, str]) -> Linker:
    """Return what links the name of another module to its section."""

    def link(name: str) -> str | None:
        module = name.removeprefix("lims_msc.science.").split(".")[0]
        if module == own or module not in places:
            return None
        return places[module].removeprefix(f"{page.name}.md")

    return link


def _module(name: str, path: Path, link: Linker) -> Iterator[str]:
    """Yield the section of a module: itself, its constants, its functions, its types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield f"## {name}"
    yield markdown(ast.get_docstring(tree) or "", link)
    yield f"[lims_msc/science/{path.name}](../../lims_msc/science/{path.name})"
    if constants := list(_constants(tree, link)):
        yield "\n".join(constants)
    public = [node for node in tree.body if _is_public(node)]
    for node in public:
        if isinstance(node, ast.FunctionDef):
            yield from _function(node, link, f"### {node.name}")
    for node in public:
        if isinstance(node, ast.ClassDef):
            yield from _class(node, link)


def _is_public(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")


def _function(node: ast.FunctionDef, link: Linker, heading: str) -> Iterator[str]:
    yield heading
    yield f"`{node.name}({_arguments(node.args)})`"
    yield markdown(ast.get_docstring(node) or "", link)


def _arguments(found: ast.arguments) -> str:
    """Return the names of arguments with their defaults, without types."""
    for argument in ast.walk(found):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return re.sub(r"^(self|cls)(, )?", "", ast.unparse(found))


def _class(node: ast.ClassDef, link: Linker) -> Iterator[str]:
    """Yield a type: what it is, its fields or words, and what it can say of itself."""
    yield f"### {node.name}"
    if docstring := ast.get_docstring(node):
        yield markdown(docstring, link)
    if fields := list(_fields(node)):
        yield wrapped(f"Fields: {', '.join(fields)}.")
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
    short = [method for method in methods if _is_short(method)]
    if lines := [*_constants(node, link), *(_line(method, link) for method in short)]:
        yield "\n".join(lines)
    for method in methods:
        if method not in short:
            yield from _function(method, link, f"#### {node.name}.{method.name}")


def _fields(node: ast.ClassDef) -> Iterator[str]:
    for found in node.body:
        if isinstance(found, ast.AnnAssign) and isinstance(found.target, ast.Name):
            kind = ast.unparse(found.annotation)
            if not found.target.id.startswith("_") and not kind.startswith("ClassVar"):
                yield f"`{found.target.id}: {kind}`"


def _is_short(node: ast.FunctionDef) -> bool:
    return "\n\n" not in (ast.get_docstring(node) or "")


def _line(node: ast.FunctionDef, link: Linker) -> str:
    is_property = any(ast.unparse(mark).endswith("property") for mark in node.decorator_list)
    name = node.name if is_property else f"{node.name}({_arguments(node.args)})"
    text = " ".join((ast.get_docstring(node) or "").split())
    return wrapped(f"`{name}`: {prose(text, link)}", "- ")


def _constants(node: ast.Module | ast.ClassDef, link: Linker) -> Iterator[str]:
    """Yield the words of an enumeration, and constants that have a docstring."""
    is_words = isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(b) for b in node.bases)
    for found, following in zip(node.body, [*node.body[1:], None], strict=True):
        if not isinstance(found, ast.Assign) or not isinstance(found.targets[0], ast.Name):
            continue
        said = _string(following)
        if found.targets[0].id.startswith("_") or not (said or is_words):
            continue
        value = ast.unparse(found.value)
        name = value.strip("'") if is_words else _named(found.targets[0].id, value)
        yield wrapped(f"`{name}`: {prose(said, link)}" if said else f"`{name}`", "- ")


def _named(name: str, value: str) -> str:
    """Return a constant with its value, or without it where that would be a whole object."""
    return name if "(" in value or len(value) > 40 else f"{name} = {value}"


def _string(node: ast.stmt | None) -> str:
    """Return the docstring that a string behind a constant is."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(inspect.cleandoc(str(node.value.value)).split())
    return ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
