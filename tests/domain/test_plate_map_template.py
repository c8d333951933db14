"""The template: what is written into it comes back through the opener as the same plate map."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from factories import STUDY
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from lims_msc.demo.invented import invented_plate_map
from lims_msc.domain.concentration_units import CONCENTRATION_UNITS
from lims_msc.domain.dose import Dose
from lims_msc.domain.importing import Source
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, WellAddress
from lims_msc.domain.plate_map import PlateMap, read_plate_map
from lims_msc.domain.plate_map_columns import WELL_COLUMNS, ColumnGroup
from lims_msc.domain.plate_map_roles import CULTURE_ROLES
from lims_msc.domain.plate_map_template import TemplateRequest
from lims_msc.errors import InputError
from lims_msc.registry import Registry

ASSAYS = {"t_cell_proliferation": {"wst_od": "WST"}}


def written(registry: Registry, plate_map: PlateMap) -> Source:
    request = TemplateRequest(plate_map.layout.plate_format, ASSAYS, filled=plate_map)
    return Source("map.xlsx", registry.plate_map_template.write(request))


def written_and_read(registry: Registry, plate_map: PlateMap) -> PlateMap:
    return read_plate_map(registry.open_workbook(written(registry, plate_map)))


def without_places(plate_map: PlateMap) -> PlateMap:
    """Return the map without the cells that its wells were read from."""
    layout = plate_map.layout
    contents = (replace(content, source=None) for content in layout.contents.values())
    conditions = layout.conditions
    return replace(plate_map, layout=PlateLayout.of(layout.plate_format, contents, conditions))


def map_of(plate_format: PlateFormat, *contents: WellContent) -> PlateMap:
    return PlateMap(
        study_code=STUDY,
        experiment_code="007",
        plate_code="MAR-1",
        run_on=date(2026, 3, 14),
        operator="",
        assay_key="t_cell_proliferation",
        readout="wst_od",
        arrest="irradiation 25 Gy",
        layout=PlateLayout.of(plate_format, contents),
    )


def coculture(well: WellAddress, dose: Dose, **cells: int) -> WellContent:
    return WellContent(
        well=well,
        role=WellRole.COCULT,
        batch_code="1E5",
        priming="IFN-γ 20 ng/mL 24 h",
        responder_code="2-3",
        stimulus="PHA 5 µg/mL",
        treatment="1-MT 1 mM",
        dose=dose,
        note="edge: – ok",
        **cells,  # type: ignore[arg-type]
    )


def test_the_invented_plate_comes_back_as_it_was(registry: Registry) -> None:
    plate_map = invented_plate_map(STUDY)
    read = written_and_read(registry, plate_map)
    assert without_places(read) == without_places(plate_map)
    assert str(read.layout.contents[WellAddress(3, 2)].source) == "sheet 'Wells', cell A27"


@pytest.mark.parametrize("plate_format", PlateFormat)
def test_codes_that_excel_likes_to_change_come_back_on_every_plate(
    registry: Registry, plate_format: PlateFormat
) -> None:
    dose = Dose.from_cells(msc_cells=10_000, responder_cells=100_000)
    content = coculture(
        plate_format.wells()[-1], dose, msc_cells_per_well=10_000, responder_cells_per_well=100_000
    )
    plate_map = map_of(plate_format, content)
    assert without_places(written_and_read(registry, plate_map)) == plate_map


@pytest.mark.parametrize(
    "dose",
    [
        Dose(msc_cells=Fraction(1), responder_cells=Fraction(10)),
        Dose(msc_cells=Fraction(5, 2), responder_cells=Fraction(100)),
        Dose(msc_cells=Fraction(1), responder_cells=Fraction(3)),
        Dose(msc_cells=Fraction(5), responder_cells=Fraction(1)),
    ],
)
def test_a_dose_that_is_only_a_ratio_comes_back(registry: Registry, dose: Dose) -> None:
    plate_map = map_of(PlateFormat.WELLS_24, coculture(WellAddress(1, 1), dose))
    assert without_places(written_and_read(registry, plate_map)) == plate_map


def test_an_empty_template_has_a_line_for_each_well_and_says_what_is_missing(
    registry: Registry,
) -> None:
    request = TemplateRequest(PlateFormat.WELLS_384, ASSAYS, (STUDY,), ("B-1",), ("R-1",))
    data = registry.plate_map_template.write(request)
    with pytest.raises(InputError) as refusal:
        read_plate_map(registry.open_workbook(Source("map.xlsx", data)))
    messages = {finding.message for finding in refusal.value.findings}
    assert messages == {
        "'Study' is empty.",
        "'Experiment' is empty.",
        "'Plate' is empty.",
        "'Run date' is empty.",
        "'Assay' is empty.",
        "'Readout' is empty.",
        "No well has a role.",
    }
    wells = load_workbook(io.BytesIO(data))["Wells"]
    assert [cell.value for cell in wells["A"]][1:] == [
        str(w) for w in PlateFormat.WELLS_384.wells()
    ]


def test_the_cells_that_excel_would_change_have_the_text_format(registry: Registry) -> None:
    data = registry.plate_map_template.write(TemplateRequest(PlateFormat.WELLS_96, ASSAYS))
    workbook = load_workbook(io.BytesIO(data))
    for column in "ACEJK":
        assert {cell.number_format for cell in workbook["Wells"][column][1:]} == {"@"}
    assert workbook["Plate"]["B3"].number_format == "@"
    assert workbook["Plate"]["B4"].number_format == "yyyy-mm-dd"
    # A number written as text would keep the comma that another country writes for decimals.
    numbers = [workbook["Plate"][place] for place in ("B13", "B14")]
    numbers += [cell for column in "MNO" for cell in workbook["Wells"][column][1:]]
    assert {cell.number_format for cell in numbers} == {"General"}


def test_each_group_of_columns_has_its_colour_and_says_what_it_is_for(registry: Registry) -> None:
    data = registry.plate_map_template.write(TemplateRequest(PlateFormat.WELLS_96, ASSAYS))
    workbook = load_workbook(io.BytesIO(data))
    headings = workbook["Wells"][1]
    colours = {heading.value: heading.fill.fgColor.rgb for heading in headings}
    help_lines = {row[0].value: row for row in workbook["Help"].iter_rows() if row[0].value}
    for group, name in zip(ColumnGroup, ("well", "standard curve", "killing"), strict=True):
        line = help_lines[f"  {name}"]
        columns = [column for column in WELL_COLUMNS if column.group is group]
        assert {colours[column.title] for column in columns} == {line[0].fill.fgColor.rgb}
        assert all(column.title in line[1].value for column in columns)
    assert len(set(colours.values())) == len(ColumnGroup)
    notes = {heading.value: heading.comment.text for heading in headings}
    assert notes["Dilution factor"].startswith("Only for plates with standards")
    assert notes["Well"] == "A1 to H12 on 96 wells."
    assert help_lines["t_cell_proliferation"][1].value == "wst_od"


def test_the_template_offers_roles_of_supernatants_and_units(registry: Registry) -> None:
    data = registry.plate_map_template.write(TemplateRequest(PlateFormat.WELLS_96, ASSAYS))
    workbook = load_workbook(io.BytesIO(data))
    lists = workbook["Lists"]
    offered = {}
    for name in ("Plate", "Wells"):
        for validation in workbook[name].data_validations.dataValidation:
            cells = lists[validation.formula1.split("!")[1].replace("$", "")]
            offered[f"{name}!{validation.sqref}"] = [row[0].value for row in cells]
    assert offered["Plate!B12"] == list(CONCENTRATION_UNITS)
    assert offered["Wells!L2:L97"] == [role.value for role in CULTURE_ROLES]


@settings(deadline=None, max_examples=25)
@given(
    *[st.integers(1_000_000, 999_999_999).map(lambda n: n / 1_000_000)] * 2,
    st.integers(1_000_000, 49_999_999).map(lambda n: n / 1_000_000),
)
def test_samples_standards_and_conditions_come_back_to_the_last_digit(
    registry: Registry, concentration: float, dilution: float, volume_ml: float
) -> None:
    contents = (
        WellContent(WellAddress(1, 1), WellRole.STD, standard_concentration=concentration),
        WellContent(WellAddress(1, 2), WellRole.STD, standard_concentration=0.0),
        WellContent(
            WellAddress(2, 1),
            WellRole.SAMPLE,
            "B-1",
            "resting",
            "R-1",
            "PHA",
            dose=Dose.from_cells(msc_cells=1000, responder_cells=10_000),
            msc_cells_per_well=1000,
            responder_cells_per_well=10_000,
            sample_code="007",
            sample_of=WellRole.COCULT,
            dilution_factor=dilution,
        ),
        WellContent(
            WellAddress(3, 1),
            WellRole.E_T,
            responder_code="NK-1",
            effectors_per_target=volume_ml,
        ),
    )
    conditions = PlateConditions("IU/mL", volume_ml, 24.5)
    plate_map = map_of(PlateFormat.WELLS_24, *contents)
    layout = replace(plate_map.layout, conditions=conditions)
    plate_map = replace(plate_map, layout=layout)
    assert without_places(written_and_read(registry, plate_map)) == plate_map
