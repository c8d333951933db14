"""What stands in a docstring comes out as Markdown that means the same."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from docstring_markdown import blocks, markdown, prose, wrapped

DOCSTRING = """Return the suppression of one dose, in percent.

The control is the mean of its wells::

    S = 100 · (1 − T/P)
      * not a list

``S`` is below 0 where MSC stimulate, see :func:`fit_curve`.  It is *not* clipped.

* first, which goes on
  in a second line
* second

:param doses: as MSC per responder.
:raises ValueError: if there is no well,
    or a number is not finite.
:raises KeyError: never.
Source: Finney 1978; Fieller 1954, doi 10.1111/j.2517-6161.1954.tb00159.x.
"""


def nowhere(_: str) -> None:
    return None


def shown(text: str) -> str:
    """Return what a reader of the rendered Markdown sees, in HTML."""
    return MarkdownIt("commonmark").enable("table").render(text)


def test_the_parts_of_a_docstring_are_told_apart() -> None:
    assert [block.kind for block in blocks(DOCSTRING)] == [
        "text", "text", "formula", "text", "item", "item", "param", "raises", "raises", "source",
    ]  # fmt: skip


def test_a_docstring_becomes_prose_formula_lists_and_source() -> None:
    assert markdown(DOCSTRING, {"fit_curve": "curves.md#fitting"}.get) == (
        "Return the suppression of one dose, in percent.\n\n"
        "The control is the mean of its wells:\n\n"
        "```text\nS = 100 · (1 − T/P)\n  * not a list\n```\n\n"
        "`S` is below 0 where MSC stimulate, see [`fit_curve`](curves.md#fitting). It is *not* "
        "clipped.\n\n"
        "- first, which goes on in a second line\n- second\n"
        "- `doses`: as MSC per responder.\n"
        "- *Raises* `ValueError` if there is no well, or a number is not finite.\n"
        "- *Raises* `KeyError` never.\n\n"
        "*Source:* Finney 1978; Fieller 1954,\n"
        "[doi 10.1111/j.2517-6161.1954.tb00159.x]"
        "(https://doi.org/10.1111/j.2517-6161.1954.tb00159.x)."
    )


def test_a_table_keeps_its_columns() -> None:
    table = "====  =====\nmode  bg\n====  =====\nFULL  N − B\nNONE  0\n====  ====="
    assert markdown(table, nowhere) == (
        "| mode | bg |\n| --- | --- |\n| FULL | N − B |\n| NONE | 0 |"
    )


@pytest.mark.parametrize(
    "text",
    ["a*b and c*d", "x_ and _y", "n < 3 <b>", "a \\ b", "f(x)_min * 2", "[%] of P", "2 * (3 * 4)"],
)
def test_signs_of_arithmetic_are_shown_as_they_are(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert shown(prose(text, nowhere)) == f"<p>{escaped}</p>\n"


@pytest.mark.parametrize(
    "text", ["+ on a rising curve", "- minus", "# number", "> above", "3. third", "3) third", "= x"]
)
def test_a_line_that_looks_like_a_list_is_a_paragraph(text: str) -> None:
    assert shown(wrapped(text)).startswith("<p>")
    filler = "word " * 19
    assert "<li>" not in shown(wrapped(f"{filler}{text}"))
    assert "<h1>" not in shown(wrapped(f"{filler}{text}"))


def test_code_is_never_broken_over_lines() -> None:
    code = "`a very long name: tuple[str, ...] = ()`"
    assert all(line.count("`") % 2 == 0 for line in wrapped(f"{code}, " * 9).splitlines())


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi 10.1002/pst.62", "10.1002/pst.62"),
        ("(doi 10.1002/pst.62).", "10.1002/pst.62"),
        ("doi 10.1016/S0022-1759(02)00080-4, page 3", "10.1016/S0022-1759(02)00080-4"),
        ("doi 10.1093/biomet/38.3-4.330.", "10.1093/biomet/38.3-4.330"),
    ],
)
def test_a_doi_is_a_link_without_the_sign_behind_it(text: str, doi: str) -> None:
    assert f'href="https://doi.org/{doi}"' in shown(prose(text, nowhere))
