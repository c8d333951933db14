"""Writes docs/methods: what is computed, from the docstrings of lims_msc/science themselves.

render_methods.py            write the pages
render_methods.py --check    fail if they are not what the docstrings say

A module is on the page that ``PAGES`` gives it; one that stands nowhere is on the page Other, which
the check does not let through.  The list of pages is written into docs/methods/README.md; its other
text is written by hand.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from docstring_markdown import Linker, markdown, prose, wrapped

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


@dataclass(frozen=True)
class Page:
    """A page: its file, its title, what it is about, and the modules that stand on it."""

    name: str
    title: str
    about: str
    modules: tuple[str, ...]


PAGES = (
    Page(
        "suppression",
        "Suppression and its background",
        "percentages from wells in four background modes, with errors that know shared wells",
        ("suppression", "uncertainty", "propagation"),
    ),
    Page(
        "summaries",
        "Dose and summaries of a curve",
        "anchor dose, area, dose of half suppression, maximum, and whether there is an effect",
        ("summaries", "half_suppression", "dose_effect"),
    ),
    Page(
        "curves",
        "Curve models and fits",
        "4PL and both 5PL families, weights, fixed plateaus, bounds, and what a fit says",
        ("curves", "fitting", "fit_report", "fit_covariance", "profile", "fitted_line"),
    ),
    Page(
        "curve-search",
        "How a fitted curve is found",
        "the search for the least-squares curve, and how it is told that there is none",
        ("curve_optimum", "curve_search", "curve_starts", "curve_limits", "reduced_fit"),
    ),
    Page(
        "standard-curves",
        "Standard curves",
        "immunoassays: standards, read-back, range of quantitation; straight lines",
        ("standard_curve", "standard_range", "reading_back", "competitive", "standard_line"),
    ),
    Page(
        "killing-division-ido",
        "Killing, dye dilution, IDO",
        "specific lysis, indices of division, activity of indoleamine 2,3-dioxygenase",
        ("cytotoxicity", "dye_dilution", "ido_activity"),
    ),
    Page(
        "relative-potency",
        "Relative potency",
        "curves of one shape, parallel lines, equivalence, and when no number is given",
        (
            "potency",
            "similarity",
            "equivalence",
            "dose_response",
            "parallel_lines",
            "unlike_curves",
            "common_shape",
            "potency_profile",
            "common_shape_search",
            "common_shape_rim",
        ),
    ),
    Page(
        "plate-quality",
        "Quality of a plate, and outliers",
        "Z′, windows, CV, drift, edge effects; tests that suggest outliers and remove none",
        ("quality", "plate_effects", "outliers", "dixon_ratio"),
    ),
    Page(
        "control-charts",
        "Control charts and limits of detection",
        "reference batches over runs, their rules, and the smallest difference that can be told",
        ("control_charts", "westgard_rules", "detection_limits"),
    ),
    Page(
        "donor-tests",
        "Comparisons of donors",
        "one value for each donor; t, rank and exact tests, equivalence, multiplicity",
        (
            "donor_comparisons",
            "donor_means",
            "two_groups",
            "paired",
            "several_groups",
            "contingency",
            "two_one_sided",
            "multiplicity",
            "comparison",
            "t_tests",
            "exact_ranks",
            "moments",
        ),
    ),
    Page(
        "mixed-models",
        "Mixed models",
        "donors, batches and runs as random effects: REML, Satterthwaite, Kenward–Roger",
        (
            "mixed_model",
            "mixed_terms",
            "mixed_columns",
            "mixed_design",
            "satterthwaite",
            "kenward_roger",
        ),
    ),
    Page(
        "mixed-model-search",
        "How a mixed model is computed",
        "the restricted likelihood, its derivatives and its maximum, on the boundary too",
        ("reml_criterion", "reml_search", "mixed_structure", "mixed_moments", "mixed_scaling"),
    ),
)


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them with what the docstrings say."""
    wanted, strangers = pages()
    if arguments == ["--check"]:
        return _compare(wanted, strangers)
    if arguments:
        print(__doc__)
        return 2
    for old in FOLDER.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for module in strangers:
        print(f"The module '{module}' is on no page; add it to PAGES in scripts/render_methods.py.")
    return 0


def pages() -> tuple[dict[str, str], list[str]]:
    """Return the text of every page by file name, and the modules that are on no page."""
    modules = {path.stem: path for path in sorted(SCIENCE.glob("[!_]*.py"))}
    placed = {name for page in PAGES for name in page.modules}
    strangers = [name for name in modules if name not in placed]
    found = [page for page in PAGES if any(name in modules for name in page.modules)]
    if strangers:
        found.append(Page("other", "Other", "modules without a page yet", tuple(strangers)))
    places = {name: f"{page.name}.md#{name}" for page in found for name in page.modules}
    texts = {f"{page.name}.md": _page(page, modules, places) for page in found}
    texts[INDEX.name] = _index(found)
    return texts, strangers


def _compare(wanted: dict[str, str], strangers: list[str]) -> int:
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    wrong = sorted(n for n in wanted.keys() | there.keys() if wanted.get(n) != there.get(n))
    for name in wrong:
        print(f"docs/methods/{name} is not what the docstrings say; {ADVICE}")
    for module in strangers:
        print(f"The module '{module}' is on no page; add it to PAGES in scripts/render_methods.py.")
    return 1 if wrong or strangers else 0


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
