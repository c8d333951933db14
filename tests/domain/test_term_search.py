"""The search of a vocabulary: the best first, and which words of a term were found."""

from __future__ import annotations

from lims_msc.domain.records.vocabularies import Vocabulary, vocabulary_of

DISEASES, TISSUES, CELLS = (vocabulary_of(key) for key in ("disease", "tissue", "cell"))


def labels(vocabulary: Vocabulary, words: str, limit: int = 20) -> list[str]:
    return [match.term.label for match in vocabulary.search(words, limit)]


def test_the_search_puts_the_best_first() -> None:
    assert labels(DISEASES, "psoriasis")[0] == "psoriasis"
    found = labels(DISEASES, "pso")
    assert found[0] == "psoriasis", "its abbreviation is exactly this"
    assert found[1:3] == ["psoriatic juvenile idiopathic arthritis", "psoriatic arthritis"]
    assert labels(DISEASES, "MS")[0] == "multiple sclerosis"
    assert labels(DISEASES, "juv art")[0] == "juvenile idiopathic arthritis"
    assert labels(DISEASES, "G3")[0] == "multiple sclerosis"
    assert labels(DISEASES, "Werlhof") == ["immune thrombocytopenia"]
    assert labels(DISEASES, "systemic 9074") == ["systemic lupus erythematosus"]
    assert labels(DISEASES, "hydropathy") == []


def test_the_search_says_which_words_matched() -> None:
    (first, *_rest) = DISEASES.search("sklerose multiple")
    assert (first.term.key, first.matched, first.is_exact) == (
        "MONDO:0005301",
        "Multiple Sklerose",
        False,
    )
    assert DISEASES.search("K90.0")[0].matched == "ICD-10-CM 2025 K90.0"
    assert [(m.term.key, m.matched) for m in DISEASES.search("SSc")[:2]] == [
        ("MONDO:0005100", "SSc"),
        ("MONDO:0010030", "SSc"),
    ]


def test_without_words_the_search_lists_the_vocabulary() -> None:
    assert [match.term for match in TISSUES.search("", 100)] == list(TISSUES.terms)
    assert {match.matched for match in TISSUES.search(" ")} == {""}
    assert len(TISSUES.search("", 3)) == 3


def test_a_term_that_cannot_be_chosen_is_found_all_the_same() -> None:
    found = labels(CELLS, "stromal cell", 100)
    assert found[0] == "stromal cell", "it is called exactly so"
    assert labels(CELLS, "stromal")[0] == "stromal cell"
    assert set(found) == {
        "stromal cell",
        "mesenchymal stromal cell",
        "stromal cell of bone marrow",
    }
