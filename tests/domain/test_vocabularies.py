"""Words mean a term only where they mean one thing; everything a term is called leads to it."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import product
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.records.term_index import fold, folded_words
from lims_msc.domain.records.vocabularies import Term, Vocabulary, vocabulary_of
from lims_msc.errors import NotFound

VOCABULARIES = [vocabulary_of(key) for key in ("disease", "tissue", "cell")]
DISEASES, TISSUES, CELLS = VOCABULARIES
EVERY_TERM = [
    pytest.param(vocabulary, term, id=f"{vocabulary.key}-{term.key}")
    for vocabulary in VOCABULARIES
    for term in vocabulary.terms
]

# Abbreviation, MONDO, DOID and ICD-10-CM as the domain reference lists them.
LISTED_DISEASES = """
    MS 0005301 2377 G35; RRMS 0005314 2378 -; PPMS 0000451 0050784 -; SSc 0005100 418 M34;
    lcSSc 0016358 1577 M34.-; dcSSc 0005019 1580 M34.-; SLE 0007915 9074 M32;
    LN 0005556 0080162 M32.14; RA 0008383 7148 M05; RA 0008383 7148 M06; JIA 0011429 676 M08;
    sJIA 0019434 - M08.2; oJIA 0019433 - M08.4; ERA 0019437 - -; psJIA 0019436 - -;
    AOSD 0019355 14256 M06.1; ITP 0008558 8924 D69.3; AIHA 0020108 718 D59.1-;
    ES 0016030 8931 D69.41; AA 0015909 12449 D61.-; CD 0005011 8778 K50; UC 0005101 8577 K51;
    T1D 0005147 9744 E10; NMO 0019100 8869 G36.0; NMOSD 0019100 8869 G36.0; MG 0009688 437 G70.0;
    CIDP 0006702 5213 G61.81; PM 0019127 0080745 M33.2; DM 0016367 10223 M33;
    JDM 0008054 14203 M33.0; SjS 0010030 12894 M35.0; MCTD 0005854 3492 M35.1;
    APS 8000010 2988 D68.61; GPA 0012105 12132 M31.3; EGPA 0015943 3049 M30.1;
    TA 0017991 2508 M31.4; BD 0007191 13241 M35.2; AS 0005306 7147 M45; PsO 0005083 8893 L40;
    PsA 0011849 9008 L40.5; CeD 0005130 10608 K90.0; AIH 0016264 2048 K75.4;
    HT 0007699 7188 E06.3; GD 0005364 12361 E05.0; PV 0008219 0060851 L10.0;
    VIT 0008661 12306 L80; LoSc 0019562 8472 L94.0; aGVHD 0020546 0081267 D89.810;
    cGVHD 0020547 0081267 D89.811
"""
LISTED_TISSUES = """
    BM UBERON:0002371 CL:0002540; AT UBERON:0001013 CL:0002570; AT-SC UBERON:0002190 CL:0002570;
    AT-AB UBERON:0014455 CL:2000080; UC UBERON:0002331 CL:0002569; WJ CL:0002568 -;
    UCB UBERON:0012168 CL:0000134; AM UBERON:0000305 CL:0002537; AM-PL CL:2000061 -;
    CH UBERON:0003124 CL:0002541; PL UBERON:0001987 CL:0000134; DP UBERON:0001754 CL:0002148;
    PDL UBERON:0008266 CL:0000134; AP UBERON:0003677 CL:4040005; SM UBERON:0002018 CL:0000134;
    EN UBERON:0001295 CL:0000134; SK UBERON:0002097 CL:0000134; SK-DE UBERON:0002067 CL:0000134;
    GI UBERON:0001828 CL:0000134; LU UBERON:0002048 CL:0000134; TO UBERON:0002372 CL:0000134;
    iPSC - -; PB UBERON:0000178 -; other - -
"""
LISTED_CELLS = {
    "PBMC": "CL:2000001",
    "T cell": "CL:0000084",
    "mature T cell": "CL:0002419",
    "CD4 T cell": "CL:0000624",
    "CD8 T cell": "CL:0000625",
    "Th1 cell": "CL:0000545",
    "Th17 cell": "CL:0000899",
    "regulatory T cell": "CL:0000815",
    "CD4 CD25 regulatory T cell": "CL:0000792",
    "obsolete regulatory T cell": "CL:0000493",
    "B cell": "CL:0000236",
    "naive B cell": "CL:0000788",
    "memory B cell": "CL:0000787",
    "plasmablast": "CL:0000980",
    "IgG plasmablast": "CL:0000982",
    "IgM plasmablast": "CL:0000983",
    "plasma cell": "CL:0000786",
    "NK cell": "CL:0000623",
    "CD56dim NK cell": "CL:0000939",
    "CD56bright NK cell": "CL:0000938",
    "monocyte": "CL:0000576",
    "CD14 monocyte": "CL:0001054",
    "dendritic cell": "CL:0000451",
    "fibroblast": "CL:0000057",
    "K562": "RRID:CVCL_0004",
    "mesenchymal stromal cell": "CL:0000134",
    "stromal cell": "CL:0000499",
    "bone marrow stromal cell": "CL:0010001",
}


def rows(listed: str) -> list[list[str]]:
    return [row.split() for row in listed.split(";")]


@pytest.mark.parametrize(("abbreviation", "mondo", "doid", "icd"), rows(LISTED_DISEASES))
def test_every_listed_disease_has_its_identifiers(
    abbreviation: str, mondo: str, doid: str, icd: str
) -> None:
    term = DISEASES.by_key[f"MONDO:{mondo}"]
    codes = {(code.system, code.code): code for code in term.codes}
    assert abbreviation in term.abbreviations
    assert term.identifier == term.key
    assert doid == "-" or ("DOID", f"DOID:{doid}") in codes
    assert icd == "-" or codes["ICD-10-CM", icd].version == "2025"
    assert icd != "-" or not [system for system, _code in codes if system.startswith("ICD")]


def test_no_other_diseases_are_listed() -> None:
    assert {row[1] for row in rows(LISTED_DISEASES)} == {
        key.removeprefix("MONDO:") for key in DISEASES.by_key
    }


@pytest.mark.parametrize(("key", "identifier", "msc"), rows(LISTED_TISSUES))
def test_every_listed_tissue_has_its_identifiers(key: str, identifier: str, msc: str) -> None:
    term = TISSUES.by_key[key]
    assert term.identifier == identifier.removeprefix("-")
    assert [code.code for code in term.codes] == ([] if msc == "-" else [msc])
    assert term.is_choosable


def test_no_other_tissues_and_cells_are_listed() -> None:
    assert {row[0] for row in rows(LISTED_TISSUES)} == set(TISSUES.by_key)
    assert {term.key: term.identifier for term in CELLS.terms} == LISTED_CELLS


def test_codes_of_icd_have_a_system_and_a_version_and_say_what_is_not_confirmed() -> None:
    both = {term.key for term in DISEASES.terms for code in term.codes if "WHO" in code.system}
    assert both == {"MONDO:0005301", "MONDO:0005100", "MONDO:0007915"}
    texts = {code.text for term in DISEASES.terms for code in term.codes}
    assert "ICD-10-CM 2025 G35" in texts
    assert "ICD-10-CM 2025 M32.14 (confirm before publication)" in texts
    assert "ICD-10-CM 2025 M34.- (not exact; confirm before publication)" in texts
    assert "October 2025" in DISEASES.by_key["MONDO:0005301"].warning


def test_mesenchymal_cells_are_called_stromal_and_found_as_stem_cells() -> None:
    for vocabulary in VOCABULARIES:
        assert not [term.label for term in vocabulary.terms if "stem " in term.label]
    assert resolved(CELLS, "mesenchymal stem cell") == "mesenchymal stromal cell"


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda v: v.key)
def test_keys_are_unique_and_lead_to_terms_that_exist(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.by_key) == len(vocabulary.terms)
    assert len({fold(term.key) for term in vocabulary.terms}) == len(vocabulary.terms)
    assert all(len(key) <= 40 for key in vocabulary.by_key)
    for term in vocabulary.terms:
        assert set(term.replaced_by) <= set(vocabulary.by_key)
        assert term.is_choosable or (term.replaced_by and term.warning)
        assert vocabulary.label(term.key) == term.label
    assert vocabulary.label("hydropathy") == "hydropathy"


def test_an_unknown_vocabulary_is_said() -> None:
    with pytest.raises(NotFound, match="no vocabulary 'drug'"):
        vocabulary_of("drug")


def resolved(vocabulary: Vocabulary, words: str) -> str | None:
    term = vocabulary.resolve(words).term
    return None if term is None else term.key


def test_the_code_of_a_wider_group_never_means_the_narrower_term() -> None:
    for vocabulary in VOCABULARIES:
        for term in vocabulary.terms:
            for code in (code for code in term.codes if not code.is_exact):
                assert resolved(vocabulary, code.code) != term.key
    assert resolved(DISEASES, "M34.-") == "MONDO:0005100"


def everything(term: Term) -> list[str]:
    codes = [code.code for code in term.codes]
    codes += [f"{c.system} {c.version} {c.code}" for c in term.codes if c.is_exact]
    known = [*term.names, *term.abbreviations, *codes, term.key, term.identifier]
    return [text for text in known if text]


@pytest.mark.parametrize(("vocabulary", "term"), EVERY_TERM)
def test_whatever_a_term_is_called_resolves_to_it_or_says_why_not(
    vocabulary: Vocabulary, term: Term
) -> None:
    wider = {code.code for code in term.codes if not code.is_exact}
    for text in set(everything(term)) - wider:
        for words in (text, f"  {text.upper()} ", text.lower(), text.replace(" ", "  ")):
            found = vocabulary.resolve(words)
            if found.term is not None:
                assert found.term == term, words
                assert not found.message
            else:
                meant = [vocabulary.by_key[key] for key in term.replaced_by] or [term]
                assert set(meant) <= set(found.candidates), words
                assert found.message.endswith(".")
                assert found.hint.startswith("Write")
    if term.is_choosable:
        assert resolved(vocabulary, term.label) == term.key
        assert resolved(vocabulary, term.key) == term.key
        assert not term.identifier or resolved(vocabulary, term.identifier) == term.key


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda v: v.key)
def test_the_search_finds_every_term_by_each_of_its_words(vocabulary: Vocabulary) -> None:
    having: dict[str, set[str]] = defaultdict(set)
    for term in vocabulary.terms:
        for text in everything(term):
            for word in folded_words(text):
                having[word].add(term.key)
    most = len(vocabulary.terms)
    for word, keys in having.items():
        assert keys <= {match.term.key for match in vocabulary.search(word, most)}, word


@pytest.mark.parametrize(("vocabulary", "term"), EVERY_TERM)
def test_the_search_finds_a_term_exactly_by_its_names(vocabulary: Vocabulary, term: Term) -> None:
    for text in (term.label, *term.abbreviations, *term.synonyms[-2:], term.key):
        hits = [m for m in vocabulary.search(text, 100) if m.term == term]
        assert [match.is_exact for match in hits] == [True], text


@pytest.mark.parametrize("vocabulary", [DISEASES, CELLS], ids=lambda v: v.key)
def test_no_two_letters_ever_mean_a_disease_or_cells(vocabulary: Vocabulary) -> None:
    pairs = ["".join(pair) for pair in product(ascii_uppercase, repeat=2)]
    known = {a.upper() for term in vocabulary.terms for a in term.abbreviations if len(a) == 2}
    # Whether a pair without a meaning is refused depends on no pair: one letter of them will do.
    asked = sorted(known | {pair for pair in pairs if pair[0] == "S"})
    assert [pair for pair in asked if resolved(vocabulary, pair)] == []
    assert [pair for pair in asked if resolved(vocabulary, f"{pair[0]}-{pair[1].lower()}")] == []


@pytest.mark.parametrize(
    ("words", "key"),
    [
        *((text, "fibroblast") for text in ("CL:57", "cl_0000057", "CL 0000057", "CL0000057")),
        ("http://purl.obolibrary.org/obo/CL_0000057", "fibroblast"),
        *((text, None) for text in ("CL57", "CL 57", "cl-236", "CL000000057", "1CL:57")),
    ],
)
def test_the_name_of_a_clone_is_no_identifier(words: str, key: str | None) -> None:
    assert resolved(CELLS, words) == key


def test_two_letters_mean_a_tissue_only_as_the_code_that_is_stored() -> None:
    codes = [term.key for term in TISSUES.terms if len(term.key) == 2]
    assert [resolved(TISSUES, code) for code in codes] == codes
    asked = TISSUES.resolve("CB")
    assert asked.term is None
    assert [term.key for term in asked.candidates] == ["UCB"]
    assert "ulcerative colitis" in TISSUES.by_key["UC"].warning


@pytest.mark.parametrize(
    ("vocabulary", "words", "keys"),
    [
        (DISEASES, "SSc", ["MONDO:0005100", "MONDO:0010030"]),
        (DISEASES, "SS", ["MONDO:0005100", "MONDO:0010030"]),
        (DISEASES, "pSS", ["MONDO:0005100", "MONDO:0010030"]),
        (DISEASES, "MS", ["MONDO:0005301"]),
        (DISEASES, "UC", ["MONDO:0005101"]),
        (DISEASES, "CD", ["MONDO:0005011", "MONDO:0005130"]),
        (DISEASES, "PM", ["MONDO:0019127"]),
        (DISEASES, "AS", ["MONDO:0005306"]),
        (DISEASES, "AA", ["MONDO:0015909"]),
        (DISEASES, "RA", ["MONDO:0008383"]),
        (DISEASES, "DM", ["MONDO:0016367", "MONDO:0005147"]),
        (DISEASES, "GvHD", ["MONDO:0020546", "MONDO:0020547"]),
        (DISEASES, "scleroderma", ["MONDO:0005100", "MONDO:0019562"]),
        (DISEASES, "Still's disease", ["MONDO:0019434", "MONDO:0019355"]),
        (DISEASES, "lupus", ["MONDO:0007915", "MONDO:0005556"]),
        (DISEASES, "DOID:676", ["MONDO:0011429"]),
        (DISEASES, "DOID:0081267", ["MONDO:0020546", "MONDO:0020547"]),
        (DISEASES, "D61", ["MONDO:0015909"]),
        (DISEASES, "ICD-10-CM M05", ["MONDO:0008383"]),
        (DISEASES, "G35.1", ["MONDO:0005301"]),
        (DISEASES, "ICD-10-GM 2026 G35.10", ["MONDO:0005301"]),
        (DISEASES, "MS?", ["MONDO:0005301"]),
        (DISEASES, "? SLE", ["MONDO:0007915"]),
        (DISEASES, "SLE ?", ["MONDO:0007915"]),
        (DISEASES, "V.a. SLE", ["MONDO:0007915"]),
        (DISEASES, "suspected multiple sclerosis", ["MONDO:0005301"]),
        (DISEASES, "SLE, APS", ["MONDO:0007915", "MONDO:8000010"]),
        (DISEASES, "RA und Sjögren-Syndrom", ["MONDO:0008383", "MONDO:0010030"]),
        (DISEASES, "multiple scelrosis", ["MONDO:0005301"]),
        (DISEASES, "rheumatoid artritis", ["MONDO:0008383"]),
        (CELLS, "CL:0000499", ["mesenchymal stromal cell"]),
        (CELLS, "stromal cell of bone marrow", ["mesenchymal stromal cell"]),
        (CELLS, "CL_0000493", ["regulatory T cell", "CD4 CD25 regulatory T cell"]),
        (CELLS, "CD4", ["CD4 T cell", "CD4 CD25 regulatory T cell"]),
        (CELLS, "CD4- T cells", ["CD4 T cell"]),
        (CELLS, "NK", ["NK cell"]),
    ],
)
def test_what_does_not_mean_one_thing_is_left_to_a_person_with_the_candidates(
    vocabulary: Vocabulary, words: str, keys: list[str]
) -> None:
    found = vocabulary.resolve(words)
    assert found.term is None
    assert [term.key for term in found.candidates][: len(keys)] == keys
    assert f"'{words}'" in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("vocabulary", "words", "said"),
    [
        (DISEASES, "SS", "may mean several things: systemic sclerosis, Sjögren syndrome."),
        (DISEASES, "UC", "ulcerative colitis; also the tissue umbilical cord."),
        (DISEASES, "RA", "too short to mean exactly one disease: rheumatoid arthritis."),
        (DISEASES, "MS?", "is marked as doubtful."),
        (DISEASES, "?", "is marked as doubtful."),
        (DISEASES, "-Crohn disease", "is marked as doubtful."),
        (DISEASES, "systemic lupus erythematosus \N{EN DASH}", "is marked as doubtful."),
        (DISEASES, "~M34", "is marked as doubtful."),
        (DISEASES, "multiple sclerosis*", "is marked as doubtful."),
        (DISEASES, "SLE/APS", "names more than one disease"),
        (DISEASES, "G35.1", "depends on the system of codes and its version"),
        (DISEASES, "gout", "is not in the list of diseases."),
        (DISEASES, " ", "Nothing was entered."),
        (TISSUES, "CL:0000134", "does not mean exactly one tissue: umbilical cord blood"),
        (TISSUES, "CL:0000134", "synovial membrane, endometrium and more."),
        (CELLS, "CL:0000493", "CL:0000493 is obsolete."),
        (CELLS, "CL:0000499", "MSC are CL:0000134"),
        (CELLS, "CD8− T cells", "says that a marker is absent"),
    ],
)
def test_the_reason_is_said_in_words(vocabulary: Vocabulary, words: str, said: str) -> None:
    assert said in vocabulary.resolve(words).message


@pytest.mark.parametrize(
    ("vocabulary", "words", "key"),
    [
        *((DISEASES, words, "MONDO:0008558") for words in ("ITP", "ICP", "itp")),
        *(
            (DISEASES, words, "MONDO:0008558")
            for words in (
                "idiopathic cytopenic purpura",
                "Idiopathic thrombocytopenic purpura",
                "immune thrombocytopenia",
                "Immunthrombozytopenie",
            )
        ),
        (DISEASES, "SLE", "MONDO:0007915"),
        (DISEASES, "JIA", "MONDO:0011429"),
        (DISEASES, "UC-IBD", "MONDO:0005101"),
        (DISEASES, "Multiple Sklerose", "MONDO:0005301"),
        (DISEASES, "systemische  Sklerose", "MONDO:0005100"),
        (DISEASES, "sjogren syndrome", "MONDO:0010030"),
        (DISEASES, "Sjoegren-Syndrom", "MONDO:0010030"),
        (DISEASES, "BEHCET DISEASE", "MONDO:0007191"),
        (DISEASES, "Crohns disease", "MONDO:0005011"),
        (DISEASES, "Crohn’s disease", "MONDO:0005011"),
        (DISEASES, "autoimmune hemolytic anemia", "MONDO:0020108"),
        (DISEASES, "celiac disease", "MONDO:0005130"),
        (DISEASES, "localized scleroderma", "MONDO:0019562"),
        (DISEASES, "acute GvHD", "MONDO:0020546"),
        (DISEASES, "G35", "MONDO:0005301"),
        (DISEASES, "icd-10 g35", "MONDO:0005301"),
        (DISEASES, "ICD-10 (WHO) 2019 M32", "MONDO:0007915"),
        (DISEASES, "mondo 5301", "MONDO:0005301"),
        (DISEASES, "MONDO_0005301", "MONDO:0005301"),
        (DISEASES, "http://purl.obolibrary.org/obo/MONDO_0005301", "MONDO:0005301"),
        (DISEASES, "DOID:2377", "MONDO:0005301"),
        (TISSUES, "bm", "BM"),
        (TISSUES, "Knochenmark", "BM"),
        (TISSUES, "Nabelschnur", "UC"),
        (TISSUES, "Wharton’s Jelly", "WJ"),
        (TISSUES, "Whartons jelly", "WJ"),
        (TISSUES, "uberon:2371", "BM"),
        (TISSUES, "CL:0002540", "BM"),
        (TISSUES, "CL:0002570", "AT"),
        (CELLS, "PBMCs", "PBMC"),
        (CELLS, "CD4+ T cells", "CD4 T cell"),
        (CELLS, "T-Zellen", "T cell"),
        (CELLS, "Treg", "regulatory T cell"),
        (CELLS, "CVCL_0004", "K562"),
    ],
)
def test_words_as_laboratories_write_them_resolve(
    vocabulary: Vocabulary, words: str, key: str
) -> None:
    assert resolved(vocabulary, words) == key


@settings(max_examples=40)
@given(st.text(max_size=20), st.sampled_from(VOCABULARIES))
def test_any_text_is_answered_in_words_and_twice_the_same(
    text: str, vocabulary: Vocabulary
) -> None:
    found = vocabulary.resolve(text)
    assert found == vocabulary.resolve(text)
    assert (found.term is None) == bool(found.message)
    assert vocabulary.search(text) == vocabulary.search(text)
    assert not found.term or re.search(r"\w", text)
