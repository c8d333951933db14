"""A plate whose results are values: taken, stored whole, reviewed and exported like any other."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import People
from factories import STUDY, book, grid, take
from sqlalchemy import select, text
from value_assays import LOWEST, PLATE, plain_elisa_map, plain_elisa_readings, with_plain_elisa

from lims_msc.demo.lab import plate_map_workbook
from lims_msc.domain.importing import Source
from lims_msc.domain.layout import PlateConditions
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.review import ReviewAction
from lims_msc.domain.values import AssayValue, ValueStatus
from lims_msc.errors import StaleVersion
from lims_msc.models import Analysis, Plate
from lims_msc.registry import Registry
from lims_msc.services import analyses, exports, imports, plate_maps, queries, reviews
from lims_msc.services.codec import standard_curves_from_json, values_from_json
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]
SUBMIT, APPROVE = ReviewAction.SUBMIT, ReviewAction.APPROVE


@pytest.fixture(scope="module")
def elisa(registry: Registry) -> Registry:
    return with_plain_elisa(registry)


def add_elisa(database: Database, registry: Registry, people: People) -> int:
    """Register the plate, take its readings; return the number of the analysis."""
    who = people.technician
    plate_map = Source("map.xlsx", plate_map_workbook(registry, plain_elisa_map(STUDY)))
    plate_id = plate_maps.register_plate(database, registry, who, plate_map)
    readings = book(**{"OD 450 nm": [["OD 450 nm"], [], *grid(plain_elisa_readings())]})
    file_id = imports.receive(database, registry, who, plate_id, Source("reader.xlsx", readings))
    return imports.accept(database, registry, who, plate_id, file_id, choices=imports.Choices())


@pytest.fixture
def analysed_elisa(lab: Database, elisa: Registry, people: People) -> Database:
    assert add_elisa(lab, elisa, people) == 1
    return lab


@pytest.fixture
def approved_elisa(analysed_elisa: Database, people: People) -> Database:
    take(analysed_elisa, people.technician, 1, SUBMIT)
    take(analysed_elisa, people.reviewer, 1, APPROVE)
    return analysed_elisa


def values_of(database: Database) -> dict[str, AssayValue]:
    with database.reading() as session:
        stored = values_from_json(session.get_one(Analysis, 1).values)
    return {value.key.sample_code: value for value in stored}


def test_wells_and_conditions_are_stored_as_the_map_says(analysed_elisa: Database) -> None:
    with analysed_elisa.reading() as session:
        layout = plate_maps.layout_of(session.scalars(select(Plate)).one())
    planned = plain_elisa_map().layout
    assert layout.conditions == planned.conditions == PlateConditions("pg/mL", 0.2, 24.0)
    stored = {well: replace(content, source=None) for well, content in layout.contents.items()}
    assert stored == planned.contents


def test_values_are_stored_to_the_last_digit_and_bounds_and_reasons_as_such(
    analysed_elisa: Database,
) -> None:
    values = values_of(analysed_elisa)
    assert values["S-007"].value == 100 * ((0.5 + 0.54) / 2) * 10
    assert values["S-007"].wells == (WellAddress(1, 3), WellAddress(1, 4))
    low, high, lost = values["low"], values["high"], values["lost"]
    assert (low.status, low.value, low.bound) == (ValueStatus.BELOW_RANGE, None, 10 * LOWEST)
    assert (high.status, high.value, high.bound) == (ValueStatus.ABOVE_RANGE, None, 1500.0)
    assert (lost.status, lost.value, lost.bound) == (ValueStatus.WITHHELD, None, None)
    assert lost.reason == "a well has no number"
    with analysed_elisa.reading() as session:
        (curve,) = standard_curves_from_json(session.get_one(Analysis, 1).standard_curves)
    assert (curve.unit, curve.lowest, curve.highest) == ("pg/mL", 10.0, 150.0)
    assert [level.is_accepted for level in curve.levels] == [False, False, True, True, True, False]


@pytest.mark.parametrize(
    "tampering",
    [
        'UPDATE msc_analysis SET "values" = json_set("values", \'$[0].value\', 521.0)',
        'UPDATE msc_analysis SET "values" = json_set("values", \'$[1].bound\', 99.0)',
        "UPDATE msc_analysis SET \"values\" = json_set(\"values\", '$[3].reason', 'fine')",
        "UPDATE msc_analysis SET \"values\" = json_set(\"values\", '$[0].key.sample_code', 'S')",
        "UPDATE msc_analysis SET \"values\" = '[]'",
        "UPDATE msc_analysis SET \"values\" = '[]', standard_curves = '[]'",
        "UPDATE msc_analysis SET standard_curves = json_set(standard_curves, '$[0].lowest', 1.0)",
        "UPDATE msc_analysis SET standard_curves = '[]'",
    ],
)
def test_a_value_that_was_changed_behind_our_back_is_neither_judged_nor_exported(
    approved_elisa: Database, elisa: Registry, people: People, counts: Counts, tampering: str
) -> None:
    with approved_elisa.engine.begin() as connection:
        connection.execute(text(tampering))
    before = counts(approved_elisa)
    with pytest.raises(StaleVersion, match="not those that were computed"):
        take(approved_elisa, people.reviewer, 1, ReviewAction.RETURN, "look again")
    with (
        pytest.raises(StaleVersion, match="is not what was approved"),
        approved_elisa.unit_of_work(people.reviewer, "test") as session,
    ):
        exports.export_study(session, elisa, people.reviewer, 1, "pack")
    assert counts(approved_elisa) == before


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE msc_plate SET concentration_unit = 'ng/mL'",
        "UPDATE msc_plate SET supernatant_volume_ml = 0.1",
        "UPDATE msc_plate SET culture_hours = NULL",
        "UPDATE msc_well SET dilution_factor = 1 WHERE role = 'SAMPLE'",
        "UPDATE msc_well SET standard_concentration = 1 WHERE standard_concentration = 0",
        "UPDATE msc_well SET sample_code = 'S-008' WHERE sample_code = 'S-007'",
        "UPDATE msc_well SET sample_of = 'COCULT' WHERE role = 'SAMPLE'",
        "UPDATE msc_well SET effectors_per_target = 10",
    ],
)
def test_what_a_value_was_computed_from_cannot_be_changed_after_the_approval(
    approved_elisa: Database, elisa: Registry, people: People, tampering: str
) -> None:
    with approved_elisa.engine.begin() as connection:
        connection.execute(text(tampering))
    with (
        pytest.raises(StaleVersion, match="is not what was approved"),
        approved_elisa.unit_of_work(people.reviewer, "test") as session,
    ):
        exports.export_study(session, elisa, people.reviewer, 1, "values_csv")


def test_lists_show_values_where_there_are_no_curves(
    analysed_elisa: Database, elisa: Registry
) -> None:
    with analysed_elisa.reading() as session:
        study = queries.study(session, elisa, 1)
        of_analysis = queries.values_of_analysis(session, elisa, 1)
        everywhere = queries.all_values(session, elisa)
    assert study.curves == ()
    assert study.values == of_analysis == everywhere
    assert {line.plate_code for line in everywhere} == {PLATE}
    assert {line.state for line in everywhere} == {"draft"}
    assert {line.assay_title for line in everywhere} == {"Plain ELISA"}
    assert len(everywhere) == 4


def test_an_approved_study_of_values_leaves_with_values_and_standard_curves(
    approved_elisa: Database, elisa: Registry, people: People
) -> None:
    with approved_elisa.unit_of_work(people.reviewer, "for the paper") as session:
        made = exports.export_study(session, elisa, people.reviewer, 1, "pack")
        study = session.get_one(Plate, 1).experiment.study
        bundle = exports.build_bundle(session, elisa, study, [session.get_one(Plate, 1)])
    assert bundle.plates[0].values == tuple(values_of(approved_elisa).values())
    assert bundle.plates[0].conditions.concentration_unit == "pg/mL"
    with zipfile.ZipFile(io.BytesIO(made.data)) as pack:
        rows = list(csv.DictReader(io.StringIO(pack.read("data/values.csv").decode())))
        levels = list(csv.DictReader(io.StringIO(pack.read("data/standard_curves.csv").decode())))
    assert [(row["sample_code"], row["status"]) for row in rows] == [
        ("S-007", "ok"),
        ("low", "below_range"),
        ("high", "above_range"),
        ("lost", "withheld"),
    ]
    assert float(rows[0]["value"]) == values_of(approved_elisa)["S-007"].value
    assert len(levels) == 6


def test_a_second_computation_has_the_same_digests(
    analysed_elisa: Database, elisa: Registry, people: People
) -> None:
    with analysed_elisa.unit_of_work(people.technician, "again") as session:
        first = session.get_one(Analysis, 1)
        read = imports.ReadChoice("", "", first.read_label, first.read_time_s)
        analyses.compute(session, elisa, people.technician, first.accepted_import, read)
    with analysed_elisa.reading() as session:
        old, new = session.get_one(Analysis, 1), session.get_one(Analysis, 2)
        assert (old.input_sha256, old.result_sha256) == (new.input_sha256, new.result_sha256)
        assert reviews.stored_result_digest(new) == new.result_sha256
        assert analyses.stored_input_digest(session, new) == new.input_sha256


def test_the_database_holds_nothing_as_a_number_that_is_none(approved_elisa: Database) -> None:
    file = str(approved_elisa.engine.url.database)
    with sqlite3.connect(file) as connection:
        (stored,) = connection.execute('SELECT "values" FROM msc_analysis').fetchone()
    connection.close()
    assert "NaN" not in stored
    assert "Infinity" not in stored
