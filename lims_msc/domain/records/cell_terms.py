"""Responder and target cells with Cell Ontology identifiers, and cells easily mistaken for MSC.

Labels and identifiers are those of the ontology's own file of 2026-08-19.  Mesenchymal cells are
shown as "stromal"; the ontology's label, which still says "stem", is a synonym.
"""

from __future__ import annotations

from lims_msc.domain.records.terms import Confusion, Term

_TREG_KEYS = ("regulatory T cell", "CD4 CD25 regulatory T cell")
_NOT_MSC = "MSC are CL:0000134, mesenchymal stromal cells."


def _cell(
    key: str,
    number: str,
    synonyms: tuple[str, ...] = (),
    abbreviations: str = "",
    *,
    label: str = "",
    warning: str = "",
) -> Term:
    return Term(
        key,
        label or key,
        f"CL:{number}",
        tuple(abbreviations.split()),
        synonyms,
        warning=warning,
    )


_MIXED = (
    _cell(
        "PBMC",
        "2000001",
        (
            "peripheral blood mononuclear cell",
            "mononuclear cell of peripheral blood",
            "mononukleäre Zellen des peripheren Blutes",
        ),
    ),
)

_T_CELLS = (
    _cell("T cell", "0000084", ("T lymphocyte", "CD3+ T cell", "T-Zelle", "T-Zellen"), "T"),
    _cell("mature T cell", "0002419", ("mature T lymphocyte", "reife T-Zelle", "reife T-Zellen")),
    _cell(
        "CD4 T cell",
        "0000624",
        (
            "CD4+ T cell",
            "CD4-positive, alpha-beta T cell",
            "CD4-positive T cell",
            "helper T cell",
            "T helper cell",
            "CD4-T-Zelle",
            "CD4-T-Zellen",
            "CD4+ T-Zellen",
            "T-Helferzelle",
            "T-Helferzellen",
        ),
        "CD4 Th",
    ),
    _cell(
        "CD8 T cell",
        "0000625",
        (
            "CD8+ T cell",
            "CD8-positive, alpha-beta T cell",
            "CD8-positive T cell",
            "CD8-T-Zelle",
            "CD8-T-Zellen",
            "CD8+ T-Zellen",
        ),
        "CD8",
    ),
    _cell(
        "Th1 cell",
        "0000545",
        ("T-helper 1 cell", "type 1 helper T cell", "Th1-Zelle", "Th1-Zellen"),
        "Th1",
    ),
    _cell(
        "Th17 cell",
        "0000899",
        ("T-helper 17 cell", "type 17 helper T cell", "Th17-Zelle", "Th17-Zellen"),
        "Th17",
    ),
    _cell(
        "regulatory T cell",
        "0000815",
        ("T regulatory cell", "regulatorische T-Zelle", "regulatorische T-Zellen"),
        "Treg",
    ),
    _cell(
        "CD4 CD25 regulatory T cell",
        "0000792",
        (
            "CD4+ CD25+ regulatory T cell",
            "CD4-positive, CD25-positive, alpha-beta regulatory T cell",
            "CD4+CD25+ Treg",
        ),
    ),
    Term(
        "obsolete regulatory T cell",
        "obsolete regulatory T cell",
        "CL:0000493",
        replaced_by=_TREG_KEYS,
        is_choosable=False,
        warning="CL:0000493 is obsolete.",
    ),
)

_B_CELLS = (
    _cell("B cell", "0000236", ("B lymphocyte", "CD19+ B cell", "B-Zelle", "B-Zellen"), "B"),
    _cell("naive B cell", "0000788", ("naïve B lymphocyte", "naive B-Zelle", "naive B-Zellen")),
    _cell(
        "memory B cell",
        "0000787",
        ("memory B lymphocyte", "Gedächtnis-B-Zelle", "Gedächtnis-B-Zellen"),
    ),
    _cell("plasmablast", "0000980", ("Plasmablasten",), "PB"),
    _cell("IgG plasmablast", "0000982", ("IgG-positive plasmablast", "IgG-Plasmablasten")),
    _cell("IgM plasmablast", "0000983", ("IgM-positive plasmablast", "IgM-Plasmablasten")),
    _cell("plasma cell", "0000786", ("Plasmazelle", "Plasmazellen"), "PC"),
)

_NK_CELLS = (
    _cell(
        "NK cell",
        "0000623",
        ("natural killer cell", "NK-Zelle", "NK-Zellen", "natürliche Killerzellen"),
        "NK",
    ),
    _cell(
        "CD56dim NK cell",
        "0000939",
        (
            "CD16-positive, CD56-dim natural killer cell",
            "CD56-dim natural killer cell",
            "CD56dim NK-Zellen",
        ),
        "CD56dim",
    ),
    _cell(
        "CD56bright NK cell",
        "0000938",
        (
            "CD16-negative, CD56-bright natural killer cell",
            "CD56-bright natural killer cell",
            "CD56bright NK-Zellen",
        ),
        "CD56bright",
    ),
)

_OTHER_CELLS = (
    _cell("monocyte", "0000576", ("Monozyt", "Monozyten"), "Mo"),
    _cell(
        "CD14 monocyte",
        "0001054",
        ("CD14+ monocyte", "CD14-positive monocyte", "CD14+ Monozyten"),
        "CD14",
    ),
    _cell("dendritic cell", "0000451", ("dendritische Zelle", "dendritische Zellen"), "DC"),
    _cell(
        "fibroblast",
        "0000057",
        ("Fibroblasten",),
        warning="A control of stromal cells that are no MSC.",
    ),
    Term(
        "K562",
        "K562",
        "RRID:CVCL_0004",
        ("K-562",),
        ("K562 cell line", "erythroleukaemia cell line K562", "K562-Zelllinie"),
        warning="A cell line without HLA class I; its RRID is to be confirmed before publication.",
    ),
    _cell(
        "mesenchymal stromal cell",
        "0000134",
        (
            "mesenchymal stem cell",
            "multipotent mesenchymal stromal cell",
            "mesenchymale Stromazelle",
            "mesenchymale Stromazellen",
            "mesenchymale Stammzellen",
        ),
        "MSC",
        warning="Register MSC as a batch; here only where MSC themselves are the responders.",
    ),
    Term(
        "stromal cell",
        "stromal cell",
        "CL:0000499",
        synonyms=("Stromazelle", "Stromazellen"),
        replaced_by=("mesenchymal stromal cell",),
        is_choosable=False,
        warning=f"CL:0000499 is any stromal cell. {_NOT_MSC}",
    ),
    Term(
        "bone marrow stromal cell",
        "stromal cell of bone marrow",
        "CL:0010001",
        synonyms=("bone marrow stromal cell",),
        replaced_by=("mesenchymal stromal cell",),
        is_choosable=False,
        warning=f"CL:0010001 is any stromal cell of bone marrow. {_NOT_MSC}",
    ),
)

CELLS: tuple[Term, ...] = (*_MIXED, *_T_CELLS, *_B_CELLS, *_NK_CELLS, *_OTHER_CELLS)

CONFUSIONS: tuple[Confusion, ...] = (
    Confusion(
        "CD4",
        ("CD4 T cell", "CD4 CD25 regulatory T cell"),
        "monocytes have CD4 too",
    ),
    Confusion("CD8", ("CD8 T cell",), "some NK cells have CD8 too"),
    Confusion("CD14", ("CD14 monocyte",), "CD14 alone is a marker"),
)
