"""Uploads of cell counters: receive, look, and accept the counts of chosen samples for a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.cell_counts import (
    NOT_IN_FILE,
    CellCount,
    CellCounts,
    Measured,
    cell_counts,
)
from lims_msc.domain.count_reads import Quantity
from lims_msc.domain.findings import Finding, errors_among
from lims_msc.domain.harvests import CountedHarvest
from lims_msc.domain.importing import Source
from lims_msc.domain.plate import Marker, SourceCell
from lims_msc.errors import (
    AmbiguousFormat,
    ChoiceNeeded,
    Conflict,
    DuplicateUpload,
    InputError,
    UnknownFormat,
)
from lims_msc.models import CellCount as StoredCount
from lims_msc.models import Passage, SourceFile
from lims_msc.registry import Registry
from lims_msc.services.audit_trail import AuditContext
from lims_msc.services.codec import findings_from_json, to_json
from lims_msc.services.count_passages import harvest_by, passage_named, passages_of
from lims_msc.services.materials import batch_by_code
from lims_msc.services.reading_files import ReadFile, read_file
from lims_msc.services.source_files import digest_of, keep, load, refuse
from lims_msc.services.transaction import Database

_NAMED_SAMPLES = 12


@dataclass(frozen=True, slots=True)
class CountChoice:
    """A sample of an upload: its count, and for which batches it was accepted before, in words."""

    count: CellCount
    is_of_this_batch: bool = False
    earlier: tuple[str, ...] = ()

    @property
    def can_be_chosen(self) -> bool:
        """Whether nothing speaks against accepting it for the batch."""
        return self.count.can_be_accepted and not self.is_of_this_batch


@dataclass(frozen=True, slots=True)
class CountPreview:
    """What an upload says about its samples, and what may be accepted for a batch.

    ``passages`` are the registered passages that a count may be given to, the newest first.
    """

    batch_code: str
    source_file_id: int
    file_name: str
    importer_key: str
    importer_title: str
    importer_version: str
    choices: tuple[CountChoice, ...]
    findings: tuple[Finding, ...]
    passages: tuple[int, ...] = ()

    @property
    def can_be_accepted(self) -> bool:
        """Whether there is a sample that may be accepted."""
        return not errors_among(self.findings) and any(c.can_be_chosen for c in self.choices)


@dataclass(frozen=True, slots=True)
class CountLine:
    """An accepted count of a batch, with its file and by whom it was accepted.

    ``passage`` and ``harvest`` are ``None`` for a count that is of no passage.
    """

    count_id: int
    count: CellCount
    file_id: int
    file_name: str
    importer: str
    accepted_at: datetime
    accepted_by: str
    passage: int | None = None
    harvest: CountedHarvest | None = None


def receive(
    database: Database, registry: Registry, actor: Actor, batch_code: str, source: Source
) -> int:
    """Read an upload of a cell counter and keep its bytes; return the number of the stored file.

    :raises NotAllowed: if the actor may not import.
    :raises NotFound: if there is no such batch.
    :raises DuplicateUpload: if all its samples were accepted for this batch before.
    :raises InputError: if the file is refused; nothing is stored but one audit row.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, action="upload a file of a cell counter")
    with database.reading() as session:
        batch = batch_by_code(session, batch_code)
        earlier = [c for c in _stored_of(session, source) if c.batch_id == batch.id]
        stored = {count.sample: _in_words(count) for count in earlier}
    try:
        _, found = _read(registry, source)
        if all(count.sample in stored for count in found.counts):
            _refuse_duplicate(source, stored)
    except AmbiguousFormat:
        pass  # A person chooses on the preview.
    except (InputError, DuplicateUpload) as error:
        refuse(database, actor, source, error)
        raise
    reason = f"file of a cell counter '{source.file_name}' uploaded for batch '{batch_code}'"
    with database.unit_of_work(actor, reason) as session:
        return keep(session, actor, source, "counter").id


def preview(
    database: Database,
    registry: Registry,
    batch_code: str,
    source_file_id: int,
    importer_key: str = "",
) -> CountPreview:
    """Return the counts of an upload, and which of them may be accepted for the batch.

    :raises InputError: if the file cannot be read, or holds no counts.
    :raises NotFound: if there is no such batch or file.
    """
    with database.reading() as session:
        passages = passages_of(session, batch_by_code(session, batch_code))
        source = load(session, source_file_id)
    read, found = _read(registry, source, importer_key)
    with database.reading() as session:
        earlier = {count: _earlier(session, batch_code, source, count) for count in found.counts}
    return CountPreview(
        batch_code=batch_code,
        source_file_id=source_file_id,
        file_name=read.file_name,
        importer_key=read.importer_key,
        importer_title=read.importer_title,
        importer_version=read.importer_version,
        choices=tuple(CountChoice(count, *earlier[count]) for count in found.counts),
        findings=(*read.workbook.findings, *found.findings),
        passages=passages,
    )


def accept(
    database: Database,
    registry: Registry,
    actor: Actor,
    batch_code: str,
    source_file_id: int,
    *,
    samples: Sequence[str],
    importer_key: str = "",
    passage: int | None = None,
) -> tuple[int, ...]:
    """Store the counts of the chosen samples for the batch, all or none; return their numbers.

    ``passage`` is the registered passage that they were taken from, ``None`` for none.

    :raises NotAllowed: if the actor may not import.
    :raises InputError: if no sample is chosen, one is not in the file, its count is impossible, or
        the passage is not registered.
    :raises Conflict: if one was accepted for this batch before.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, action="accept cell counts")
    seen = preview(database, registry, batch_code, source_file_id, importer_key)
    chosen = _chosen(seen, samples)
    names = ", ".join(f"'{choice.count.sample}'" for choice in chosen[:_NAMED_SAMPLES])
    reason = f"cell counts of {names} in '{seen.file_name}' accepted for batch '{batch_code}'"
    with database.unit_of_work(actor, reason) as session:
        audit: AuditContext = session.info["audit"]
        rows = [_row(actor, audit.clock(), seen, choice.count) for choice in chosen]
        batch = batch_by_code(session, batch_code)
        taken_from = passage_named(session, batch, passage)
        for row in rows:
            row.batch = batch
            row.passage_id = taken_from.id if taken_from else None
            row.source_file = session.get_one(SourceFile, source_file_id)
        session.add_all(rows)
        session.flush()
        return tuple(row.id for row in rows)


def counts_of_batch(session: Session, batch_code: str) -> tuple[CountLine, ...]:
    """Return the accepted counts of a batch, newest first.

    :raises NotFound: if there is no such batch.
    """
    batch = batch_by_code(session, batch_code)
    newest = (
        select(StoredCount, Passage)
        .outerjoin(Passage, Passage.id == StoredCount.passage_id)
        .where(StoredCount.batch_id == batch.id)
        .order_by(StoredCount.id.desc())
    )
    return tuple(
        CountLine(
            count_id=row.id,
            count=_count_of(row),
            file_id=row.source_file_id,
            file_name=row.source_file.file_name,
            importer=f"{row.importer_key} {row.importer_version}",
            accepted_at=row.accepted_at,
            accepted_by=row.accepted_by_name,
            passage=passage.passage if passage else None,
            harvest=harvest_by(row, passage),
        )
        for row, passage in session.execute(newest)
    )


def _read(
    registry: Registry, source: Source, importer_key: str = ""
) -> tuple[ReadFile, CellCounts]:
    try:
        read = read_file(registry, source, importer_key)
    except ChoiceNeeded as question:
        # Blocks to choose from are plates; samples of a counter are known by their headings.
        raise UnknownFormat(
            f"No importer knows the file '{source.file_name}' as one of a cell counter.",
            hint="Export it again from the program of the counter, and upload that.",
            findings=[f for f in question.findings if not f.code.startswith("option.")],
        ) from question
    found = cell_counts(read.readings)
    if not found.counts:
        raise InputError(
            f"The file '{source.file_name}' was recognised as {read.importer_title}, "
            "but it holds no cell counts.",
            hint="Files of plate readers belong to a plate. Upload the file of a cell counter.",
            findings=(*read.workbook.findings, *found.findings),
        )
    return read, found


def _stored_of(session: Session, source: Source) -> tuple[StoredCount, ...]:
    """Return all counts that were accepted from the same bytes."""
    same = select(StoredCount).join(SourceFile).where(SourceFile.sha256 == digest_of(source))
    return tuple(session.scalars(same.order_by(StoredCount.id)))


def _earlier(
    session: Session, batch_code: str, source: Source, count: CellCount
) -> tuple[bool, tuple[str, ...]]:
    """Return whether a sample of these bytes is of the batch already, and where it was accepted.

    A sample of the same name and numbers in other bytes, such as a file that was saved again, is
    told too.
    """
    numbers = {quantity.value: measured.value for quantity, measured in count.measured.items()}
    same_name = select(StoredCount).filter_by(sample=count.sample).order_by(StoredCount.id)
    here = False
    words: list[str] = []
    for stored in session.scalars(same_name):
        is_same_file = stored.source_file.sha256 == digest_of(source)
        if is_same_file or all(getattr(stored, name) == n for name, n in numbers.items()):
            if is_same_file and stored.batch.code == batch_code:
                here = True
                words.insert(0, _in_words(stored))
            else:
                words.append(_in_words(stored))
    return here, tuple(words)


def _in_words(count: StoredCount) -> str:
    return (
        f"accepted for batch '{count.batch.code}' on {count.accepted_at:%Y-%m-%d %H:%M} UTC "
        f"by {count.accepted_by_name}, from '{count.source_file.file_name}'"
    )


def _refuse_duplicate(source: Source, stored: Mapping[str, str]) -> None:
    sample, words = next(iter(stored.items()))
    samples = f"The sample '{sample}'" if len(stored) == 1 else f"All {len(stored)} samples"
    raise DuplicateUpload(
        f"{samples} of the file '{source.file_name}' {'was' if len(stored) == 1 else 'were'} "
        f"imported before: {words}.",
        hint="Nothing was stored. Choose the file of another count.",
    )


def _chosen(seen: CountPreview, samples: Sequence[str]) -> tuple[CountChoice, ...]:
    """Return the chosen samples in the order of the file.

    :raises InputError: for all of them that cannot be taken, with every finding.
    :raises Conflict: if one was accepted for this batch before.
    """
    known = {choice.count.sample: choice for choice in seen.choices}
    strange = [f"'{name}'" for name in samples if name not in known]
    if strange or not samples:
        what = f"has no sample {', '.join(strange)}" if strange else "holds samples to choose from"
        raise InputError(
            f"The file '{seen.file_name}' {what}.", hint=f"Choose from {_listed(known)}."
        )
    chosen = tuple(choice for name, choice in known.items() if name in samples)
    wrong = [f for choice in chosen for f in choice.count.findings]
    if errors_among(seen.findings) or errors_among(wrong):
        raise InputError(
            f"The counts of the file '{seen.file_name}' cannot be accepted as they are.",
            hint="Nothing was stored. Leave out the samples that are named here.",
            findings=(*errors_among(seen.findings), *wrong),
        )
    if again := [choice for choice in chosen if choice.is_of_this_batch]:
        first = again[0]
        raise Conflict(
            f"The sample '{first.count.sample}' was {first.earlier[0]}.",
            hint="Nothing was stored. Leave it out.",
        )
    return chosen


def _listed(names: Iterable[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    more = len(quoted) - _NAMED_SAMPLES
    return ", ".join(quoted[:_NAMED_SAMPLES]) + (f" and {more} more" if more > 0 else "")


def _row(actor: Actor, at: datetime, seen: CountPreview, count: CellCount) -> StoredCount:
    return StoredCount(
        sample=count.sample,
        **{quantity.value: measured.value for quantity, measured in count.measured.items()},
        measured={
            quantity.value: {
                "label": measured.label,
                "raw": measured.raw,
                "marker": measured.marker.value if measured.marker else None,
                "reason": measured.reason,
                "sheet": measured.source.sheet,
                "cell": measured.source.cell,
            }
            for quantity, measured in count.measured.items()
            if measured.source is not None
        },
        findings=to_json(count.findings),
        importer_key=seen.importer_key,
        importer_version=seen.importer_version,
        accepted_at=at,
        accepted_by_id=actor.user_id,
        accepted_by_name=actor.name,
    )


def _count_of(row: StoredCount) -> CellCount:
    quantities = {
        quantity.value: _measured_of(row, quantity)
        for quantity in Quantity
        if quantity.value in row.measured
    }
    missing = {q.value: NOT_IN_FILE for q in Quantity if q.value not in quantities}
    return CellCount(row.sample, **quantities, **missing, findings=findings_from_json(row.findings))


def _measured_of(row: StoredCount, quantity: Quantity) -> Measured:
    about: Mapping[str, Any] = row.measured[quantity.value]
    return Measured(
        value=getattr(row, quantity.value),
        marker=Marker(about["marker"]) if about["marker"] else None,
        raw=about["raw"],
        source=SourceCell(about["sheet"], about["cell"]),
        label=about["label"],
        reason=about["reason"],
    )
