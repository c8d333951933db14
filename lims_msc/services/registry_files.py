"""The workbook of all registered records: hands out the template, takes a filled one, exports.

A dry run and the import itself look at the same plan; nothing of a workbook is stored unless all of
it can be.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.findings import Finding, errors_among
from lims_msc.domain.importing import Source
from lims_msc.domain.plate import SourceCell
from lims_msc.domain.records.checking import problems_of
from lims_msc.domain.records.fields import RecordKind, Values
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.registry_example import example_records
from lims_msc.domain.registry_sheets import RegistryContents, in_workbook_order, read_registry
from lims_msc.domain.registry_template import RegistryRequest, value_in_words
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import InputError, StaleVersion
from lims_msc.migrate import shipped_head
from lims_msc.models import SourceFile
from lims_msc.registry import Registry
from lims_msc.services import register
from lims_msc.services.audit_trail import AuditContext, note
from lims_msc.services.exports import ExportedFile
from lims_msc.services.record_tables import table_of, values_of
from lims_msc.services.register_plan import Action, Plan, finding_of
from lims_msc.services.source_files import digest_of, keep, load, refuse
from lims_msc.services.transaction import Database
from lims_msc.version import __version__

EXPORTERS = (Role.REVIEWER, Role.DATA_MANAGER)
PURPOSE = "registry"
_CORRECT = "Correct the cells named here in Excel, save, and upload the file again."


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many records of a kind a workbook has, by what storing it would do with them."""

    kind: RecordKind
    new: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a registered record that a workbook changes, in words, with its cell."""

    kind: RecordKind
    record: str
    field_title: str
    old: str
    new: str
    place: SourceCell | None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What importing a workbook would do, and everything that was found, in its order."""

    file_name: str
    counts: tuple[KindCount, ...]
    changes: tuple[FieldChange, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stand in the way of storing anything."""
        return errors_among(self.findings)

    @property
    def can_be_accepted(self) -> bool:
        """Whether nothing stands in the way, and there is something to store."""
        return not self.errors and any(count.new or count.changed for count in self.counts)

    @property
    def version(self) -> str:
        """A digest of what would be done: it differs as soon as somebody changed a record of it."""
        plain = repr([(c.kind.key, c.new, c.changed, c.same) for c in self.counts])
        plain += repr([(c.kind.key, c.record, c.field_title, c.old, c.new) for c in self.changes])
        return hashlib.sha256(plain.encode()).hexdigest()[:16]


class RegistryRefused(InputError):
    """Nothing of a workbook was stored; ``seen`` says what storing it would have done."""

    def __init__(self, seen: DryRun, message: str, hint: str) -> None:
        super().__init__(message, hint=hint, findings=seen.findings)
        self.seen = seen


def dry_run(database: Database, registry: Registry, actor: Actor, source: Source) -> DryRun:
    """Return what importing a workbook would do; nothing is stored.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: if the file cannot be opened, or is no workbook of records.
    """
    actor.require(*register.WRITERS, action="import records")
    workbook = registry.open_workbook(source)
    with database.reading() as session:
        return _look(session, workbook)[0]


def receive(
    database: Database, registry: Registry, actor: Actor, source: Source
) -> tuple[DryRun, int | None]:
    """Look at an upload and keep it if it can be accepted; return its number, ``None`` if not.

    A file with errors is not kept: names of donors may stand in it.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: if the file cannot be opened, or is no workbook of records.
    """
    try:
        seen = dry_run(database, registry, actor, source)
    except InputError as error:
        refuse(database, actor, source, error)
        raise
    if seen.errors:
        refuse(database, actor, source, _refusal(seen))
        return seen, None
    with database.unit_of_work(actor, f"workbook '{source.file_name}' uploaded") as session:
        return seen, keep(session, actor, source, PURPOSE).id


def look_again(database: Database, registry: Registry, actor: Actor, source_file_id: int) -> DryRun:
    """Return what importing an upload that was kept would do now.

    :raises NotFound: if there is no such file.
    :raises InputError: if it is no workbook of records.
    """
    with database.reading() as session:
        source = load(session, source_file_id)
    return dry_run(database, registry, actor, source)


def accept(
    database: Database,
    registry: Registry,
    actor: Actor,
    source: Source,
    *,
    reason: str = "",
    version: str = "",
) -> DryRun:
    """Store everything that a workbook says, or nothing; keep the file itself with it.

    :param reason: why; needed where registered records change.
    :param version: the version of the dry run that the person saw, if one did.
    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: if the file cannot be opened, or is no workbook of records.
    :raises RegistryRefused: with every finding, if anything is wrong; nothing is stored but one
        audit row that says so.
    :raises StaleVersion: if storing would do something else by now than the person saw.
    """
    actor.require(*register.WRITERS, action="import records")
    try:
        workbook = registry.open_workbook(source)
        why = reason.strip() or f"workbook '{source.file_name}' imported"
        with database.unit_of_work(actor, why) as session:
            seen, plan = _look(session, workbook)
            _require_acceptable(seen, reason, version)
            register.store(session, plan)
            keep(session, actor, source, PURPOSE)
            note(session, "import", SourceFile.__tablename__, _facts(source, seen.counts))
    except InputError as error:
        refuse(database, actor, source, error)
        raise
    return seen


def accept_file(
    database: Database,
    registry: Registry,
    actor: Actor,
    source_file_id: int,
    *,
    reason: str,
    version: str,
) -> DryRun:
    """Store what an upload that was kept says, as :func:`accept` does.

    :raises NotFound: if there is no such file.
    """
    with database.reading() as session:
        source = load(session, source_file_id)
    return accept(database, registry, actor, source, reason=reason, version=version)


def template(registry: Registry, *, with_example: bool = False) -> ExportedFile:
    """Return the empty workbook, or one with an invented record of each kind."""
    records = example_records() if with_example else {}
    return _file(registry, "registry-template.xlsx", records)


def export_workbook(session: Session, registry: Registry, actor: Actor) -> ExportedFile:
    """Return all registered records in the order of their registration, and record that they left.

    It is the laboratory's working copy, with consents in it, and no publication.

    :raises NotAllowed: if the actor may not export records.
    :raises InputError: if a text cannot stand in a workbook, with its sheet and cell.
    """
    actor.require(*EXPORTERS, action="export all records")
    records = {kind.key: _all_of(session, kind) for kind in KINDS}
    audit: AuditContext = session.info["audit"]
    exported = _file(registry, f"registry-{audit.clock():%Y-%m-%d}.xlsx", records)
    sha256 = hashlib.sha256(exported.data).hexdigest()
    counts = {key: len(some) for key, some in records.items() if some}
    facts = {"file_name": exported.file_name, "sha256": sha256, "records": counts}
    note(session, "export", SourceFile.__tablename__, facts)
    return exported


def _file(
    registry: Registry, file_name: str, records: Mapping[str, Sequence[Values]]
) -> ExportedFile:
    writer = registry.registry_template
    request = RegistryRequest(f"lims-msc {__version__}", shipped_head(), records)
    return ExportedFile(file_name, writer.media_type, writer.write(request))


def _all_of(session: Session, kind: RecordKind) -> Sequence[Values]:
    table: Any = table_of(kind)
    rows = list(session.scalars(select(table).options(lazyload("*")).order_by(table.id)))
    return values_of(session, kind, rows)


def _look(session: Session, workbook: Workbook) -> tuple[DryRun, Plan]:
    """Return what a workbook would do, with the findings of its cells and those of its records."""
    contents = read_registry(workbook, lambda key: _codes(session, key))
    plan = register.plan(session, contents.entries)
    findings = (*contents.findings, *_unforeseen(contents, plan))
    seen = DryRun(
        workbook.file_name,
        _counts(plan),
        tuple(_changes(plan)),
        in_workbook_order(workbook, findings),
    )
    return seen, plan


def _unforeseen(contents: RegistryContents, plan: Plan) -> Iterable[Finding]:
    """Yield what the plan found and what does not only follow from a cell that was not read."""
    told = {(f.sheet, f.cell) for f in errors_among(contents.findings) if f.cell}
    doubtful = {
        (place.sheet, place.cell)
        for entry in (contents.entries if contents.unread else ())
        for field in kind_of(entry.kind_key).references
        if field.refers_to in contents.unread
        and (place := entry.places.get(field.name)) is not None
    }
    for finding in (*_of_unsound(contents, plan.today), *plan.findings):
        at = (finding.sheet, finding.cell)
        is_doubtful = finding.code == "register.unknown_reference" and at in doubtful
        if at not in told and not is_doubtful:
            yield finding


def _of_unsound(contents: RegistryContents, today: date) -> Iterable[Finding]:
    """Yield what else is wrong in rows whose identity could not be read."""
    for entry in contents.unsound:
        kind = kind_of(entry.kind_key)
        values = {field.name: field.empty for field in kind.fields} | dict(entry.values)
        for problem in problems_of(kind, values, today):
            yield finding_of(entry, problem)


def _codes(session: Session, kind_key: str) -> frozenset[str]:
    table: Any = table_of(kind_of(kind_key))
    return frozenset(session.scalars(select(table.code)))


def _counts(plan: Plan) -> tuple[KindCount, ...]:
    counted = Counter((planned.kind.key, planned.action) for planned in plan.records)
    counts = (KindCount(kind, *(counted[kind.key, action] for action in Action)) for kind in KINDS)
    return tuple(count for count in counts if count.new or count.changed or count.same)


def _changes(plan: Plan) -> Iterable[FieldChange]:
    for planned in plan.records:
        kind = planned.kind
        for name, (old, new) in planned.changes.items():
            field = kind.field(name)
            words = (value_in_words(kind.field(n), planned.values[n]) for n in kind.identity)
            yield FieldChange(
                kind=kind,
                record=", ".join(word for word in words if word),
                field_title=field.title,
                old=value_in_words(field, old),
                new=value_in_words(field, new),
                place=planned.entry.places.get(name),
            )


def _require_acceptable(seen: DryRun, reason: str, version: str) -> None:
    if seen.errors:
        raise _refusal(seen)
    if version and version != seen.version:
        raise StaleVersion(
            f"Importing '{seen.file_name}' would do something else by now than you were shown.",
            hint="Nothing was stored. Open the page of the upload again, and look once more.",
        )
    if seen.changes and not reason.strip():
        changed = sum(count.changed for count in seen.counts)
        raise RegistryRefused(
            seen,
            f"{changed} registered {'record changes' if changed == 1 else 'records change'}, and "
            "no reason is given.",
            "Say why; the reason stands in the audit trail with each change.",
        )


def _refusal(seen: DryRun) -> RegistryRefused:
    count = "one thing" if len(seen.errors) == 1 else f"{len(seen.errors)} things"
    message = f"Nothing of '{seen.file_name}' was stored: {count} must be corrected."
    return RegistryRefused(seen, message, _CORRECT)


def _facts(source: Source, counts: Iterable[KindCount]) -> dict[str, Any]:
    return {
        "file_name": source.file_name[:255],
        "sha256": digest_of(source),
        "records": {c.kind.key: [c.new, c.changed, c.same] for c in counts},
    }
