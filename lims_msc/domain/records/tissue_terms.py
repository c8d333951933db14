"""Tissues that MSC and blood come from, with UBERON and the Cell Ontology's terms of their MSC.

Labels and identifiers are those of the ontologies' own files of 2026.  The codes are what is
stored and what laboratories write, so each code means its tissue; what else it means, the warning
says.
"""

from __future__ import annotations

from lims_msc.domain.records.terms import ExternalCode, Term

_VERSION = "2026-08-19"


def _msc(code: str, note: str = "") -> ExternalCode:
    """Return the Cell Ontology's term for the MSC of one tissue."""
    return ExternalCode("Cell Ontology", _VERSION, f"CL:{code}", note=note)


def _tissue(  # noqa: PLR0917 (a tissue is one row of a table, read by position)
    key: str,
    label: str,
    uberon: str = "",
    msc: ExternalCode | None = None,
    synonyms: tuple[str, ...] = (),
    abbreviations: str = "",
    warning: str = "",
) -> Term:
    identifier = f"UBERON:{uberon}" if uberon else ""
    codes = (msc,) if msc else ()
    return Term(
        key, label, identifier, tuple(abbreviations.split()), synonyms, codes, warning=warning
    )


_ANY_MSC = ExternalCode(
    "Cell Ontology", _VERSION, "CL:0000134", is_exact=False, note="MSC of any tissue"
)
_ADIPOSE_MSC = ExternalCode(
    "Cell Ontology", _VERSION, "CL:0002570", is_exact=False, note="MSC of any adipose tissue"
)

TISSUES: tuple[Term, ...] = (
    _tissue(
        "BM",
        "bone marrow",
        "0002371",
        _msc("0002540"),
        ("marrow", "Knochenmark"),
        "BM-MSC BMMSC hBM-MSC",
    ),
    _tissue(
        "AT",
        "adipose tissue",
        "0001013",
        _msc("0002570"),
        ("fat", "fat tissue", "lipoaspirate", "Fettgewebe", "Fett", "Lipoaspirat"),
        "AT-MSC AD-MSC ADSC hAT-MSC",
    ),
    _tissue(
        "AT-SC",
        "subcutaneous adipose tissue",
        "0002190",
        _ADIPOSE_MSC,
        ("subcutaneous fat", "subkutanes Fettgewebe", "Unterhautfettgewebe"),
    ),
    _tissue(
        "AT-AB",
        "abdominal subcutaneous adipose tissue",
        "0014455",
        _msc("2000080"),
        (
            "abdominal adipose tissue",
            "abdominal fat",
            "abdominal subcutaneous fat",
            "abdominales Fettgewebe",
            "Bauchfett",
        ),
    ),
    _tissue(
        "UC",
        "umbilical cord",
        "0002331",
        _msc("0002569"),
        ("Nabelschnur", "Nabelschnurgewebe", "umbilical cord tissue"),
        "UC-MSC hUC-MSC HUCMSC",
        "Among diseases, UC is ulcerative colitis. Cord blood is UCB, Wharton's jelly is WJ.",
    ),
    Term(
        "WJ",
        "Wharton's jelly",
        "CL:0002568",
        ("WJ-MSC", "hWJ-MSC"),
        ("Wharton jelly", "Wharton-Sulze", "Whartonsche Sulze", "Wharton'sche Sulze"),
    ),
    _tissue(
        "UCB",
        "umbilical cord blood",
        "0012168",
        _ANY_MSC,
        ("cord blood", "Nabelschnurblut"),
        "CB UCB-MSC CB-MSC",
    ),
    _tissue(
        "AM",
        "amnion",
        "0000305",
        _msc("0002537"),
        ("amniotic membrane", "Amnionmembran"),
        "AM-MSC hAMSC",
        "AM is not adipose tissue, which is AT.",
    ),
    Term(
        "AM-PL",
        "placental amnion",
        "CL:2000061",
        synonyms=(
            "placental amniotic mesenchymal stromal cell",
            "placental amniotic membrane",
            "amnion of the placenta",
            "plazentares Amnion",
        ),
    ),
    _tissue(
        "CH",
        "chorion",
        "0003124",
        _msc("0002541"),
        ("chorionic membrane", "Chorionmembran"),
        "CH-MSC",
    ),
    _tissue(
        "PL",
        "placenta",
        "0001987",
        _ANY_MSC,
        ("placental tissue", "Plazenta", "Mutterkuchen"),
        "PL-MSC hPMSC",
        "PL may also be written for platelet lysate.",
    ),
    _tissue(
        "DP",
        "dental pulp",
        "0001754",
        ExternalCode(
            "Cell Ontology", _VERSION, "CL:0002148", note="dental pulp cell, not only MSC"
        ),
        ("tooth pulp", "Zahnpulpa", "Zahnmark"),
        "DPSC DP-MSC",
    ),
    _tissue(
        "PDL",
        "periodontal ligament",
        "0008266",
        _ANY_MSC,
        ("Parodontalligament", "Wurzelhaut", "parodontales Ligament"),
        "PDLSC PDL-MSC",
        "PDL is also the population doubling level of a batch.",
    ),
    _tissue(
        "AP",
        "apical papilla",
        "0003677",
        _msc("4040005"),
        ("apikale Papille",),
        "SCAP",
    ),
    _tissue(
        "SM",
        "synovial membrane",
        "0002018",
        _ANY_MSC,
        ("synovial membrane of synovial joint", "synovium", "Synovialmembran", "Synovialis"),
        "SM-MSC",
    ),
    _tissue(
        "EN",
        "endometrium",
        "0001295",
        _ANY_MSC,
        ("menstrual blood", "Endometrium", "Gebärmutterschleimhaut", "Menstruationsblut"),
        "EN-MSC MenSC",
    ),
    _tissue(
        "SK",
        "skin",
        "0002097",
        _ANY_MSC,
        ("skin of body", "Haut"),
        "SK-MSC",
    ),
    _tissue("SK-DE", "dermis", "0002067", _ANY_MSC, ("dermal layer of skin", "Lederhaut")),
    _tissue(
        "GI",
        "gingiva",
        "0001828",
        _ANY_MSC,
        ("gum", "Zahnfleisch"),
        "GMSC GI-MSC",
        "GI is not the gastrointestinal tract.",
    ),
    _tissue("LU", "lung", "0002048", _ANY_MSC, ("lung tissue", "Lunge", "Lungengewebe"), "LU-MSC"),
    _tissue(
        "TO",
        "tonsil",
        "0002372",
        _ANY_MSC,
        ("tonsillar tissue", "Tonsille", "Tonsillen"),
        "TO-MSC",
    ),
    _tissue(
        "iPSC",
        "induced pluripotent cells",
        synonyms=(
            "derived from induced pluripotent cells",
            "induced pluripotent stem cells",
            "induzierte pluripotente Zellen",
            "induzierte pluripotente Stammzellen",
        ),
        abbreviations="hiPSC iPSC-MSC iMSC",
        warning="Write the name of the line into the note.",
    ),
    _tissue(
        "PB",
        "peripheral blood",
        "0000178",
        None,
        ("blood", "whole blood", "venous blood", "Blut", "peripheres Blut", "Vollblut"),
        warning="Of a responder's blood collection. Blood of the umbilical cord is UCB.",
    ),
    _tissue(
        "other",
        "other",
        synonyms=("other tissue", "anderes Gewebe", "sonstiges Gewebe", "andere", "sonstige"),
        warning="Write which tissue into the note.",
    ),
)
