"""The demonstration laboratory is built through the services and stands as it was designed."""

from __future__ import annotations

import io
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lims_msc.database import make_engine
from lims_msc.demo.demo_plate import Ending
from lims_msc.demo.lab import DemoLab, build_demo_lab
from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.curve import SummaryStatus
from lims_msc.domain.importing import Source
from lims_msc.errors import Conflict, IllegalTransition
from lims_msc.registry import Registry
from lims_msc.services import exports, imports, queries, users
from lims_msc.services.read_models import CurveLine
from lims_msc.services.transaction import Clock, Database

PRIMED = "IFN-γ 20 ng/mL 24 h"
Curves = dict[tuple[str, str, str], CurveLine]


@pytest.fixture
def curves(lab: DemoLab, lab_database: Database, registry: Registry) -> Curves:
    """The headline curve of each plate, batch and priming."""
    with lab_database.reading() as session:
        lines = queries.all_curves(session, registry)
    return {
        (line.plate_code, line.batch_code.removeprefix("SIM-MSC-"), line.priming): line
        for line in lines
    }


def _person(lab: DemoLab, database: Database, login: str) -> Actor:
    with database.reading() as session:
        actor = users.sign_in(session, login, lab.password)
    assert actor is not None
    return actor


@pytest.fixture
def own_copy(lab: DemoLab, lab_database: Database, tmp_path: Path) -> Iterator[Database]:
    """A copy of the laboratory to write into."""
    path = tmp_path / "copy.sqlite"
    with (
        closing(sqlite3.connect(str(lab_database.engine.url.database))) as built,
        closing(sqlite3.connect(path)) as copy,
    ):
        built.backup(copy)
    database = Database(make_engine(f"sqlite:///{path}"))
    yield database
    database.engine.dispose()


def test_three_people_can_sign_in_and_each_has_one_role(
    lab: DemoLab, lab_database: Database
) -> None:
    roles = {login: _person(lab, lab_database, login).roles for login in lab.logins}
    assert roles == {
        "tech": {Role.TECHNICIAN},
        "pi": {Role.REVIEWER},
        "data": {Role.DATA_MANAGER},
    }


def test_plates_stand_in_every_state_of_a_working_day(
    lab: DemoLab, lab_database: Database, registry: Registry
) -> None:
    with lab_database.reading() as session:
        states = {
            line.code: line.state
            for study_id in lab.study_ids.values()
            for line in queries.study(session, registry, study_id).plates
        }
    assert states == {
        "SIM-T-01": "approved",
        "SIM-B-01": "approved",
        "SIM-NK-01": "approved",
        "SIM-T-02": "submitted",
        "SIM-NK-02": "returned",
        "SIM-T-03": "waiting for file",
        "SIM-ELISA-01": "approved",
        "SIM-KILL-01": "approved",
    }
    assert {plate.code: plate.ending.value for plate in lab.plates} == states


def test_reviews_are_by_another_person_and_a_return_has_its_reason(
    lab: DemoLab, lab_database: Database, registry: Registry
) -> None:
    reviewer = _person(lab, lab_database, "pi")
    with lab_database.reading() as session:
        for plate in lab.plates:
            if plate.analysis_id is None:
                continue
            view = queries.analysis(session, registry, reviewer, plate.analysis_id)
            assert view.imported_by == "Demo technician"
            assert view.events[0].action == "submit"
            assert {e.actor_name for e in view.events[1:]} <= {"Demo principal investigator"}
            if plate.ending is Ending.RETURNED:
                assert "stimulated controls" in view.events[-1].reason


def test_every_study_is_marked_as_simulated_and_says_so_in_its_title(
    lab: DemoLab, lab_database: Database
) -> None:
    with lab_database.reading() as session:
        studies = queries.studies(session)
    assert {study.code for study in studies} == set(lab.study_ids)
    assert all(study.is_simulated for study in studies)
    assert all(study.title.startswith("Simulated data") for study in studies)


def test_the_builder_says_first_that_everything_is_simulated(lab: DemoLab, said: list[str]) -> None:
    assert "simulated" in said[0]
    assert len(said) >= len(lab.plates)


def test_every_planned_curve_has_numbers(curves: Curves) -> None:
    assert len(curves) == 12 + 7 + 3 + 3 + 3 + 2
    assert [key for key, line in curves.items() if not line.result.is_ok] == []
    modes = {(plate, line.mode) for (plate, _, _), line in curves.items()}
    assert modes == {
        ("SIM-T-01", "UNSTIM"),
        ("SIM-B-01", "FULL"),
        ("SIM-NK-01", "FULL"),
        ("SIM-T-02", "UNSTIM"),
        ("SIM-NK-02", "UNSTIM"),
        ("SIM-ELISA-01", "NONE"),
    }


def test_one_batch_never_reaches_half_suppression(curves: Curves) -> None:
    r50 = curves["SIM-T-01", "S1", "resting"].result.r50
    assert r50 is not None
    assert (r50.status, r50.bound) == (SummaryStatus.ABOVE_HIGHEST_DOSE, 0.5)


def test_one_batch_stimulates_at_its_lowest_dose(curves: Curves) -> None:
    points = curves["SIM-T-01", "L2", "resting"].result.points
    assert points[0].msc_per_responder == 0.01
    assert points[0].suppression_percent < -5
    assert points[-1].suppression_percent > 50


def test_one_primed_batch_is_above_half_suppression_at_every_dose(curves: Curves) -> None:
    r50 = curves["SIM-T-01", "H2", PRIMED].result.r50
    assert r50 is not None
    assert (r50.status, r50.bound) == (SummaryStatus.BELOW_LOWEST_DOSE, 0.01)


@pytest.mark.parametrize("plate", ["SIM-T-01", "SIM-B-01"])
def test_one_batch_suppresses_much_better_when_it_is_primed(curves: Curves, plate: str) -> None:
    resting, primed = (
        curves[plate, "S2", priming].result.suppression_at_anchor for priming in ("resting", PRIMED)
    )
    assert resting is not None
    assert primed is not None
    assert primed.low is not None
    assert resting.high is not None
    assert primed.low > resting.high


def test_the_overflowed_well_is_shown_and_its_curve_keeps_all_doses(curves: Curves) -> None:
    missing = {key: line.result.missing_wells for key, line in curves.items()}
    ((key, wells),) = [(key, wells) for key, wells in missing.items() if wells]
    assert key == ("SIM-B-01", "H1", "resting")
    assert [str(well) for well in wells] == ["F3"]
    assert [len(p.replicates) for p in curves[key].result.points] == [2, 3, 3, 3, 3]


def test_the_returned_plate_is_uneven_and_the_others_are_not(
    lab: DemoLab, lab_database: Database
) -> None:
    with lab_database.engine.connect() as connection:
        uneven = connection.exec_driver_sql(
            "SELECT p.code FROM msc_analysis a JOIN msc_plate p ON p.id = a.plate_id "
            "WHERE a.findings LIKE '%plate_drift%'"
        ).scalars()
        assert list(uneven) == ["SIM-NK-02"]


def test_the_approved_study_leaves_as_a_pack_that_says_simulated(lab: DemoLab) -> None:
    (pack,) = [file for file in lab.files if file.name.endswith(".zip")]
    assert pack.name.startswith(lab.exportable_study)
    with zipfile.ZipFile(io.BytesIO(pack.data)) as opened:
        assert opened.testzip() is None
        texts = [
            opened.read(name).decode("utf-8")
            for name in opened.namelist()
            if name.endswith((".csv", ".md", ".txt", ".json"))
        ]
    assert any("simulated" in text.lower() for text in texts)


def test_the_study_that_is_worked_on_cannot_be_exported(
    lab: DemoLab, own_copy: Database, registry: Registry
) -> None:
    manager = _person(lab, own_copy, "data")
    with (
        pytest.raises(IllegalTransition, match=r"SIM-NK-02.*SIM-T-02.*SIM-T-03"),
        own_copy.unit_of_work(manager, "test") as session,
    ):
        exports.export_study(session, registry, manager, lab.study_ids["DEMO-ONGOING"], "pack")


def test_a_new_user_can_upload_the_file_that_is_still_missing(
    lab: DemoLab, own_copy: Database, registry: Registry
) -> None:
    technician = _person(lab, own_copy, "tech")
    (waiting,) = [plate for plate in lab.plates if plate.ending is Ending.WAITING]
    (file,) = [f for f in lab.files if f.name.startswith(f"files/{waiting.code}")]
    source = Source(file.name, file.data)
    file_id = imports.receive(own_copy, registry, technician, waiting.plate_id, source)
    seen = imports.preview(own_copy, registry, waiting.plate_id, file_id, imports.Choices())
    assert [str(f) for f in seen.findings if f.level.value != "note"] == []
    analysis_id = imports.accept(
        own_copy, registry, technician, waiting.plate_id, file_id, choices=imports.Choices()
    )
    with own_copy.reading() as session:
        lines = queries.curves_of_analysis(session, registry, analysis_id)
    assert {line.batch_code for line in lines} == {"SIM-MSC-H3", "SIM-MSC-L3", "SIM-MSC-S3"}
    assert all(line.result.is_ok for line in lines)


def test_all_files_are_written_below_the_folder(lab: DemoLab, tmp_path: Path) -> None:
    names = lab.write_files(tmp_path)
    assert len(names) == 2 * len(lab.plates) + 1
    for file in lab.files:
        assert (tmp_path / file.name).read_bytes() == file.data
    assert len(list((tmp_path / "files").glob("*.xlsx"))) == len(lab.plates)
    assert len(list((tmp_path / "plate-maps").glob("*.xlsx"))) == len(lab.plates)


def test_a_second_demonstration_in_the_same_database_is_refused(
    lab: DemoLab, lab_database: Database, registry: Registry
) -> None:
    with pytest.raises(Conflict, match="'DEMO-ONGOING'"):
        build_demo_lab(lab_database, registry)


def test_two_laboratories_by_the_same_clock_have_the_same_files(
    lab: DemoLab, migrated_file: Path, tmp_path: Path, registry: Registry, demo_clock: Clock
) -> None:
    path = shutil.copy(migrated_file, tmp_path / "second.sqlite")
    database = Database(make_engine(f"sqlite:///{path}"))
    second = build_demo_lab(database, registry, clock=demo_clock)
    database.engine.dispose()
    assert [file.name for file in second.files] == [file.name for file in lab.files]
    assert [a.name for a, b in zip(lab.files, second.files, strict=True) if a.data != b.data] == []
