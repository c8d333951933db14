"""Builds the demonstration laboratory through the same services as the pages use.

Nothing here writes to the database by itself: people are added, materials registered, plate maps
and reader files uploaded, and reviews taken as a technician, a reviewer and a data manager would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lims_msc.demo.demo_plate import DemoPlate, Ending
from lims_msc.demo.materials import BATCHES, RESPONDERS
from lims_msc.demo.plates import PANEL, STUDIES, demo_plates
from lims_msc.demo.records import demo_records
from lims_msc.demo.workbooks import with_fixed_dates
from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.importing import Source
from lims_msc.domain.plate_map import PlateMap
from lims_msc.domain.plate_map_template import TemplateRequest
from lims_msc.domain.release import Verdict
from lims_msc.domain.review import ReviewAction
from lims_msc.errors import Conflict
from lims_msc.registry import Registry
from lims_msc.services import (
    exports,
    imports,
    materials,
    plate_maps,
    queries,
    register,
    release,
    reviews,
    studies,
    users,
)
from lims_msc.services.transaction import Clock, Database

TECHNICIAN, REVIEWER, DATA_MANAGER = "tech", "pi", "data"
PASSWORD = "demonstration"  # noqa: S105 (of a laboratory that holds only simulated data, and says so)
_PEOPLE: Mapping[str, tuple[str, Role]] = {
    TECHNICIAN: ("Demo technician", Role.TECHNICIAN),
    REVIEWER: ("Demo principal investigator", Role.REVIEWER),
    DATA_MANAGER: ("Demo data manager", Role.DATA_MANAGER),
}
_BUILDER = Actor("demonstration", "Builder of the demonstration", frozenset({Role.ADMINISTRATOR}))
_RETURNED_BECAUSE = (
    "The stimulated controls on the left are much higher than those on the right: repeat the plate "
    "away from the incubator door. (Simulated.)"
)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file of the laboratory: its path below the folder of the demonstration, and its bytes."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BuiltPlate:
    """A plate after it was taken through the services."""

    code: str
    study_code: str
    plate_id: int
    ending: Ending
    analysis_id: int | None


@dataclass(frozen=True, slots=True)
class DemoLab:
    """What was built: studies by code, people, plates and the files that belong to them.

    ``exportable_study`` is the study that is approved as a whole.
    """

    study_ids: Mapping[str, int]
    exportable_study: str
    logins: tuple[str, ...]
    password: str
    plates: tuple[BuiltPlate, ...]
    files: tuple[DemoFile, ...]

    def write_files(self, folder: Path) -> tuple[str, ...]:
        """Write all files below a folder and return their names there."""
        for file in self.files:
            path = folder / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        return tuple(file.name for file in self.files)


def build_demo_lab(
    database: Database,
    registry: Registry,
    *,
    clock: Clock | None = None,
    report: Report = lambda _line: None,
) -> DemoLab:
    """Build the whole laboratory in an empty, migrated database.

    :param clock: dates the records; the clock of the database if absent.
    :param report: is told each step in one line.
    :raises Conflict: if the demonstration is there already.
    """
    if clock is not None:
        database = Database(database.engine, clock)
    _refuse_second(database)
    report("Everything in this laboratory is simulated: no donor, no cell, no instrument.")
    people = _add_people(database)
    study_ids = _open_studies(database, people[TECHNICIAN])
    _register_materials(database, people[TECHNICIAN])
    _decide_releases(database, people[REVIEWER])
    report(f"{len(BATCHES)} MSC batches and {len(RESPONDERS)} responders are registered.")
    files: list[DemoFile] = []
    plates = []
    for plate in demo_plates():
        built, written = _take_plate(database, registry, people, plate)
        plates.append(built)
        files += written
        report(f"Plate {built.code} of study {built.study_code}: {built.ending.value}.")
    files.append(_export(database, registry, people[DATA_MANAGER], study_ids[PANEL]))
    report(f"Study {PANEL} is approved and exported as {files[-1].name}.")
    return DemoLab(
        study_ids=study_ids,
        exportable_study=PANEL,
        logins=tuple(_PEOPLE),
        password=PASSWORD,
        plates=tuple(plates),
        files=tuple(files),
    )


def _export(database: Database, registry: Registry, actor: Actor, study_id: int) -> DemoFile:
    with database.unit_of_work(actor, "publication pack exported") as session:
        pack = exports.export_study(session, registry, actor, study_id, "pack")
    return DemoFile(pack.file_name, pack.data)


def plate_map_workbook(registry: Registry, plate_map: PlateMap) -> bytes:
    """Return a plate map as the template filled in; the same map gives the same bytes."""
    contents = plate_map.layout.contents.values()
    request = TemplateRequest(
        plate_format=plate_map.layout.plate_format,
        assays={key: assay.readouts for key, assay in registry.assay_types.items()},
        study_codes=(plate_map.study_code,),
        batch_codes=tuple(sorted({c.batch_code for c in contents if c.batch_code})),
        responder_codes=tuple(sorted({c.responder_code for c in contents if c.responder_code})),
        filled=plate_map,
    )
    return with_fixed_dates(registry.plate_map_template.write(request))


def _refuse_second(database: Database) -> None:
    with database.reading() as session:
        there = {study.code for study in queries.studies(session)} & set(STUDIES)
    if there:
        raise Conflict(
            f"The demonstration is in this database already: study '{min(there)}'.",
            hint="Build it in an empty database, or use the one that is there.",
        )


def _add_people(database: Database) -> dict[str, Actor]:
    with database.unit_of_work(_BUILDER, "demonstration") as session:
        for login, (name, role) in _PEOPLE.items():
            users.add_user(
                session,
                _BUILDER,
                login=login,
                name=name,
                password=PASSWORD,
                roles=frozenset({role}),
            )
        return {login: users.actor_by_login(session, login) for login in _PEOPLE}


def _open_studies(database: Database, technician: Actor) -> dict[str, int]:
    with database.unit_of_work(technician, "demonstration (simulated data)") as session:
        return {
            code: studies.open_study(session, technician, code=code, title=title, is_simulated=True)
            for code, title in STUDIES.items()
        }


def _register_materials(database: Database, technician: Actor) -> None:
    with database.unit_of_work(technician, "demonstration (simulated data)") as session:
        for batch in BATCHES:
            materials.register_batch(session, technician, batch)
        for responder in RESPONDERS:
            materials.register_responder(session, technician, responder)
    records = demo_records()
    with database.unit_of_work(technician, "demonstration (simulated data)") as session:
        register.register(session, technician, records)


def _decide_releases(database: Database, reviewer: Actor) -> None:
    """Judge every batch by the criteria of ISCT, as a reviewer would on its page."""
    for batch in BATCHES:
        with database.unit_of_work(reviewer, "release decided (simulated)") as session:
            rules = release.rule_set_of(session, "ISCT", "2006")
            found = release.judge_batch(session, batch.batch_code, rules).verdict.verdict
            comment = "" if found is Verdict.PASS else "For research only. (Simulated.)"
            release.decide(
                session,
                reviewer,
                batch.batch_code,
                rules.name,
                rules.version,
                comment=comment,
                seen_verdict=found.value,
            )


def _take_plate(
    database: Database, registry: Registry, people: Mapping[str, Actor], plate: DemoPlate
) -> tuple[BuiltPlate, list[DemoFile]]:
    """Register a plate, upload its reader file and review it, as far as its ending says."""
    technician = people[TECHNICIAN]
    plate_map = Source(plate.map_file_name, plate_map_workbook(registry, plate.plate_map))
    reader = Source(plate.reader_file_name, plate.reader_workbook())
    plate_id = plate_maps.register_plate(database, registry, technician, plate_map)
    analysis_id = None
    if plate.ending is not Ending.WAITING:
        file_id = imports.receive(database, registry, technician, plate_id, reader)
        analysis_id = imports.accept(
            database, registry, technician, plate_id, file_id, choices=imports.Choices()
        )
        _review(database, people, analysis_id, plate.ending)
    built = BuiltPlate(plate.code, plate.plate_map.study_code, plate_id, plate.ending, analysis_id)
    return built, [
        DemoFile(f"plate-maps/{plate_map.file_name}", plate_map.data),
        DemoFile(f"files/{reader.file_name}", reader.data),
    ]


def _review(
    database: Database, people: Mapping[str, Actor], analysis_id: int, ending: Ending
) -> None:
    steps = [(TECHNICIAN, ReviewAction.SUBMIT, "")]
    if ending is Ending.APPROVED:
        steps.append((REVIEWER, ReviewAction.APPROVE, "Controls and replicates are in order."))
    elif ending is Ending.RETURNED:
        steps.append((REVIEWER, ReviewAction.RETURN, _RETURNED_BECAUSE))
    for login, action, reason in steps:
        actor = people[login]
        with database.unit_of_work(actor, reason or f"analysis: {action.value}") as session:
            reviews.take(session, actor, analysis_id, action, reason=reason)
