"""Terms of diseases, tissues and cells with their identifiers, and searching them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lims_msc.domain.records import cell_terms, disease_terms
from lims_msc.domain.records.term_index import Rank, Sort, TermIndex
from lims_msc.domain.records.terms import Confusion, ExternalCode, Term
from lims_msc.domain.records.tissue_terms import TISSUES
from lims_msc.errors import NotFound

__all__ = [
    "Confusion",
    "ExternalCode",
    "Match",
    "Resolution",
    "Term",
    "Vocabulary",
    "vocabulary_of",
]

_MOST_CANDIDATES = 5
# Signs around a name may say that it is absent, excluded, or has a remark elsewhere; ICD writes
# "M34.-" for a whole category.
_DOUBT = re.compile(
    r"\?|^\W*(?:v\. ?a\.|verdacht auf|suspected|suspicion of|possible|probable|wahrscheinlich)\W"
    r"|^[-−–~¬!<>]\s*|(?<!\.)\s*[-−–~¬!*#]$",
    re.IGNORECASE,
)
# "CD4- T cell" is a T cell without CD4, while the hyphen of "CD4-T-Zelle" only joins words.
_NEGATIVE = re.compile(r"CD\d+[a-z]?[-−–](?=\s|$|,|CD)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;/+&]\s*|\s+(?:and|und|with|mit)\s+", re.IGNORECASE)
_ICD = re.compile(
    r"(?:ICD\W*10\S*\s+(?:\d{4}\s+)?)?([A-Z]\d\d(?:\.?[\dA-Z]{0,4})\W*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Match:
    """A term that a search found, and the words of it that matched."""

    term: Term
    matched: str
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Resolution:
    """What entered words mean: one term, or none with the candidates and the reason in words.

    A colliding abbreviation has no term but several candidates: a person must say which.  Words
    that ``are_unknown`` are none of the list's; their candidates are only written alike.
    """

    term: Term | None
    candidates: tuple[Term, ...] = ()
    message: str = ""
    hint: str = ""
    are_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed list of terms of one subject.

    ``noun`` is what one of its terms is called in a sentence; ``confusions`` are abbreviations that
    are never taken for a term without a person saying so.
    """

    key: str
    title: str
    terms: tuple[Term, ...]
    noun: str = "term"
    confusions: tuple[Confusion, ...] = ()
    by_key: Mapping[str, Term] = field(init=False, repr=False)
    _index: TermIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {term.key: term for term in self.terms})
        object.__setattr__(self, "_index", TermIndex(self.terms, self.confusions))

    def label(self, key: str) -> str:
        """Return the label of a stored key; a key that is not known stands for itself."""
        term = self.by_key.get(key)
        return key if term is None else term.label

    def search(self, words: str, limit: int = 20) -> tuple[Match, ...]:
        """Return the terms whose label, synonym, abbreviation, identifier or code has the words.

        The best come first: all of a name, the beginning of a label, beginnings of words, anything
        within a name, and last a part of an identifier or code.  Without words these are the first
        terms of the list.
        """
        return tuple(
            Match(hit.called.term, hit.called.text if words.strip() else "", hit.rank is Rank.EXACT)
            for hit in self._index.hits(words)[:limit]
        )

    def resolve(self, words: str) -> Resolution:
        """Return what entered words mean, as far as they mean one thing."""
        text = " ".join(words.split())
        if not text:
            return Resolution(None, (), "Nothing was entered.", f"Write a {self.noun}.")
        if _NEGATIVE.search(text):
            message = (
                f"'{text}' says that a marker is absent, and the list has no such {self.noun}."
            )
            hint = "Write a wider name of the list, and the absent marker into the note."
            return Resolution(None, self._candidates(text), message, hint)
        if _DOUBT.search(text):
            return self._doubtful(text)
        found = self._index.exactly(text)
        return self._known(text, *next(iter(found.items()))) if found else self._unknown(text)

    def _known(self, text: str, sort: Sort, terms: Sequence[Term]) -> Resolution:
        if sort is Sort.ABBREVIATION:
            return self._of_abbreviation(text, terms)
        if sort is Sort.WIDER_CODE:
            return _several(terms, f"'{text}' does not mean exactly one {self.noun}")
        if len(terms) > 1:
            return _several(terms, f"'{text}' may mean several things")
        return self._only(text, terms[0])

    def _only(self, text: str, term: Term) -> Resolution:
        if term.is_choosable:
            return Resolution(term)
        instead = tuple(self.by_key[key] for key in term.replaced_by)
        return Resolution(
            None,
            instead,
            f"'{text}' cannot be chosen. {term.warning}",
            f"Write {_or(instead)} if that is meant.",
        )

    def _of_abbreviation(self, text: str, terms: Sequence[Term]) -> Resolution:
        letters = re.sub(r"[\W_]", "", text)
        confusion = self._index.confusions.get(letters.casefold())
        if len(terms) == 1 and len(letters) > 2 and confusion is None:
            return self._only(text, terms[0])
        if len(terms) == 1 and confusion is None:
            return _several(terms, f"'{text}' is too short to mean exactly one {self.noun}")
        others = confusion.others if confusion else ""
        return _several(terms, f"'{text}' may mean several things", others)

    def _doubtful(self, text: str) -> Resolution:
        certain = _DOUBT.sub("", text).strip()
        candidates = self._candidates(certain) if certain else ()
        name = f" '{candidates[0].label}'" if candidates else ""
        return Resolution(
            None,
            candidates,
            f"'{text}' is marked as doubtful.",
            f"Write the name in full{name} if it is certain, and the doubt into the note.",
        )

    def _unknown(self, text: str) -> Resolution:
        parts = [part for part in _BETWEEN.split(text) if part]
        named = [term for part in parts for term in self._named(part)]
        if len(parts) > 1 and len(named) > 1:
            found = _several(
                list(dict.fromkeys(named)), f"'{text}' names more than one {self.noun}"
            )
            return replace(found, hint="Enter each of them by itself.")
        if (code := _ICD.fullmatch(text)) and (near := self._index.of_category(code[1])):
            message = f"'{text}' depends on the system of codes and its version"
            return _several(near, message)
        candidates = self._candidates(text)
        message = f"'{text}' is not in the list of {self.title.lower()}."
        if candidates:
            hint = f"Perhaps {_or(candidates)}?"
            return Resolution(None, candidates, message, hint, are_unknown=True)
        hint = "Search the list by name, synonym, identifier or code."
        return Resolution(None, (), message, hint, are_unknown=True)

    def _named(self, text: str) -> Iterable[Term]:
        return (term for terms in self._index.exactly(text).values() for term in terms)

    def _candidates(self, text: str) -> tuple[Term, ...]:
        matches = self.search(text, _MOST_CANDIDATES)
        found = [match.term for match in matches if match.is_exact]
        if not found:
            found = [match.term for match in matches]
            found += self._index.like(text, _MOST_CANDIDATES)
        return tuple({term.key: term for term in found if term.is_choosable}.values())[
            :_MOST_CANDIDATES
        ]


def vocabulary_of(key: str) -> Vocabulary:
    """Return the vocabulary ``disease``, ``tissue`` or ``cell``.

    :raises NotFound: if there is none.
    """
    try:
        return _VOCABULARIES[key]
    except KeyError:
        raise NotFound(f"There is no vocabulary '{key}'.") from None


def _several(terms: Sequence[Term], why: str, others: str = "") -> Resolution:
    """Return that no term is meant for certain, and what may be meant."""
    listed = ", ".join(term.label for term in terms[:_MOST_CANDIDATES])
    rest = " and more" if len(terms) > _MOST_CANDIDATES else ""
    message = f"{why}: {listed}{rest}{f'; {others}' if others else ''}."
    return Resolution(None, tuple(terms), message, "Write the name in full.")


def _or(terms: Sequence[Term]) -> str:
    return " or ".join(f"'{term.label}'" for term in terms)


_VOCABULARIES: Mapping[str, Vocabulary] = {
    vocabulary.key: vocabulary
    for vocabulary in (
        Vocabulary(
            "disease", "Diseases", disease_terms.DISEASES, "disease", disease_terms.CONFUSIONS
        ),
        Vocabulary("tissue", "Tissues", TISSUES, "tissue"),
        Vocabulary("cell", "Cells", cell_terms.CELLS, "kind of cells", cell_terms.CONFUSIONS),
    )
}
