"""The rule sets that are shipped: published, versioned, never changed (DOMAIN 1.5)."""

from __future__ import annotations

from lims_msc.domain.release import ANY_WORDS, Rule, RuleSet

_NEGATIVE = "negative / not detected"
_STERILE = "no growth / sterile / negative"
_NORMAL = "no abnormality / normal"


def _percent(operator: str, limit: float, *names: str) -> tuple[Rule, ...]:
    return tuple(Rule(name, operator, limit, "%") for name in names)


def _words(name: str, words: str, *, note: str = "", is_informative: bool = False) -> Rule:
    return Rule(name, "text", limit_text=words, note=note, is_informative=is_informative)


def _differentiation() -> tuple[Rule, ...]:
    into = ("bone", "fat", "cartilage")
    return tuple(_words(f"differentiation {cells}", "positive") for cells in into)


ISCT_2006 = RuleSet(
    "ISCT",
    "2006",
    "ISCT minimal criteria",
    "Dominici 2006, Cytotherapy 8:315, doi 10.1080/14653240600855905",
    (
        _words("plastic adherence", "adherent"),
        *_percent(">=", 95, "CD105", "CD73", "CD90"),
        *_percent("<=", 2, "CD45", "CD34", "CD14 or CD11b", "CD79a or CD19", "HLA-DR"),
        *_differentiation(),
    ),
    is_shipped=True,
    note="The limit of HLA-DR is meant for resting cells.",
)
LECHANTEUR_2016 = RuleSet(
    "Lechanteur",
    "2016",
    "Release of clinical MSC, Liège",
    "Lechanteur 2016, PMC4875672",
    (
        *_percent(">", 70, "CD73", "CD90", "CD105"),
        *_percent("<", 5, "CD14", "CD34", "CD45"),
        *_percent("<", 1, "CD3"),
        _words("viability", ANY_WORDS, is_informative=True),
        Rule("endotoxin", "<", 2.5, "IU/mL"),
        _words("sterility", _STERILE),
        _words("mycoplasma", _NEGATIVE),
        _words("karyotype", _NORMAL),
        Rule("suppression", ">", 25, "%", condition="PBMC:MSC 10:1", note="inhibition of T cells"),
    ),
    is_shipped=True,
)
J_TRANSL_MED_2018 = RuleSet(
    "J Transl Med",
    "2018",
    "Release of clinical MSC, J Transl Med 2018",
    "doi 10.1186/s12967-018-1659-4, table 2",
    (
        *_percent(">=", 95, "CD73", "CD90", "CD105"),
        *_percent("<=", 5, "CD45", "CD31"),
        Rule("HLA-DR", "<=", 20, "%", is_informative=True),
        *_percent(">=", 70, "viability"),
        *_differentiation(),
    ),
    is_shipped=True,
    note="Differentiation is its test of potency; suppression is no test of it.",
)
UC_TRIAL = RuleSet(
    "UC trial",
    "BMJ Open",
    "Release of umbilical cord MSC in a trial, BMJ Open, table 3",
    "BMJ Open, table 3 of the protocol",
    (
        *_percent(">", 95, "CD73", "CD90", "CD105"),
        *_percent("<", 2, "CD11b", "CD19", "CD34", "CD45", "HLA-DR"),
        *_percent(">", 80, "viability"),
        Rule("endotoxin", "<=", 5, "EU/kg"),
        _words("sterility", _STERILE),
        _words("mycoplasma", _NEGATIVE),
        _words("karyotype", _NORMAL),
        _words("suppression", ANY_WORDS, is_informative=True, note="measured, no criterion"),
    ),
    is_shipped=True,
)
HUCMSC_2020 = RuleSet(
    "HUCMSC",
    "2020",
    "Release of human umbilical cord MSC, Stem Cell Research & Therapy 2020",
    "doi 10.1186/s13287-020-01696-6, table 4",
    (
        *_percent(">=", 85, "viability"),
        Rule("endotoxin", "<", 0.5, "EU/mL"),
        _words("sterility", _STERILE, note="7 days"),
        _words("mycoplasma", _NEGATIVE),
    ),
    is_shipped=True,
    note=(
        "Its source also asks that no bovine serum albumin (BSA) is detected: where cells were "
        "grown with bovine serum, add that to a copy."
    ),
)
ISCT_2025 = RuleSet(
    "ISCT",
    "2025",
    "ISCT update of 2025, to be filled in by the laboratory",
    "not confirmed in a primary text",
    (),
    is_shipped=True,
    note=(
        "Secondary sources name an update of 2025, which asks to state thresholds and drops "
        "trilineage. No primary text could be read, so no limit is shipped: enter its rules as "
        "release rules, or copy another rule set into its place and change the copy."
    ),
)

SHIPPED: tuple[RuleSet, ...] = (
    ISCT_2006,
    LECHANTEUR_2016,
    J_TRANSL_MED_2018,
    UC_TRIAL,
    HUCMSC_2020,
    ISCT_2025,
)
