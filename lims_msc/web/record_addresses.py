"""Where the pages of registered records are, and what every template may say about records."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask import current_app, g, url_for

from lims_msc.domain.records.fields import RecordKind, Value
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.records.wording import value_text
from lims_msc.services.record_pages import MOST_CHILDREN, owner_fields
from lims_msc.services.register import WRITERS
from lims_msc.web.record_wording import is_number, linked_field, term_of

# Kinds with pages of their own, by their codes.
_OWN_PAGES: Mapping[str, str] = {"batch": "lims_msc.batch", "vial": "lims_msc.vial"}


def code_url(kind_key: str, code: str) -> str:
    """Return the address of the page of the record of this kind and code."""
    return _stem(kind_key, "code") + quote(code, safe="+")


def record_url(kind_key: str, record_id: int, values: Mapping[str, Value]) -> str:
    """Return the address of the page of a record."""
    if kind_key in _OWN_PAGES and (field := kind_of(kind_key).code_field) is not None:
        return code_url(kind_key, str(values[field.name]))
    return f"{_stem(kind_key, 'number')}{record_id}"


def _stem(kind_key: str, sort: str) -> str:
    """Return the address of pages of a kind without its end; made once for each answer.

    A list has hundreds of links, and making each anew would take longer than finding its records.
    """
    stems: dict[tuple[str, str], str] = g.setdefault("lims_msc_stems", {})
    if (kind_key, sort) not in stems:
        stems[kind_key, sort] = _address(kind_key, sort).removesuffix("0")
    return stems[kind_key, sort]


def _address(kind_key: str, sort: str) -> str:
    if sort == "number":
        return url_for("lims_msc.record", kind_key=kind_key, record_id=0)
    endpoint = _OWN_PAGES.get(kind_key, "")
    if endpoint in current_app.view_functions:
        return url_for(endpoint, code="0")
    return url_for("lims_msc.record_of_code", kind_key=kind_key, code="0")


def owner_url(kind: RecordKind, values: Mapping[str, Value]) -> str:
    """Return the address of the record that a record belongs to, else of the list of its kind."""
    code = values.get(kind.owner) if kind.owner else ""
    if code:
        return code_url(kind.field(kind.owner).refers_to, str(code))
    return url_for("lims_msc.records", kind_key=kind.key)


RECORD_VALUES: Mapping[str, object] = {
    "record_url": record_url,
    "code_url": code_url,
    "value_text": value_text,
    "term_of": term_of,
    "is_number": is_number,
    "linked_field": linked_field,
    "owner_field": lambda kind, owner: owner_fields(kind, owner)[0],
    "has_page": lambda endpoint: endpoint in current_app.view_functions,
    "most_children": MOST_CHILDREN,
    "may_write": lambda person: person is not None and person.may(*WRITERS),
}
"""What the macros for records need in any template."""
