"""What a term of a vocabulary is, and a code of another system that it maps to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExternalCode:
    """A code of another system, never without its system and version: ``ICD-10-CM 2025 G35``.

    A code that is not exact, as that of a wider group, leads to the term and does not mean it.
    ``note`` is what a reader of the code must know, such as that it is not confirmed.
    """

    system: str
    version: str
    code: str
    is_exact: bool = True
    note: str = ""

    @property
    def text(self) -> str:
        """The code with its system, its version and its note, in words."""
        # A code with the prefix of its system reads best in front of the version.
        has_prefix = ":" in self.code
        is_named = self.code.startswith(f"{self.system}:")
        source = self.version if is_named else f"{self.system} {self.version}"
        notes = (
            source if has_prefix else "",
            "" if self.is_exact else "not exact",
            self.note,
        )
        words = self.code if has_prefix else f"{self.system} {self.version} {self.code}"
        said = "; ".join(filter(None, notes))
        return f"{words} ({said})" if said else words


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

    @property
    def names(self) -> Iterable[str]:
        """The label and its synonyms: what the term is called when it is written out."""
        return (self.label, *self.synonyms)


@dataclass(frozen=True, slots=True)
class Confusion:
    """An abbreviation that is never taken for a term without a person saying so.

    ``keys`` are the terms of the vocabulary that it may mean, ``others`` the end of a sentence
    about what else it may mean.
    """

    abbreviation: str
    keys: tuple[str, ...]
    others: str = ""
