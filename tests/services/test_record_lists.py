"""Lists of records: each once in any order, narrowed rightly, and no table is read whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import insert, text
from statements import sent_statements

from lims_msc import models
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.errors import InputError
from lims_msc.services import record_filters
from lims_msc.services.record_filters import filter_fields
from lims_msc.services.record_lists import (
    ListQuery,
    RecordList,
    find,
    newest_codes,
    newest_records,
    record_list,
    sort_fields,
)
from lims_msc.services.transaction import Database

BATCH = kind_of("batch")
MS, SLE = "MONDO:0005301", "MONDO:0007915"
SERA = ("FBS", "human platelet lysate", "")


def stock(database: Database, batches: int) -> None:
    """Store batches, three of each donor; some facts are blank, every fourth donor has MS."""
    donors = range(1, (batches + 2) // 3 + 1)
    rows: list[tuple[type, list[dict[str, object]]]] = [
        (
            models.Donor,
            [{"id": n, "code": f"D-{n:03}", "sex": "female", "note": ""} for n in donors],
        ),
        (
            models.Collection,
            [
                {
                    "id": n,
                    "code": f"C-{n:03}",
                    "donor_id": n,
                    "tissue": "BM" if n % 2 else "AT",
                    "health_status": "patient" if n % 4 == 0 else "healthy",
                }
                for n in donors
            ],
        ),
        (
            models.Diagnosis,
            [{"collection_id": 1, "disease": SLE}]
            + [{"collection_id": n, "disease": MS} for n in donors if n % 4 == 0],
        ),
        (
            models.Batch,
            [
                {
                    "id": n,
                    "code": f"B-{n * 37 % 1000:03}",
                    "collection_id": (n - 1) // 3 + 1,
                    "parent_id": n - 1 if n % 3 and n > 1 else None,
                    "passage": n % 4 if n % 5 else None,
                    "isolated_on": date(2024, 1, 1) + timedelta(n * 7 % 11) if n % 3 else None,
                    "serum_source": SERA[n % 3],
                }
                for n in range(1, batches + 1)
            ],
        ),
    ]
    with database.engine.begin() as connection:
        for table, values in rows:
            connection.execute(insert(table), values)


def page(
    database: Database, query: ListQuery, size: int = 50, kind_key: str = "batch"
) -> RecordList:
    with database.reading() as session:
        return record_list(session, kind_of(kind_key), query, size)


def codes(found: RecordList) -> list[str]:
    return [str(record.values["batch_code"]) for record in found.records]


@pytest.fixture
def sixty(database: Database) -> Database:
    stock(database, 60)
    return database


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("sort", ["batch_code", "passage", "isolated_on", "serum_source", "newest"])
@pytest.mark.parametrize(
    ("filters", "few"),
    [({}, 0), ({"health_status": "healthy"}, 0), ({"health_status": "healthy"}, 1000)],
    ids=["all", "narrowed-by-checking", "narrowed-by-reading"],
)
def test_paging_shows_every_record_once_in_order_and_the_same_way_back(
    sixty: Database,
    monkeypatch: pytest.MonkeyPatch,
    sort: str,
    *,
    is_descending: bool,
    filters: dict[str, str],
    few: int,
) -> None:
    monkeypatch.setattr(record_filters, "FEW", few)
    forward: list[list[str]] = []
    records = []
    query = ListQuery(filters=filters, sort=sort, is_descending=is_descending)
    after = ""
    while True:
        found = page(sixty, replace(query, after=after), 7)
        assert found.previous == "" if not after else found.previous != ""
        forward.append(codes(found))
        records += found.records
        if not (after := found.next):
            break
    everything = [code for part in forward for code in part]
    assert len(set(everything)) == len(everything) == (45 if filters else 60)
    if sort != "newest":
        values = [record.values[sort] for record in records]
        full = [value for value in values if value not in {None, ""}]
        assert values == full + values[len(full) :], "blanks are last"
        assert full == sorted(full, reverse=is_descending)  # type: ignore[type-var]
    else:
        numbers = [record.record_id for record in records]
        assert numbers == sorted(numbers, reverse=not is_descending)

    found = page(sixty, replace(query, is_last=True), 7)
    backward = codes(found)
    while found.previous:
        found = page(sixty, replace(query, before=found.previous), 7)
        backward = codes(found) + backward
    assert backward == everything
    assert query.is_narrowed == bool(filters)


QUERIES = {
    "plain": ListQuery(),
    "last": ListQuery(is_last=True),
    "behind a place": ListQuery(after="3.B-111"),
    "sorted": ListQuery(sort="passage", is_descending=True),
    "behind a value": ListQuery(sort="isolated_on", after="4.2024-01-03"),
    "in front of a blank": ListQuery(sort="isolated_on", before="3."),
    "filtered": ListQuery(filters={"disease": MS, "tissue": "AT"}),
    "searched": ListQuery(words="B-"),
    "searched and filtered": ListQuery(words="D-0", filters={"passage": "2"}, sort="newest"),
    "of one collection": ListQuery(filters={"collection_code": "C-002"}),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_page_takes_as_many_statements_for_three_records_as_for_sixty(
    database: Database, query: ListQuery
) -> None:
    counts = []
    for batches in (3, 60):
        with database.engine.begin() as connection:
            for name in ("msc_batch", "msc_diagnosis", "msc_collection", "msc_donor"):
                connection.execute(text(f"DELETE FROM {name}"))
        stock(database, batches)
        with sent_statements(database) as seen:
            page(database, query)
        counts.append(len(seen))
    assert max(counts) <= 8
    if not query.filters and not query.place:
        assert counts[0] == counts[1]


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_no_page_reads_a_table_whole(
    sixty: Database, monkeypatch: pytest.MonkeyPatch, query: ListQuery, few: int
) -> None:
    monkeypatch.setattr(record_filters, "FEW", few)
    monkeypatch.setattr(record_filters, "MOST_CHECKED", few)
    with sent_statements(sixty) as seen:
        page(sixty, query)
    refuse_scans(sixty, seen)


GROWING = ("donor", "collection", "diagnosis", "treatment", "transplant", "batch", "release_test")
FILTERS = [
    (kind_key, field.name)
    for kind_key in (*GROWING, "responder", "vial")
    for field in filter_fields(kind_of(kind_key))
]


@pytest.mark.parametrize(("kind_key", "name"), FILTERS)
def test_filters_of_what_a_laboratory_has_much_of_use_an_index(
    database: Database, kind_key: str, name: str
) -> None:
    with sent_statements(database) as seen:
        page(database, ListQuery(filters={name: "1"}), kind_key=kind_key)
    refuse_scans(database, seen)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_list_can_be_sorted_by_its_sort_fields_without_reading_the_table_whole(
    database: Database, kind: object
) -> None:
    assert hasattr(kind, "key")
    for name in (*sort_fields(kind_of(kind.key)), "newest"):
        with sent_statements(database) as seen:
            page(database, ListQuery(sort=name, is_descending=True), kind_key=kind.key)
        refuse_scans(database, seen)


def refuse_scans(database: Database, seen: list[tuple[str, object]]) -> None:
    """Refuse a statement whose plan reads a table whole, but in the order of its own numbers."""
    with database.engine.connect() as connection:
        for statement, parameters in seen:
            if not statement.lstrip().startswith("SELECT"):
                continue
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            steps = [row[3] for row in plan]
            scans = [s for s in steps if s.startswith("SCAN msc_") and " USING " not in s]
            assert "LIMIT" in statement or not any(s.startswith("SCAN msc_") for s in steps)
            assert not scans, (scans, statement)


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"tissue": "AT"}, lambda n: ((n - 1) // 3 + 1) % 2 == 0),
        ({"health_status": "patient"}, lambda n: ((n - 1) // 3 + 1) % 4 == 0),
        ({"disease": MS}, lambda n: ((n - 1) // 3 + 1) % 4 == 0),
        ({"disease": SLE}, lambda n: n <= 3),
        ({"passage": "2"}, lambda n: n % 5 and n % 4 == 2),
        ({"passage": "two"}, lambda _: False),
        ({"serum_source": "FBS"}, lambda n: n % 3 == 0),
        ({"disease": MS, "serum_source": "FBS", "passage": "0"}, lambda n: n % 12 == 0 and n % 5),
        ({"collection_code": "C-002"}, lambda n: 4 <= n <= 6),
        ({"collection_code": "C-999"}, lambda _: False),
        ({"parent_code": "B-037"}, lambda n: n == 2),
        ({"tissue": "", "nothing": "known"}, lambda _: True),
    ],
)
def test_filters_find_what_they_say(
    sixty: Database,
    monkeypatch: pytest.MonkeyPatch,
    filters: dict[str, str],
    expected: object,
    few: int,
) -> None:
    monkeypatch.setattr(record_filters, "FEW", few)
    assert callable(expected)
    found = page(sixty, ListQuery(filters=filters, sort="newest", is_descending=True), 60)
    assert [r.record_id for r in found.records] == [n for n in range(1, 61) if expected(n)]


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize(
    ("words", "count"),
    [("B-03", 3), ("b-03", 3), ("B-037", 1), ("C-002", 3), ("c-00", 27), ("d-019", 3), ("-03", 0)],
)
def test_a_search_finds_beginnings_of_codes_of_the_batch_its_collection_and_its_donor(
    sixty: Database, monkeypatch: pytest.MonkeyPatch, words: str, count: int, few: int
) -> None:
    monkeypatch.setattr(record_filters, "FEW", few)
    found = page(sixty, ListQuery(words=words), 60)
    assert len(found.records) == count
    assert found.count == (count if few or not count else None)


def test_batches_are_shown_with_whose_cells_they_are(sixty: Database) -> None:
    found = page(sixty, ListQuery(filters={"collection_code": "C-004"}))
    (source, *_), tissues = found.sources.values(), vocabulary_of("tissue")
    assert source.donor_code == "D-004"
    assert source.tissue == tissues.label("AT")
    assert (source.health_status, source.diseases) == ("patient", "multiple sclerosis")


@pytest.mark.parametrize("place", ["x.B-1", "1.", "", "1.2024-13-01"])
def test_a_place_that_is_none_is_refused_with_its_words(sixty: Database, place: str) -> None:
    if place in {"", "1."}:
        assert page(sixty, ListQuery(sort="isolated_on", after=place)).records
        return
    with pytest.raises(InputError, match=place):
        page(sixty, ListQuery(sort="isolated_on", after=place))


def test_a_record_that_was_removed_is_still_a_place_to_go_on_from(sixty: Database) -> None:
    first = page(sixty, ListQuery(), 10)
    number = first.records[-1].record_id
    with sixty.engine.begin() as connection:
        connection.execute(
            text(f"UPDATE msc_batch SET parent_id = NULL WHERE parent_id = {number}")
        )
        connection.execute(text(f"DELETE FROM msc_batch WHERE id = {number}"))
    following = page(sixty, ListQuery(after=first.next), 50)
    assert len(following.records) == 50
    together = codes(first) + codes(following)
    assert all(one < other for one, other in pairwise(together))


def test_find_returns_the_one_record_with_a_code_before_those_that_begin_with_it(
    sixty: Database,
) -> None:
    with sixty.engine.begin() as connection:
        connection.execute(insert(models.Bank), [{"code": "B-03", "title": "Bank"}])
    with sixty.reading() as session:
        ((kind, records),) = find(session, "b-037")
        assert (kind.key, records) == ("batch", ((1, "B-037"),))
        ((kind, records),) = find(session, "B-03")
        assert kind.key == "bank"
        found = {kind.key: [code for _, code in records] for kind, records in find(session, "B-0")}
        assert found["bank"] == ["B-03"]
        assert "B-037" in found["batch"]
        assert find(session, "nothing") == ()


def test_the_newest_are_those_that_were_registered_last(sixty: Database) -> None:
    with sixty.reading() as session:
        newest = newest_records(session, BATCH, 3)
        assert [record.record_id for record in newest] == [60, 59, 58]
        assert newest_codes(session, BATCH, 2) == tuple(
            record.values["batch_code"] for record in newest[:2]
        )
