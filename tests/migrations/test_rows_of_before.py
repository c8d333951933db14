"""Rows of before samples, values, reference reads and records: nothing is lost, up and down."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from records_of_before import ROWS as RECORDS
from records_of_before import WITHOUT_RECORDS, add_rows_of_before
from sqlalchemy import Engine, column, insert, table, text

from lims_msc import migrate

BEFORE, AFTER, WITH_REFERENCES = "20261123b", "20261126a", "20261126b"
MOMENT = "2026-03-14 09:00:00"
ROWS: Mapping[str, Mapping[str, object]] = {
    "msc_study": {"code": "S", "title": "T", "is_simulated": 0},
    "msc_source_file": {
        "sha256": "f",
        "file_name": "map.xlsx",
        "size_bytes": 1,
        "purpose": "plate_map",
        "data": b"1",
        "uploaded_at": MOMENT,
        "uploaded_by_id": "1",
        "uploaded_by_name": "Tina",
    },
    "msc_experiment": {"study_id": 1, "code": "E", "run_on": "2026-03-14", "operator": ""},
    "msc_plate": {
        "experiment_id": 1,
        "code": "P",
        "plate_format": 96,
        "assay_key": "t",
        "readout": "r",
        "arrest": "",
        "map_file_id": 1,
        "created_at": MOMENT,
        "created_by_id": "1",
        "created_by_name": "Tina",
    },
    "msc_well": {
        "plate_id": 1,
        "row": 1,
        "column": 1,
        "role": "BLANK",
        "priming": "",
        "stimulus": "",
        "treatment": "",
        "note": "",
        "map_sheet": "Wells",
        "map_cell": "A2",
    },
    "msc_import": {
        "plate_id": 1,
        "source_file_id": 1,
        "file_plate_index": 0,
        "file_plate": "",
        "importer_key": "k",
        "importer_version": "1",
        "facts": "[]",
        "findings": "[]",
        "accepted_at": MOMENT,
        "accepted_by_id": "1",
        "accepted_by_name": "Tina",
    },
    "msc_analysis": {
        "plate_id": 1,
        "import_id": 1,
        "version": 1,
        "state": "draft",
        "assay_key": "t",
        "assay_version": "1",
        "readout": "r",
        "headline_mode": "FULL",
        "read_label": "",
        "settings": "{}",
        "findings": "[]",
        "code_version": "1",
        "input_sha256": "i",
        "result_sha256": "r",
        "created_at": MOMENT,
        "created_by_id": "1",
        "created_by_name": "Tina",
        "submitted_by_id": "",
    },
    "msc_curve": {
        "analysis_id": 1,
        "position": 0,
        "priming": "",
        "stimulus": "",
        "treatment": "",
        "role": "COCULT",
        "mode": "FULL",
        "is_headline": 1,
        "status": "ok",
        "reason": "",
        "result": "{}",
    },
}
TABLES = ("msc_plate", "msc_well", "msc_analysis", "msc_curve", "msc_import")


def contents(engine: Engine) -> dict[str, list[dict[str, object]]]:
    with engine.connect() as connection:
        return {
            table: [
                dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()
            ]
            for table in TABLES
        }


def with_rows(engine: Engine, revision: str) -> Engine:
    migrate.upgrade(engine, revision)
    with engine.begin() as connection:
        for name, row in ROWS.items():
            connection.execute(insert(table(name, *map(column, row))).values(**row))
    return engine


@pytest.fixture
def before(engine: Engine) -> Engine:
    """A database of the earlier revision with a plate, its analysis and a curve."""
    return with_rows(engine, BEFORE)


def test_rows_of_before_say_nothing_of_what_they_did_not_know(before: Engine) -> None:
    old = contents(before)
    migrate.upgrade(before, AFTER)
    new = contents(before)
    for name in TABLES:
        assert [old[name][0].items() <= row.items() for row in new[name]] == [True], name
    (well,), (plate,), (analysis,) = new["msc_well"], new["msc_plate"], new["msc_analysis"]
    assert (well["sample_code"], well["sample_of"], well["dilution_factor"]) == ("", None, None)
    assert (well["standard_concentration"], well["effectors_per_target"]) == (None, None)
    assert (plate["concentration_unit"], plate["supernatant_volume_ml"]) == ("", None)
    assert plate["culture_hours"] is None
    assert (json.loads(str(analysis["values"])), analysis["standard_curves"]) == ([], "[]")


def test_the_way_back_leaves_what_was_there_and_what_refers_to_it(before: Engine) -> None:
    old = contents(before)
    migrate.upgrade(before, AFTER)
    migrate.downgrade(before, BEFORE)
    assert contents(before) == old
    with before.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    migrate.upgrade(before)
    assert migrate.differences(before) == []


def test_an_analysis_of_before_has_no_reference_read_and_stays_as_it_was(engine: Engine) -> None:
    old = contents(with_rows(engine, AFTER))
    migrate.upgrade(engine, WITH_REFERENCES)
    new = contents(engine)
    (analysis,) = new["msc_analysis"]
    assert analysis == {**old["msc_analysis"][0], "reference_read_label": None}
    assert new == {**old, "msc_analysis": [analysis]}
    migrate.downgrade(engine, AFTER)
    assert contents(engine) == old
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []


def lines(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def materials(engine: Engine) -> dict[str, list[dict[str, object]]]:
    """Return the columns that donors, collections, batches and responders had before."""
    with engine.connect() as connection:
        return {
            name: [
                {key: value for key, value in row.items() if key in rows[0]}
                for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY id")).mappings()
            ]
            for name, rows in RECORDS.items()
        }


@pytest.fixture
def with_materials(engine: Engine) -> Engine:
    """A database of the revision before registered records, with a few materials."""
    migrate.upgrade(engine, WITHOUT_RECORDS)
    add_rows_of_before(engine)
    migrate.upgrade(engine)
    return engine


def test_collections_of_before_get_a_code_and_their_diagnosis_becomes_a_row_in_its_own_words(
    with_materials: Engine,
) -> None:
    assert lines(with_materials, "SELECT code FROM msc_collection ORDER BY id") == [
        ("COLL-1",),
        ("COLL-2",),
        ("COLL-3",),
    ]
    diagnoses = "SELECT collection_id, disease, other_disease, onset FROM msc_diagnosis ORDER BY id"
    assert lines(with_materials, diagnoses) == [
        (1, "", "SSc", ""),
        (3, "", "Käse; \"x\" 'y'", ""),
    ]
    new = materials(with_materials)
    for name in ("msc_collection", "msc_batch", "msc_responder"):
        kept = new[name][0].keys()
        assert new[name] == [{key: row[key] for key in kept} for row in RECORDS[name]]


def test_responders_of_before_refer_to_a_donor_who_is_registered_if_need_be(
    with_materials: Engine,
) -> None:
    donors = (
        "SELECT r.code, d.code, d.sex FROM msc_responder r "
        "LEFT JOIN msc_donor d ON d.id = r.donor_id ORDER BY r.id"
    )
    assert lines(with_materials, donors) == [
        ("R-1", "D-1", "female"),
        ("R-2", "D-NEW", "unknown"),
        ("R-3", "D-NEW", "unknown"),
        ("R-POOL", None, None),
    ]
    assert lines(with_materials, "SELECT count(*) FROM msc_donor") == [(3,)]


def test_records_go_back_to_what_they_were_and_up_again_without_becoming_two(
    with_materials: Engine,
) -> None:
    everything = "SELECT * FROM msc_diagnosis ORDER BY id"
    diagnoses, donors = (lines(with_materials, t) for t in (everything, "SELECT * FROM msc_donor"))
    migrate.downgrade(with_materials, WITHOUT_RECORDS)
    back = materials(with_materials)
    registered = {"code": "D-NEW", "sex": "unknown", "note": back["msc_donor"][-1]["note"]}
    assert back == {
        **{name: [dict(row) for row in rows] for name, rows in RECORDS.items()},
        "msc_donor": [*RECORDS["msc_donor"], registered],
    }
    assert lines(with_materials, "PRAGMA foreign_key_check") == []
    migrate.upgrade(with_materials)
    assert lines(with_materials, everything) == diagnoses
    assert lines(with_materials, "SELECT * FROM msc_donor") == donors
    assert migrate.differences(with_materials) == []


def test_several_diagnoses_go_back_as_one_text(with_materials: Engine) -> None:
    with with_materials.begin() as connection:
        connection.execute(
            text("INSERT INTO msc_diagnosis (collection_id, disease) VALUES (1, 'MONDO:0005301')")
        )
    migrate.downgrade(with_materials, WITHOUT_RECORDS)
    found = lines(with_materials, "SELECT diagnosis FROM msc_collection WHERE id = 1")
    assert found == [("SSc; MONDO:0005301",)]
