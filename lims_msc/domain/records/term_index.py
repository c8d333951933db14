"""Finding terms by words: everything a term is called, folded once, and looked up or searched."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum

from lims_msc.domain.records.terms import Confusion, ExternalCode, Term

# Laboratories call clones CL57, which is no identifier of the Cell Ontology.
_IDENTIFIER = re.compile(
    r"(?:.*[/:])?(?:(mondo|doid|uberon|cvcl)[\s:_-]*|(cl)(?:\s*[:_]\s*|[\s-]*(?=\d{7}$)))(\d+)",
    re.IGNORECASE | re.ASCII,
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})  # codespell:ignore ue
# British spellings and what they are in American ones; both are found.
_AMERICAN = (("haem", "hem"), ("aemi", "emi"), ("coel", "cel"), ("ised", "ized"), ("oea", "ea"))


class Sort(IntEnum):
    """What a text is for its term; of several, the first counts."""

    KEY = 0
    LABEL = 1
    SYNONYM = 2
    ABBREVIATION = 3
    IDENTIFIER = 4
    CODE = 5
    WIDER_CODE = 6


class Rank(IntEnum):
    """How well a text fits the words that are searched for; the lowest comes first."""

    EXACT = 0
    LABEL_BEGINS = 1
    WORDS_BEGIN = 2
    WITHIN = 3
    SCATTERED = 4
    CODE = 5


@dataclass(frozen=True, slots=True)
class Called:
    """One thing that a term is called, as written, folded, and as folded words."""

    term: Term
    text: str
    sort: Sort
    folded: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that fits the words searched for, and the text of it that does."""

    rank: Rank
    called: Called


class TermIndex:
    """Everything that the terms of a vocabulary are called."""

    def __init__(self, terms: Sequence[Term], confusions: Iterable[Confusion]) -> None:
        self.terms = terms
        self.confusions = {fold(confusion.abbreviation): confusion for confusion in confusions}
        self._by_key = {term.key: term for term in terms}
        self._called = {term.key: tuple(_everything_called(term)) for term in terms}
        self._exactly: dict[str, list[Called]] = defaultdict(list)
        for called in (called for some in self._called.values() for called in some):
            self._exactly[called.folded].append(called)
        self._written_out = {
            called.folded: called.term
            for some in self._called.values()
            for called in some
            if called.sort in {Sort.LABEL, Sort.SYNONYM}
        }

    def exactly(self, words: str) -> Mapping[Sort, tuple[Term, ...]]:
        """Return the terms that are called exactly so, by what the words are for them."""
        found: dict[Sort, dict[str, Term]] = defaultdict(dict)
        for called in self._exactly.get(fold(words), ()):
            found[called.sort][called.term.key] = called.term
        if (confusion := self.confusions.get(fold(words))) is not None:
            for key in confusion.keys:
                found[Sort.ABBREVIATION][key] = self._by_key[key]
        return {sort: tuple(found[sort].values()) for sort in sorted(found)}

    def hits(self, words: str) -> Sequence[Hit]:
        """Return every term that fits, the best first; without any words every term."""
        folded, parts = fold(words), folded_words(words)
        exact = {term.key for terms in self.exactly(words).values() for term in terms}
        hits = (self._hit(term, folded, parts, exact) for term in self.terms)
        # Sorting keeps the order of the vocabulary among hits that fit equally well.
        return sorted(
            (hit for hit in hits if hit is not None),
            key=lambda hit: (
                hit.rank,
                hit.called.sort > Sort.LABEL,
                not hit.called.term.is_choosable,
            ),
        )

    def like(self, words: str, most: int) -> Sequence[Term]:
        """Return the terms whose name is nearly spelled so."""
        near = get_close_matches(fold(words), self._written_out, n=2 * most, cutoff=0.72)
        return list({(term := self._written_out[name]).key: term for name in near}.values())[:most]

    def of_category(self, code: str) -> Sequence[Term]:
        """Return the terms with a code of the same three characters, such as ``G35``."""
        category = fold(code)[:3]
        return [
            term
            for term in self.terms
            if any(c.system.startswith("ICD") and fold(c.code)[:3] == category for c in term.codes)
        ]

    def _hit(
        self, term: Term, folded: str, parts: Sequence[str], exact: Iterable[str]
    ) -> Hit | None:
        called = self._called[term.key]
        if not folded:
            return Hit(Rank.CODE, called[0])
        best = min(
            ((rank, c) for c in called if (rank := _rank(c, folded, parts)) is not None),
            key=lambda pair: (pair[0], pair[1].sort),
            default=None,
        )
        if best is not None and (best[0] is Rank.EXACT or term.key not in exact):
            return Hit(*best)
        if term.key in exact:
            # Only a confusion leads here: the abbreviation is not the term's own.
            abbreviation = self.confusions[folded].abbreviation
            return Hit(Rank.EXACT, Called(term, abbreviation, Sort.ABBREVIATION, folded, ()))
        if all(any(part in c.folded for c in called) for part in parts):
            return Hit(Rank.SCATTERED, called[0])
        return None


def fold(text: str) -> str:
    """Return a text as it is compared: no case, accents, spaces, hyphens or other signs.

    Identifiers of ontologies become one form, however their numbers are written.
    """
    if (found := _IDENTIFIER.fullmatch(text.strip())) is not None:
        return f"{(found[1] or found[2]).lower()}:{int(found[3])}"
    return "".join(folded_words(text))


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case and accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(mark for mark in plain if not unicodedata.combining(mark))
    kept = re.sub(r"[’'´`]", "", kept)
    return tuple(re.findall(r"[^\W_]+", kept))


def _rank(called: Called, folded: str, parts: Sequence[str]) -> Rank | None:
    if called.folded == folded:
        return Rank.EXACT
    if called.sort >= Sort.IDENTIFIER or called.sort is Sort.KEY:
        # As it is written, with the zeros of its number, and as it is compared, without them.
        is_part = "".join(parts) in "".join(called.words) or folded in called.folded
        return Rank.CODE if is_part else None
    if called.sort is Sort.LABEL and called.folded.startswith(folded):
        return Rank.LABEL_BEGINS
    if all(any(word.startswith(part) for word in called.words) for part in parts):
        return Rank.WORDS_BEGIN
    return Rank.WITHIN if folded in called.folded else None


def _everything_called(term: Term) -> Iterable[Called]:
    yield _called(term, term.label, Sort.LABEL)
    yield _called(term, term.key, Sort.KEY)
    for name in term.names:
        sort = Sort.LABEL if name == term.label else Sort.SYNONYM
        for spelling in sorted(_spellings(name)):
            yield _called(term, name, sort, spelling)
    for abbreviation in term.abbreviations:
        yield _called(term, abbreviation, Sort.ABBREVIATION)
        if len(fold(abbreviation)) > 2:
            yield _called(term, abbreviation, Sort.ABBREVIATION, f"{abbreviation}s")
    if term.identifier:
        yield _called(term, term.identifier, Sort.IDENTIFIER)
    for code in term.codes:
        sort = Sort.CODE if code.is_exact else Sort.WIDER_CODE
        for way in _ways_to_write(code):
            yield _called(term, code.text, sort, way)


def _called(term: Term, text: str, sort: Sort, spelling: str = "") -> Called:
    return Called(term, text, sort, fold(spelling or text), folded_words(spelling or text))


def _spellings(name: str) -> set[str]:
    """Return a name as it may be spelled: British, American, without umlauts, in the plural."""
    lower = name.casefold()
    american = lower
    for british, other in _AMERICAN:
        american = american.replace(british, other)
    found = {lower, american, lower.translate(_UMLAUTS), lower.replace("'s", "")}
    return found | {f"{spelling}s" for spelling in found if not spelling.endswith("s")}


def _ways_to_write(code: ExternalCode) -> Iterable[str]:
    yield code.code
    yield f"{code.system} {code.code}"
    yield f"{code.system} {code.version} {code.code}"
    if code.system.startswith("ICD-10"):
        yield f"ICD-10 {code.code}"
