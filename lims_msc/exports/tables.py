"""The tables of readings and of wells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lims_msc.domain.exporting import PublicationBundle
from lims_msc.domain.plate import WellReading
from lims_msc.exports.columns import Column, ColumnType, Table
from lims_msc.exports.relations import relation_column
from lims_msc.exports.rows import PLATE_COLUMNS, REVIEW_STATE, WELL_COLUMNS, WellRow, of_well

_CELLS_PER_WELL = "{cells}/{well}"


@dataclass(frozen=True, slots=True)
class ReadingRow(WellRow):
    """One reading with what stands in its well."""

    reading: WellReading


_RELATION: Column[WellRow] = relation_column(
    lambda r: (r.content.batch_code, r.content.responder_code) if r.content else None
)


def _reading_rows(bundle: PublicationBundle) -> Iterator[ReadingRow]:
    for plate in bundle.plates:
        contents = {content.well: content for content in plate.wells}
        for reading in plate.readings:
            content = contents.get(reading.well) if reading.well else None
            yield ReadingRow(bundle, plate, content, reading)


READINGS: Table[ReadingRow] = Table(
    path="data/readings.csv",
    one_row_per="value that the instrument file holds",
    columns=(
        *PLATE_COLUMNS,
        Column(
            "well",
            "address of the well: row letter and column number; empty for instruments that measure "
            "samples without wells",
            lambda r: str(r.reading.well) if r.reading.well else None,
        ),
        Column("sample", "name of the sample where there is no well", lambda r: r.reading.sample),
        *WELL_COLUMNS,
        Column("read_label", "name of the read in the file", lambda r: r.reading.read.label),
        Column(
            "kind",
            "absorbance, fluorescence, luminescence or other",
            lambda r: r.reading.read.kind.value,
        ),
        Column(
            "wavelength_nm",
            "measurement wavelength, for fluorescence the excitation; empty where the file does "
            "not say",
            lambda r: r.reading.read.wavelength_nm,
            ColumnType.NUMBER,
            "nm",
        ),
        Column(
            "emission_nm",
            "emission wavelength of fluorescence; empty otherwise",
            lambda r: r.reading.read.emission_nm,
            ColumnType.NUMBER,
            "nm",
        ),
        Column(
            "time_s",
            "time since the first cycle; empty for endpoint reads",
            lambda r: r.reading.time_s,
            ColumnType.NUMBER,
            "s",
        ),
        Column(
            "value",
            "what was measured, in the unit of the column 'unit'; empty where 'marker' says why",
            lambda r: r.reading.value,
            ColumnType.NUMBER,
            "see column unit",
            "BAO:0000445",
        ),
        Column(
            "marker",
            "why there is no value: overflow, underflow, masked, missing or error",
            lambda r: r.reading.marker.value if r.reading.marker else None,
        ),
        Column("raw", "the text or number of the cell as the file has it", lambda r: r.reading.raw),
        Column("unit", "unit of the value (UCUM)", lambda r: r.reading.read.unit),
        Column("file", "name of the instrument file", lambda r: r.plate.file_name),
        Column("file_sha256", "SHA-256 of the instrument file", lambda r: r.plate.file_sha256),
        Column(
            "sheet", "sheet of the file; empty for text files", lambda r: r.reading.source.sheet
        ),
        Column(
            "cell",
            "address of the cell in the sheet, line:column for text files",
            lambda r: r.reading.source.cell,
        ),
        Column("importer", "importer and version that read the file", lambda r: r.plate.importer),
        REVIEW_STATE,
        _RELATION,
    ),
    rows=_reading_rows,
)


_MEASURED_ELSEWHERE: tuple[Column[WellRow], ...] = (
    Column(
        "sample_code", "code of the sample or of the kit control", of_well(lambda c: c.sample_code)
    ),
    Column(
        "supernatant_of",
        "role of the culture well that the supernatant was taken from; empty for other wells",
        of_well(lambda c: c.sample_of.value if c.sample_of else None),
    ),
    Column(
        "dilution_factor",
        "how often the sample was diluted: 2 for 1 + 1; empty where not stated",
        of_well(lambda c: c.dilution_factor),
        ColumnType.NUMBER,
        "1",
    ),
    Column(
        "standard_concentration",
        "what a standard or kit control holds, in the unit of the column concentration_unit",
        of_well(lambda c: c.standard_concentration),
        ColumnType.NUMBER,
        "see column concentration_unit",
    ),
    Column(
        "concentration_unit",
        "unit of all concentrations of the plate",
        lambda r: r.plate.conditions.concentration_unit,
    ),
    Column(
        "effectors_per_target",
        "E:T ratio of a killing assay; not a ratio of MSC",
        of_well(lambda c: c.effectors_per_target),
        ColumnType.NUMBER,
        "1",
    ),
    Column(
        "supernatant_volume_ml",
        "volume of the culture wells of the plate's supernatants; empty where not stated",
        lambda r: r.plate.conditions.supernatant_volume_ml,
        ColumnType.NUMBER,
        "mL",
    ),
    Column(
        "culture_hours",
        "how long the cells were in that volume; empty where not stated",
        lambda r: r.plate.conditions.culture_hours,
        ColumnType.NUMBER,
        "h",
    ),
)

WELLS: Table[WellRow] = Table(
    path="data/wells.csv",
    one_row_per="well of a plate map",
    columns=(
        *PLATE_COLUMNS,
        Column(
            "well",
            "address of the well: row letter and column number",
            of_well(lambda c: str(c.well)),
        ),
        *WELL_COLUMNS,
        Column(
            "ratio",
            "the dose as a ratio in the named order",
            of_well(lambda c: str(c.dose) if c.dose else None),
        ),
        Column(
            "msc_cells_per_well",
            "viable MSC per well; empty where not recorded",
            of_well(lambda c: c.msc_cells_per_well),
            ColumnType.INTEGER,
            _CELLS_PER_WELL,
        ),
        Column(
            "responder_cells_per_well",
            "viable responder cells per well; empty where not recorded",
            of_well(lambda c: c.responder_cells_per_well),
            ColumnType.INTEGER,
            _CELLS_PER_WELL,
        ),
        *_MEASURED_ELSEWHERE,
        Column("note", "note of the plate map", of_well(lambda c: c.note)),
        Column(
            "map_sheet",
            "sheet of the plate map that says so",
            of_well(lambda c: c.source.sheet if c.source else None),
        ),
        Column(
            "map_cell",
            "cell of the plate map that says so",
            of_well(lambda c: c.source.cell if c.source else None),
        ),
        _RELATION,
    ),
    rows=lambda bundle: (
        WellRow(bundle, plate, content)
        for plate in bundle.plates
        for content in sorted(plate.wells, key=lambda content: content.well)
    ),
)
