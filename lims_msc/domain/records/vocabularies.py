"""Terms of diseases, tissues and cells with their identifiers, and searching them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lims_msc.errors import NotFound


@dataclass(frozen=True, slots=True)
class ExternalCode:
    """A code of another system, never without its system and version: ``ICD-10-CM 2025 G35``."""

    system: str
    version: str
    code: str


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a vocabulary.

    ``key`` is what is stored; ``identifier`` the ontology's own (``MONDO:0005301``), empty where
    there is none.  ``codes`` are mappings.  ``replaced_by`` are keys in place of an obsolete term,
    which can be found but not chosen; ``warning`` is shown with the term.
    """

    key: str
    label: str
    identifier: str = ""
    abbreviations: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    codes: tuple[ExternalCode, ...] = ()
    replaced_by: tuple[str, ...] = ()
    is_choosable: bool = True
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A term that a search found, and the words of it that matched."""

    term: Term
    matched: str
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Resolution:
    """What entered words mean: one term, or none with the candidates and the reason in words.

    A colliding abbreviation has no term but several candidates: a person must say which.
    """

    term: Term | None
    candidates: tuple[Term, ...] = ()
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed list of terms of one subject."""

    key: str
    title: str
    terms: tuple[Term, ...]
    by_key: Mapping[str, Term] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {term.key: term for term in self.terms})

    def label(self, key: str) -> str:
        """Return the label of a stored key; a key that is not known stands for itself."""
        term = self.by_key.get(key)
        return key if term is None else term.label

    def search(self, words: str, limit: int = 20) -> tuple[Match, ...]:
        """Return the terms whose label, synonym, abbreviation, identifier or code has the words."""
        raise NotImplementedError

    def resolve(self, words: str) -> Resolution:
        """Return what entered words mean, as far as they mean one thing."""
        raise NotImplementedError


def vocabulary_of(key: str) -> Vocabulary:
    """Return the vocabulary ``disease``, ``tissue`` or ``cell``.

    :raises NotFound: if there is none.
    """
    try:
        return _VOCABULARIES[key]
    except KeyError:
        raise NotFound(f"There is no vocabulary '{key}'.") from None


_VOCABULARIES: Mapping[str, Vocabulary] = {
    "disease": Vocabulary("disease", "Diseases", ()),
    "tissue": Vocabulary("tissue", "Tissues", ()),
    "cell": Vocabulary("cell", "Cells", ()),
}
