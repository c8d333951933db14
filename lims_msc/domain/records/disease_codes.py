"""How the lists of diseases write a disease and its codes down, with the versions they are of.

MONDO, DOID and ICD mappings are those of MONDO's mapping files of 2026-08-04, unless a note says
that they are to be confirmed.
"""

from __future__ import annotations

from lims_msc.domain.records.terms import ExternalCode, Term

MONDO_RELEASE = "2026-08-04"
UNCONFIRMED = "confirm before publication"


def cm(code: str) -> ExternalCode:
    """Return a code of ICD-10-CM that MONDO's mapping file has."""
    return ExternalCode("ICD-10-CM", "2025", code)


def cm_unread(code: str, *, is_exact: bool = True) -> ExternalCode:
    """Return a code of ICD-10-CM that no mapping file of MONDO has."""
    return ExternalCode("ICD-10-CM", "2025", code, is_exact, UNCONFIRMED)


def who(code: str) -> ExternalCode:
    """Return a code of the World Health Organization's own ICD-10."""
    return ExternalCode("ICD-10 (WHO)", "2019", code)


def disease(  # noqa: PLR0917 (a disease is one row of a table, read by position)
    mondo: str,
    label: str,
    abbreviations: str = "",
    doid: str = "",
    codes: tuple[ExternalCode, ...] = (),
    synonyms: tuple[str, ...] = (),
    warning: str = "",
    *,
    is_doid_exact: bool = True,
) -> Term:
    """Return a disease, whose key is its MONDO identifier."""
    identifier = f"MONDO:{mondo}"
    mapped = ExternalCode("DOID", f"mapped by MONDO {MONDO_RELEASE}", f"DOID:{doid}", is_doid_exact)
    return Term(
        identifier,
        label,
        identifier,
        tuple(abbreviations.split()),
        synonyms,
        ((mapped,) if doid else ()) + codes,
        warning=warning,
    )
