"""What was imported into an empty registry is exported as the same workbook, cell for cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from conftest import People
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registry_books import cells_of, filled, many_batches, saved, template_book

from lims_msc.domain.importing import Source
from lims_msc.domain.records.fields import Entry, Field, FieldKind, RecordKind, Value, Values
from lims_msc.domain.records.kinds import KINDS
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.registry_example import example_records
from lims_msc.domain.registry_sheets import read_registry
from lims_msc.registry import Registry
from lims_msc.services import register, registry_files
from lims_msc.services.record_tables import columns_of, table_of
from lims_msc.services.transaction import Database


def exported(database: Database, registry: Registry, people: People) -> Source:
    with database.unit_of_work(people.data_manager, "test") as session:
        made = registry_files.export_workbook(session, registry, people.data_manager)
    return Source(made.file_name, made.data)


def assert_comes_back(
    database: Database, registry: Registry, people: People, source: Source
) -> None:
    registry_files.accept(database, registry, people.technician, source)
    before = cells_of(registry.open_workbook(source))
    after = cells_of(registry.open_workbook(exported(database, registry, people)))
    assert list(after) == list(before)
    for name, cells in before.items():
        assert after[name] == cells, name


def test_5000_batches_with_all_that_belongs_to_them_come_back_cell_for_cell(
    database: Database, registry: Registry, people: People
) -> None:
    assert_comes_back(database, registry, people, filled(registry, many_batches(5000)))


def test_a_record_of_each_kind_comes_back_as_the_same_bytes(
    database: Database, registry: Registry, people: People
) -> None:
    example = registry_files.template(registry, with_example=True)
    assert {key for key, rows in example_records().items() if rows} == {k.key for k in KINDS}
    registry_files.accept(
        database, registry, people.technician, Source("example.xlsx", example.data)
    )
    again = exported(database, registry, people)
    assert again.data == example.data
    seen = registry_files.dry_run(database, registry, people.technician, again)
    assert not seen.findings
    assert not seen.can_be_accepted


def test_children_between_other_batches_keep_their_place(
    database: Database, registry: Registry, people: People
) -> None:
    family = many_batches(8)
    batches = family["batch"]
    order = [0, 4, 1, 5, 2, 3, 6, 7]
    mixed = {**family, "batch": [batches[number] for number in order]}
    assert_comes_back(database, registry, people, filled(registry, mixed))


def test_a_batch_before_its_parent_is_taken_and_comes_after_it(
    database: Database, registry: Registry, people: People
) -> None:
    family = many_batches(4)
    turned = {**family, "batch": list(reversed(family["batch"]))}
    registry_files.accept(database, registry, people.technician, filled(registry, turned))
    cells = cells_of(registry.open_workbook(exported(database, registry, people)))["Batches"]
    assert [cells[f"A{row}"].value for row in range(2, 6)] == [
        f"MSC-00000-P{number}" for number in range(1, 5)
    ]


_PARTS_OF_DATES = ("2019", "2019-05", "2019-05-14")
_AWKWARD = "=1+1 ‘naïve’ IFN-γ µg 東京\n00123, <b>&amp;</b> 1.234"


def _filled_field(field: Field, number: int) -> Value:
    """Return something that a field may hold and that Excel would rather change."""
    if field.kind is FieldKind.TERM:
        return vocabulary_of(field.vocabulary).terms[number].key
    if field.kind is FieldKind.CHOICE:
        return f"1E{number}" if field.allows_other else field.choices[-1]
    text = _AWKWARD if field.kind is FieldKind.NOTE else _AWKWARD.replace("\n", " ")
    others: Mapping[FieldKind, Value] = {
        FieldKind.DECIMAL: (field.low or 0) + 1 / 3,
        FieldKind.WHOLE: int(field.low or 0) + number,
        FieldKind.PARTIAL_DATE: _PARTS_OF_DATES[number % 3],
        FieldKind.DATE: date(2024, 2, 29),
    }
    return others.get(field.kind, text[: field.max_length].strip())


def _filled_record(kind: RecordKind, number: int) -> Values:
    return {
        field.name: f"SEPT{number}"
        if field.kind is FieldKind.CODE
        else ("" if field.refers_to == kind.key else f"SEPT{number}")
        if field.kind is FieldKind.REFERENCE
        else _filled_field(field, number)
        for field in kind.fields
    }


def test_every_field_of_every_kind_comes_back_as_it_is_stored(
    database: Database, registry: Registry, people: People
) -> None:
    stored = {kind.key: [_filled_record(kind, n) for n in (1, 2, 3)] for kind in KINDS}
    ids: dict[tuple[str, str], int] = {}
    with database.unit_of_work(people.technician, "whatever rules may say of it") as session:
        for kind in KINDS:
            for number, values in enumerate(stored[kind.key], start=1):
                row = table_of(kind)(**columns_of(kind, values, ids))
                session.add(row)
                session.flush()
                ids[kind.key, f"SEPT{number}"] = row.id
    workbook = registry.open_workbook(exported(database, registry, people))
    read = read_registry(workbook)
    assert not read.findings
    assert len(read.entries) == 3 * len(KINDS)
    for kind in KINDS:
        back = [dict(entry.values) for entry in read.entries if entry.kind_key == kind.key]
        filled_in = [{n: v for n, v in values.items() if v != ""} for values in stored[kind.key]]
        assert back == filled_in, kind.key


# What a form may store: everything that a person can type, without space around it.
_WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    max_size=30,
).map(str.strip)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "title": _WORDS.filter(bool),
                "note": _WORDS,
                "valid_until": st.none() | st.dates(date(1901, 1, 1)),
            }
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_registered_is_exported_so_that_importing_it_changes_nothing(
    database: Database, registry: Registry, people: People, drawn: list[Values]
) -> None:
    entries = [
        Entry("bank", {"bank_code": f"PB-A{number}", **values})
        for number, values in enumerate(drawn)
    ]
    with database.unit_of_work(people.technician, "test") as session:
        register.register(session, people.technician, entries)
    source = exported(database, registry, people)
    seen = registry_files.dry_run(database, registry, people.technician, source)
    assert not seen.findings
    assert not seen.changes


def test_an_empty_template_has_nothing_to_store(
    database: Database, registry: Registry, people: People
) -> None:
    seen = registry_files.dry_run(
        database, registry, people.technician, saved(template_book(registry))
    )
    assert (seen.counts, seen.findings, seen.can_be_accepted) == ((), (), False)
    assert exported(database, registry, people).data == registry_files.template(registry).data
