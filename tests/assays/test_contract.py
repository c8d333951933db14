"""What every assay type promises, whatever it measures."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from every_check import numbers_in
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.assay import AssayType
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, Signal
from lims_msc.domain.dose import Dose
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import Marker, PlateFormat
from lims_msc.errors import InputError
from lims_msc.registry import load_registry

Maker = Callable[[], Any]
ASSAYS = tuple(load_registry().assay_types.values())
KEYS = tuple(assay.key for assay in ASSAYS)


def test_all_assays_are_there() -> None:
    assert set(KEYS) == {
        "b_cell_immunoglobulin",
        "b_cell_plasmablasts",
        "b_cell_proliferation",
        "cytokine_elisa",
        "ido_activity",
        "nk_cytotoxicity",
        "nk_proliferation",
        "t_cell_proliferation",
        "treg_induction",
    }


@pytest.mark.parametrize("assay", ASSAYS, ids=KEYS)
def test_every_assay_says_what_it_is_and_how_it_computes(assay: AssayType) -> None:
    assert assay.title
    assert assay.version
    assert assay.required_roles
    assert "higher" in assay.higher_means
    for key, title in assay.readouts.items():
        assert title
        assert assay.default_mode(key) in BackgroundMode
        assert "=" in assay.formula(key) or "T/P" in assay.formula(key)
        assert assay.direction(key).startswith("A higher ")
        assert assay.direction(key).endswith(".")
    for check in assay.checks:
        assert check.says
        assert check.code == check.code.lower()


@pytest.mark.parametrize("assay", ASSAYS, ids=KEYS)
def test_every_assay_refuses_unknown_readouts_and_senseless_settings(assay: AssayType) -> None:
    layout = PlateLayout.of(PlateFormat.WELLS_96, [])
    for ask in (assay.default_mode, assay.formula, assay.direction):
        with pytest.raises(InputError, match="no readout 'ctl'"):
            ask("ctl")
    readout = next(iter(assay.readouts))
    for wrong in (
        AnalysisSettings(confidence=1.0),
        AnalysisSettings(anchor_msc_per_responder=0),
        AnalysisSettings(standard_weighting="1/x"),
    ):
        with pytest.raises(InputError):
            assay.analyse(layout, {}, readout, wrong)


@pytest.mark.parametrize("assay", ASSAYS, ids=KEYS)
def test_an_empty_plate_has_no_results_and_names_the_roles_that_are_missing(
    assay: AssayType,
) -> None:
    layout = PlateLayout.of(PlateFormat.WELLS_96, [])
    for readout in assay.readouts:
        analysis = assay.analyse(layout, {}, readout, AnalysisSettings())
        assert analysis.assay_key == assay.key
        assert (analysis.curves, analysis.values) == ((), ())
    missing = [f.message for f in assay.check_layout(layout) if f.code == "role_missing"]
    assert len(missing) == len(assay.required_roles)


READ = tuple(role for role in WellRole if role.is_read)
readings = st.one_of(st.none(), st.floats(0, 3), st.sampled_from([0.0, -1.0, 100.0, 1e29, 1e-300]))
contents = st.builds(
    WellContent,
    well=st.sampled_from(PlateFormat.WELLS_96.wells()),
    role=st.sampled_from(READ),
    batch_code=st.sampled_from(["", "B1"]),
    priming=st.sampled_from(["resting", "IFN-γ"]),
    responder_code=st.sampled_from(["R1", "R2"]),
    stimulus=st.sampled_from(["", "PHA"]),
    treatment=st.sampled_from(["", "1-MT"]),
    dose=st.sampled_from(
        [None, *(Dose.from_cells(msc_cells=n, responder_cells=10) for n in (0, 1, 5, 30))]
    ),
    msc_cells_per_well=st.sampled_from([None, 10_000]),
    responder_cells_per_well=st.sampled_from([None, 100_000]),
    sample_code=st.sampled_from(["", "a"]),
    sample_of=st.sampled_from([None, WellRole.COCULT, WellRole.RESP_STIM, WellRole.MSC_ALONE]),
    dilution_factor=st.sampled_from([None, 1.0, 10.0]),
    standard_concentration=st.sampled_from([0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0]),
    effectors_per_target=st.sampled_from([None, 1.0, 10.0]),
)


@pytest.mark.parametrize("assay", ASSAYS, ids=KEYS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_whatever_stands_on_the_plate_no_number_is_infinite_and_none_is_without_reason(
    assay: AssayType, data: st.DataObject
) -> None:
    found = data.draw(st.lists(contents, min_size=20, max_size=96, unique_by=lambda c: c.well))
    layout = PlateLayout.of(
        PlateFormat.WELLS_96,
        found,
        PlateConditions("µM", supernatant_volume_ml=0.2, culture_hours=24),
    )
    signals = {}
    for content in found:
        value = data.draw(readings)
        marker = Marker.MISSING if value is None else None
        signals[content.well] = Signal(content.well, value, marker)
    readout = data.draw(st.sampled_from(sorted(assay.readouts)))
    analysis = assay.analyse(layout, signals, readout, AnalysisSettings())
    assert all(math.isfinite(number) for number in numbers_in(analysis))
    assert all(curve.is_ok or curve.reason for curve in analysis.curves)
    for value in analysis.values:
        assert (value.value is not None) == (value.status.value == "ok"), value
        assert value.value is not None or value.reason, value
        assert (value.bound is not None) == value.status.value.endswith("_range"), value
    codes = {f.code for f in (*analysis.findings, *assay.check_layout(layout))}
    assert codes <= {check.code for check in assay.checks} | {"already_normalised"}


def test_importing_the_assays_loads_no_numeric_library() -> None:
    import subprocess
    import sys

    modules = ", ".join(type(assay).__module__ for assay in ASSAYS)
    code = (
        f"import sys, {modules}; "
        "print([m for m in ('numpy', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
