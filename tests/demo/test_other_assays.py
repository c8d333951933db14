"""The plates of the demonstration that are no proliferation: their results are what was put in."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from lims_msc.demo.lab import DemoLab
from lims_msc.demo.other_layouts import CONTROL_PG_PER_ML, EFFECTORS_PER_TARGET
from lims_msc.demo.other_plates import other_plates
from lims_msc.demo.potencies import RESTING, potencies_on
from lims_msc.demo.simulation import suppressed_share
from lims_msc.domain.findings import errors_among
from lims_msc.domain.layout import WellRole
from lims_msc.domain.values import AssayValue, ValueStatus
from lims_msc.models import Analysis
from lims_msc.registry import Registry
from lims_msc.services import queries
from lims_msc.services.codec import standard_curves_from_json
from lims_msc.services.transaction import Database

Values = dict[str, list[AssayValue]]


@pytest.fixture
def values(lab: DemoLab, lab_database: Database, registry: Registry) -> Values:
    """The values of the laboratory by the name of their quantity."""
    found: Values = {}
    with lab_database.reading() as session:
        for line in queries.all_values(session, registry):
            found.setdefault(line.value.name, []).append(line.value)
    return found


def concentrations(values: Values, role: WellRole) -> list[AssayValue]:
    return [value for value in values["concentration"] if value.key.role is role]


@pytest.mark.parametrize("plate", other_plates("S"), ids=lambda plate: plate.code)
def test_a_layout_has_no_errors_and_every_well_is_on_the_plate(
    plate: object, registry: Registry
) -> None:
    plate_map = plate.plate_map  # type: ignore[attr-defined]
    assay = registry.assay(plate_map.assay_key)
    assert plate_map.readout in assay.readouts
    assert errors_among(assay.check_layout(plate_map.layout)) == ()
    assert all(well in plate_map.layout.plate_format for well in plate_map.layout.contents)


def test_the_standards_are_accepted_and_span_the_range(
    lab: DemoLab, lab_database: Database
) -> None:
    (built,) = [plate for plate in lab.plates if plate.code == "SIM-ELISA-01"]
    with lab_database.reading() as session:
        analysis = session.get_one(Analysis, built.analysis_id)
        (curve,) = standard_curves_from_json(analysis.standard_curves)
    assert (curve.unit, curve.lowest, curve.highest) == ("pg/mL", 15.625, 1000.0)
    assert [level.is_accepted for level in curve.levels] == [False, *[True] * 7]


def test_concentrations_are_those_that_were_invented(values: Values) -> None:
    stimulated = concentrations(values, WellRole.RESP_STIM)
    assert [value.value for value in stimulated] == [pytest.approx(5200, rel=0.2)] * 4
    (control,) = concentrations(values, WellRole.QC)
    assert control.value == pytest.approx(CONTROL_PG_PER_ML, rel=0.1)
    potencies = potencies_on("PBMC")
    for value in concentrations(values, WellRole.COCULT):
        assert value.key.msc_per_responder is not None
        potency = potencies[value.key.batch_code]
        left = 1 - suppressed_share(potency, RESTING, value.key.msc_per_responder)
        assert value.value == pytest.approx(40 + 5160 * left, rel=0.2)


def test_what_lies_below_the_standards_is_a_bound_with_its_dilution(values: Values) -> None:
    low = [
        *concentrations(values, WellRole.RESP_UNSTIM),
        *concentrations(values, WellRole.MSC_ALONE),
    ]
    assert len(low) == 4
    assert {(value.status, value.value, value.bound) for value in low} == {
        (ValueStatus.BELOW_RANGE, None, 156.25)
    }


def test_lysis_rises_with_the_effectors_and_falls_with_msc(values: Values) -> None:
    lysis = values["specific_lysis"]
    by_batch: dict[str, dict[float, float]] = {}
    for value in lysis:
        assert value.value is not None
        assert value.key.effectors_per_target is not None
        of_batch = by_batch.setdefault(value.key.batch_code, {})
        of_batch[value.key.effectors_per_target] = value.value
    assert set(by_batch) == {"", "SIM-MSC-H1", "SIM-MSC-L1", "SIM-MSC-S2"}
    for of_batch in by_batch.values():
        rising = [of_batch[ratio] for ratio in sorted(EFFECTORS_PER_TARGET)]
        assert rising == sorted(rising)
    for ratio, without in by_batch[""].items():
        assert without == pytest.approx(78 * ratio / (ratio + 6), rel=0.15)
        assert all(of_batch[ratio] < without for code, of_batch in by_batch.items() if code)


def test_the_pack_of_the_study_holds_values_that_are_called_simulated(lab: DemoLab) -> None:
    (pack,) = [file for file in lab.files if file.name.endswith(".zip")]
    with zipfile.ZipFile(io.BytesIO(pack.data)) as opened:
        text = opened.read("data/values.csv").decode()
        methods = opened.read("methods.md").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["plate"] for row in rows} == {"SIM-ELISA-01", "SIM-KILL-01"}
    assert {row["data_origin"] for row in rows} == {"simulated"}
    assert "NK-cell cytotoxicity" in methods
    assert "Range of quantitation: 15.625 to 1000 pg/mL" in methods
