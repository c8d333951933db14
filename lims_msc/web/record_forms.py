"""Forms of registered records, made from the declaration of their kinds.

A form that is refused comes back with everything that was typed, each finding beside its field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.plate import SourceCell
from lims_msc.domain.records.fields import Entry, Field, Problem, RecordKind
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.records.wording import value_text
from lims_msc.errors import LimsMscError, StaleVersion
from lims_msc.services import register
from lims_msc.services.record_lists import newest_codes
from lims_msc.services.register import Record
from lims_msc.services.register_plan import Action, PlannedRecord, finding_of
from lims_msc.web.record_inputs import Typed, input_of, read_input

REASON = "reason"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as it stands in the form; ``suggestions`` are codes or words to pick from."""

    field: Field
    typed: Typed
    suggestions: tuple[str, ...] = ()
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class RecordForm:
    """The form of a new record, or of ``record`` where that is to be changed.

    ``differences`` has what is stored now and what was typed, field by field, where somebody else
    changed the record meanwhile.
    """

    kind: RecordKind
    fields: tuple[FormField, ...]
    record: Record | None = None
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    refusal: LimsMscError | None = None
    existing: int | None = None
    differences: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of_address(cls, session: Session, kind: RecordKind, given: Mapping[str, str]) -> RecordForm:
        """Return the empty form, filled with what the address names."""
        typed = {field.name: read_input(field, given) for field in kind.fields}
        return cls(kind, _fields(session, kind, typed))

    @classmethod
    def of_record(cls, session: Session, record: Record) -> RecordForm:
        """Return the form with the values of a record."""
        kind = record.kind
        typed = {field.name: input_of(field, record.values[field.name]) for field in kind.fields}
        return cls(kind, _fields(session, kind, typed, record), record)

    @classmethod
    def of_post(
        cls,
        session: Session,
        kind: RecordKind,
        form: Mapping[str, str],
        record: Record | None = None,
    ) -> RecordForm:
        """Return the form as it was sent, with everything that the register says about it."""
        typed = {field.name: _read(field, form, record) for field in kind.fields}
        fields = _fields(session, kind, typed, record)
        sent = cls(kind, fields, record, form.get(REASON, "").strip())
        unread = [field.typed.problem for field in fields if field.typed.problem is not None]
        findings = [finding_of(sent.entry, problem) for problem in unread]
        plan = register.plan(session, [sent.entry])
        known = {problem.field_name for problem in unread}
        findings += [f for f in plan.findings if field_name_of(f) not in known]
        if record is None:
            findings += _exists_already(sent.entry, plan.records[0])
        elif not sent.reason:
            findings.append(_no_reason())
        existing = plan.records[0].record_id if record is None else None
        order = [*(f.name for f in kind.fields), REASON]
        findings.sort(
            key=lambda f: order.index(field_name_of(f)) if field_name_of(f) in order else -1
        )
        return replace(sent, findings=_in_form(findings), existing=existing)

    @property
    def entry(self) -> Entry:
        """The record as it was typed, each field at the place of its own name."""
        values = {field.field.name: field.typed.value for field in self.fields}
        places = {name: SourceCell("", name) for name in values}
        return Entry(self.kind.key, values, places)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be corrected before anything is stored."""
        return errors_among(self.findings)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What a person should look at; it does not stand in the way."""
        return tuple(f for f in self.findings if f.level is Level.WARNING)

    def findings_of(self, name: str) -> tuple[Finding, ...]:
        """Return what is said about one field."""
        return tuple(f for f in self.findings if field_name_of(f) == name)

    def is_wrong(self, name: str) -> bool:
        """Whether a field must be corrected; a warning alone leaves it as it is."""
        return any(f.level is Level.ERROR for f in self.findings_of(name))

    def refused(self, refusal: LimsMscError) -> RecordForm:
        """Return the form with the reason why storing was refused."""
        differences: tuple[tuple[str, str, str], ...] = ()
        if isinstance(refusal, StaleVersion) and self.record is not None:
            differences = tuple(_differences(self.record, self.entry))
        findings = _in_form(refusal.findings)
        return replace(self, refusal=refusal, findings=findings, differences=differences)


def field_name_of(finding: Finding) -> str:
    """Return the name of the field that a finding about a form is said of; empty if of none."""
    return finding.cell or finding.code.removeprefix("field.")


def _read(field: Field, form: Mapping[str, str], record: Record | None) -> Typed:
    if record is None:
        return read_input(field, form)
    if field.name in record.kind.identity:
        return input_of(field, record.values[field.name])
    return read_input(field, form, record.values[field.name])


def _fields(
    session: Session, kind: RecordKind, typed: Mapping[str, Typed], record: Record | None = None
) -> tuple[FormField, ...]:
    fixed = kind.identity if record is not None else ()
    others = {f.refers_to for f in kind.references if f.name not in fixed}
    codes = {key: newest_codes(session, kind_of(key)) for key in sorted(others)}
    return tuple(
        FormField(
            field,
            typed[field.name],
            codes.get(field.refers_to, ()) if field.refers_to else field.choices,
            field.name in fixed,
        )
        for field in kind.fields
    )


def _exists_already(entry: Entry, planned: PlannedRecord) -> Iterable[Finding]:
    if planned.action is not Action.CREATE:
        kind = planned.kind
        words = ", ".join(str(v) for v in kind.identity_of(entry.values) if v not in {None, ""})
        yield finding_of(
            entry,
            Problem(
                kind.identity[-1],
                f"The {kind.noun} '{words}' exists already.",
                "Open it and change it, or enter another one.",
            ),
        )


def _no_reason() -> Finding:
    hint = "Write in a few words why the record is changed; it stays in the audit trail."
    return Finding(Level.ERROR, f"field.{REASON}", "The reason is empty.", hint)


def _in_form(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with hints for a form where they speak of a workbook."""
    hint = "Register it first, or choose one that is registered."
    return tuple(
        replace(f, hint=hint) if f.code == "register.unknown_reference" else f for f in findings
    )


def _differences(record: Record, entry: Entry) -> Iterable[tuple[str, str, str]]:
    for field in record.kind.fields:
        stored, typed = record.values[field.name], entry.values[field.name]
        if stored != typed:
            yield field.title, value_text(field, stored), value_text(field, typed)
