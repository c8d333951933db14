"""Makers of valid things: each test states only what it is about."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
from flask import Flask
from openpyxl import Workbook as Book

from lims_msc import LimsMsc
from lims_msc.demo.invented import (
    BATCH,
    RESPONDER,
    invented_plate_map,
    invented_plate_workbook,
    invented_signals,
)
from lims_msc.demo.lab import plate_map_workbook
from lims_msc.demo.materials import BATCHES, RESPONDERS
from lims_msc.demo.other_plates import other_plates
from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.findings import Finding
from lims_msc.domain.importing import Source
from lims_msc.domain.plate import (
    Marker,
    PlateReading,
    Read,
    ReadingKind,
    SourceCell,
    WellAddress,
    WellReading,
)
from lims_msc.domain.plate_map import PLATE_FIELDS, WELL_COLUMNS, read_plate_map
from lims_msc.domain.review import ReviewAction
from lims_msc.domain.workbook import Cell, CellValue, Sheet, Workbook
from lims_msc.errors import InputError
from lims_msc.registry import Registry
from lims_msc.services import imports, materials, plate_maps, reviews, studies, users
from lims_msc.services.transaction import Database

STUDY = "S-1"
OD_450 = Read("450 nm", ReadingKind.ABSORBANCE, wavelength_nm=450.0, unit="{OD}")
INVENTED_HALF_SUPPRESSION = {"NONE": "1:6.4", "UNSTIM": "1:9.0", "FULL": "1:9.6"}


def add_logins(database: Database, administrator: Actor, **roles: Role) -> Database:
    """Add people who can be named on the command line, each login with a role."""
    with database.unit_of_work(administrator, "test") as session:
        for login, role in roles.items():
            users.add_user(
                session,
                administrator,
                login=login,
                name=login.title(),
                password="correct horse battery",
                roles=frozenset({role}),
            )
    return database


def cell(value: CellValue | Cell) -> Cell:
    """Return a cell of this value; a cell that is given stays as it is."""
    return value if isinstance(value, Cell) else Cell(value, str(value))


def sheet(name: str, rows: Iterable[Sequence[CellValue | Cell]]) -> Sheet:
    """Return a sheet of these rows from A1; ``None`` leaves a cell empty."""
    cells = {
        (row, column): cell(value)
        for row, values in enumerate(rows, start=1)
        for column, value in enumerate(values, start=1)
        if value is not None
    }
    return Sheet(name, cells)


FIELD_TITLES = {field.key: field.title for field in PLATE_FIELDS}
GOOD_FIELDS: Mapping[str, CellValue] = {
    "study_code": STUDY,
    "experiment_code": "E-1",
    "plate_code": "P-1",
    "run_on": "2026-03-14",
    "operator": "Anna Weiss",
    "plate_format": "96",
    "assay_key": "t_cell_proliferation",
    "readout": "wst_od",
    "arrest": None,
    "ratio_order": "MSC:responder",
    "confirm_high_dose": None,
    "concentration_unit": None,
    "supernatant_volume_ml": None,
    "culture_hours": None,
}
WELL_TITLES = tuple(column.title for column in WELL_COLUMNS)
COCULT_LINE: Mapping[str, CellValue] = {
    "Well": "C3",
    "Role": "COCULT",
    "MSC batch": "B-1",
    "Responder": "R-1",
    "Stimulus": "PHA",
    "MSC per well": 10_000,
    "Responders per well": 100_000,
}


def plate_map_of(
    fields: Mapping[str, CellValue | Cell] | None = None,
    lines: Iterable[Mapping[str, CellValue | Cell]] = (COCULT_LINE,),
    titles: Sequence[str] = WELL_TITLES,
) -> Workbook:
    """Return a plate map that is good but for the fields and lines that are given."""
    entered = {**GOOD_FIELDS, **(fields or {})}
    plate = sheet("Plate", [(FIELD_TITLES[key], value) for key, value in entered.items()])
    rows = [titles, *([line.get(title) for title in titles] for line in lines)]
    return Workbook("map.xlsx", "xlsx", (plate, sheet("Wells", rows)))


ERROR_CELL = Cell(None, "#DIV/0!", error="#DIV/0!", is_formula=True)
FORMULA_WITHOUT_VALUE = Cell(None, "", is_formula=True, formula_without_value=True)


def cocult_line(**changes: CellValue | Cell) -> Mapping[str, CellValue | Cell]:
    """Return a good co-culture line with these columns changed (``_`` stands for a space)."""
    return {**COCULT_LINE, **{title.replace("_", " "): v for title, v in changes.items()}}


Values: TypeAlias = Mapping[str, CellValue | Cell]
ELISA_FIELDS: Values = {
    "concentration_unit": "pg/mL",
    "supernatant_volume_ml": 0.2,
    "culture_hours": "24",
}
STANDARD_LINE: Values = {"Well": "A1", "Role": "STD", "Standard concentration": 1000}
SUPERNATANT_LINE: Values = {
    "Well": "A2",
    "Role": "SAMPLE",
    "Supernatant of": "COCULT",
    "MSC batch": "B-1",
    "Responder": "R-1",
    "Stimulus": "PHA",
    "MSC per well": 10_000,
    "Responders per well": 100_000,
    "Dilution factor": 10,
}
KILLING_LINE: Values = {
    "Well": "A3",
    "Role": "E_T",
    "Responder": "NK-1",
    "Stimulus": "IL-2",
    "Effectors per target": 12.5,
}


def changed(line: Values, changes: Values) -> Values:
    return {**line, **changes}


def refused_map(workbook: Workbook) -> tuple[Finding, ...]:
    """Return the findings for which a plate map is refused."""
    with pytest.raises(InputError) as refusal:
        read_plate_map(workbook)
    assert refusal.value.hint
    return refusal.value.findings


def reading(
    well: str,
    value: float | Marker = 0.5,
    *,
    read: Read = OD_450,
    place: str = "",
    time_s: float | None = None,
) -> WellReading:
    """Return one reading; its cell has the name of the well unless one is given."""
    is_marker = isinstance(value, Marker)
    return WellReading(
        read=read,
        source=SourceCell("Raw", place or well),
        raw=str(value),
        well=WellAddress.parse(well),
        time_s=time_s,
        value=None if is_marker else float(value),
        marker=value if is_marker else None,
    )


def plate_reading(*readings: WellReading, plate: str = "P-1") -> PlateReading:
    return PlateReading(plate, readings)


def book(**sheets: Sequence[Sequence[object]]) -> bytes:
    """Return an Excel workbook with these sheets."""
    workbook = Book()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        made = workbook.create_sheet(name)
        for row in rows:
            made.append(list(row))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def grid(values: Mapping[str, object], rows: int = 8, columns: int = 12) -> list[list[object]]:
    """Return a labelled plate block with these values by well."""
    lines: list[list[object]] = [["<>", *range(1, columns + 1)]]
    for row in range(1, rows + 1):
        wells = [str(WellAddress(row, column)) for column in range(1, columns + 1)]
        lines.append([wells[0][:-1], *(values.get(well) for well in wells)])
    return lines


def add_materials(database: Database, actor: Actor) -> None:
    """Open the study and register the batch and the responder of the invented plate."""
    with database.unit_of_work(actor, "set up") as session:
        studies.open_study(session, actor, code=STUDY, title="Do they suppress?")
        materials.register_batch(session, actor, new_batch())
        materials.register_responder(session, actor, new_responder())


def add_demo_materials(database: Database, actor: Actor) -> None:
    """Register the batches and responders of the demonstration."""
    with database.unit_of_work(actor, "set up") as session:
        for batch in BATCHES:
            materials.register_batch(session, actor, batch)
        for responder in RESPONDERS:
            materials.register_responder(session, actor, responder)


def demo_files(registry: Registry, plate_code: str) -> tuple[Source, Source]:
    """Return plate map and reader file of an ELISA or killing plate of the demonstration."""
    (plate,) = [plate for plate in other_plates(STUDY) if plate.code == plate_code]
    plate_map = Source(plate.map_file_name, plate_map_workbook(registry, plate.plate_map))
    return plate_map, Source(plate.reader_file_name, plate.reader_workbook())


def new_batch(**changes: object) -> materials.NewBatch:
    good = materials.NewBatch(
        batch_code=BATCH, donor_code="D-1", sex="female", tissue="BM", health_status="healthy"
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def new_responder(**changes: object) -> materials.NewResponder:
    good = materials.NewResponder(responder_code=RESPONDER, cell_type="PBMC", pool_size=8)
    return replace(good, **changes)  # type: ignore[arg-type]


def invented_map_file(registry: Registry, plate_code: str = "INV-PLATE-1") -> Source:
    """Return the plate map of the invented plate under this code."""
    plate_map = replace(invented_plate_map(STUDY), plate_code=plate_code)
    return Source(f"{plate_code}-map.xlsx", plate_map_workbook(registry, plate_map))


def invented_reader_file(name: str = "reader.xlsx") -> Source:
    return Source(name, invented_plate_workbook())


def two_wavelength_file(
    changes: Mapping[str, object] | None = None,
    reference_changes: Mapping[str, object] | None = None,
) -> Source:
    """Return the invented plate read at 450 and at 570 nm.

    The difference of the two is the invented signal; the reference is another one in each well.
    """
    true = {str(well): signal.value or 0.0 for well, signal in invented_signals().items()}
    reference = {well: 0.03 + 0.002 * number for number, well in enumerate(true)}
    measured = {well: value + reference[well] for well, value in true.items()}
    rows = [
        ["450 nm"],
        *grid({**measured, **(changes or {})}),
        [],
        ["570 nm"],
        *grid({**reference, **(reference_changes or {})}),
    ]
    return Source("two.xlsx", book(Raw=rows))


def add_plate(
    database: Database, registry: Registry, actor: Actor, plate_code: str = "INV-PLATE-1"
) -> int:
    """Register the invented plate; return its number."""
    return plate_maps.register_plate(
        database, registry, actor, invented_map_file(registry, plate_code)
    )


def add_analysis(database: Database, registry: Registry, actor: Actor) -> int:
    """Register the invented plate, take its readings; return the number of the analysis."""
    plate_id = add_plate(database, registry, actor)
    file_id = imports.receive(database, registry, actor, plate_id, invented_reader_file())
    return imports.accept(database, registry, actor, plate_id, file_id, choices=imports.Choices())


def take(
    database: Database, actor: Actor, analysis_id: int, action: ReviewAction, reason: str = ""
) -> None:
    """Take one step of the review in a unit of work of its own."""
    with database.unit_of_work(actor, reason or action.value) as session:
        reviews.take(session, actor, analysis_id, action, reason=reason)


ANNA = Actor("42", "Anna Weiss", frozenset({Role.TECHNICIAN}))


def host_app(database_file: Path, *, actor: Actor | None = ANNA, mount: bool = True) -> Flask:
    """Return a host application of a few lines with lims-msc in it."""
    app = Flask("host")
    app.config.update(SECRET_KEY="of the host", LIMS_MSC_DATABASE_URL=f"sqlite:///{database_file}")
    if mount:
        LimsMsc(app, current_actor=lambda: actor)
    return app
