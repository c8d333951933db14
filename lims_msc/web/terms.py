"""Searches of the vocabularies, for the forms."""

from __future__ import annotations

from flask import Response, jsonify, request

from lims_msc.domain.records.vocabularies import Match, Term, vocabulary_of
from lims_msc.web.addresses import Address

MOST_MATCHES = 20


def search(vocabulary: str) -> Response:
    """Return the terms that the words ``q`` may mean, the best first.

    Terms that are only spelled alike stand in for a search that finds nothing.  The message is why
    the words, although something is called so, do not mean it without a person choosing it.
    """
    words = request.args.get("q", "")
    terms = vocabulary_of(vocabulary)
    matches, meant = terms.search(words, MOST_MATCHES), terms.resolve(words)
    if not matches:
        matches = tuple(Match(term, "", is_exact=False) for term in meant.candidates)
    is_called_so = any(match.is_exact for match in matches)
    return jsonify(
        {
            "words": words,
            "message": meant.message if is_called_so else "",
            "matches": [_line(match) for match in matches],
        }
    )


def _line(match: Match) -> dict[str, object]:
    term = match.term
    return {
        "key": term.key,
        "label": term.label,
        "matched": match.matched,
        "is_exact": match.is_exact,
        "identifier": term.identifier,
        "codes": [code.text for code in term.codes],
        "warning": _warning(term),
        "is_choosable": term.is_choosable,
        "replaced_by": list(term.replaced_by),
    }


def _warning(term: Term) -> str:
    if term.is_choosable:
        return term.warning
    return " ".join(filter(None, (term.warning, "It cannot be chosen.")))


ADDRESSES: tuple[Address, ...] = (("GET", "/terms/<vocabulary>", "terms", search),)
