"""The invented signals follow the model that they name, and are the same every time."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.demo.demo_plate import DemoPlate
from lims_msc.demo.materials import BATCHES, IFN_GAMMA
from lims_msc.demo.plates import ProliferationPlate, demo_plates, proliferation_plates
from lims_msc.demo.potencies import POTENCIES, RESTING, Potency, potencies_on
from lims_msc.demo.simulation import SignalScale, Unevenness, simulate, suppressed_share
from lims_msc.domain.curve import Signal
from lims_msc.domain.layout import WellRole
from lims_msc.domain.plate import Marker, WellAddress

QUIET = SignalScale(
    plastic=0.0,
    blank=0.05,
    unstimulated=0.25,
    stimulated=1.25,
    msc_signal=0.4,
    well_cv=0.0,
    floor_sd=0.0,
    decimals=6,
)
SIMPLE = Potency(top=0.8, half_dose=0.1, steepness=1.0, priming_gain=2.0)


def _quiet_signals(
    plate: ProliferationPlate, scale: SignalScale, unevenness: Unevenness
) -> dict[WellAddress, Signal]:
    return simulate(
        plate.plate_map.layout,
        plate.plate_map.layout.plate_format.wells(),
        scale=scale,
        potencies=dict.fromkeys(POTENCIES, SIMPLE),
        seed="quiet",
        unevenness=unevenness,
    )


def _plate(code: str) -> ProliferationPlate:
    return next(plate for plate in proliferation_plates() if plate.code == code)


@pytest.mark.parametrize("plate", demo_plates(), ids=lambda plate: plate.code)
def test_a_plate_has_the_same_signals_every_time(plate: DemoPlate) -> None:
    assert plate.run().signals == plate.run().signals


def test_two_seeds_scatter_differently() -> None:
    plate = _plate("SIM-T-02")
    wells = plate.plate_map.layout.plate_format.wells()
    first, second = (
        simulate(
            plate.plate_map.layout,
            wells,
            scale=plate.scale,
            potencies=POTENCIES,
            seed=seed,
            unevenness=Unevenness(),
        )
        for seed in ("one", "two")
    )
    assert sum(first[well] == second[well] for well in wells) < len(wells) / 4


def test_half_of_the_largest_effect_is_at_the_half_dose() -> None:
    assert suppressed_share(SIMPLE, RESTING, 0.1) == pytest.approx(0.4)
    assert suppressed_share(SIMPLE, IFN_GAMMA, 0.05) == pytest.approx(0.4)


@given(
    dose=st.floats(0.001, 2),
    more=st.floats(1.01, 10),
    half_dose=st.floats(0.005, 0.5),
    top=st.floats(0.1, 1),
)
def test_more_msc_suppress_more_and_never_more_than_the_top(
    dose: float, more: float, half_dose: float, top: float
) -> None:
    potency = Potency(top=top, half_dose=half_dose, steepness=1.1)
    here = suppressed_share(potency, RESTING, dose)
    there = suppressed_share(potency, RESTING, dose * more)
    assert 0 < here < there < top


def test_a_stimulating_batch_stimulates_at_low_doses_only() -> None:
    potency = replace(SIMPLE, stimulation=0.3)
    assert suppressed_share(potency, RESTING, 0.005) < 0
    assert suppressed_share(potency, RESTING, 0.5) > 0.6


def test_signals_without_noise_are_those_of_the_model() -> None:
    plate = _plate("SIM-NK-01")
    signals = _quiet_signals(plate, QUIET, Unevenness())
    seen = {
        (content.role, content.dose.msc_per_responder if content.dose else 0.0): signals[well].value
        for well, content in plate.plate_map.layout.contents.items()
    }
    assert seen[WellRole.BLANK, 0.0] == pytest.approx(0.05)
    assert seen[WellRole.RESP_UNSTIM, 0.0] == pytest.approx(0.25)
    assert seen[WellRole.RESP_STIM, 0.0] == pytest.approx(1.25)
    # 0.1 MSC per responder: 40 % of the window of 1.0 is suppressed, and the MSC add 0.04.
    assert seen[WellRole.COCULT, 0.1] == pytest.approx(0.25 + 0.6 + 0.04)
    assert seen[WellRole.COCULT_UNSTIM, 0.1] == pytest.approx(0.25 + 0.04)
    assert seen[WellRole.POS_SUPPR, 0.0] == pytest.approx(0.25 + 0.08)


def test_an_uneven_plate_falls_from_left_to_right_by_the_share_it_was_told() -> None:
    plate = _plate("SIM-NK-02")
    signals = _quiet_signals(plate, QUIET, Unevenness(left_to_right=-0.24))
    left, right = (signals[WellAddress.parse(well)].value for well in ("G2", "G11"))
    assert left is not None
    assert right is not None
    # Columns 2 and 11 are 9 of 12 columns apart: 18 % of the signal above the blank of 1.2.
    assert left - right == pytest.approx(1.2 * 0.24 * 9 / 12, abs=1e-5)


def test_an_overflowed_well_has_a_marker_and_no_number() -> None:
    plate, lost = _plate("SIM-T-02"), WellAddress.parse("C3")
    signals = _quiet_signals(plate, QUIET, Unevenness(overflowed=frozenset({lost})))
    assert signals[lost] == Signal(lost, None, Marker.OVERFLOW)
    assert [well for well, signal in signals.items() if signal.value is None] == [lost]


@pytest.mark.parametrize("cell_type", ["PBMC", "B cell", "NK cell"])
def test_no_group_of_donors_is_simply_better_than_another(cell_type: str) -> None:
    groups: dict[str, list[float]] = {}
    for batch in BATCHES:
        potency = potencies_on(cell_type)[batch.batch_code]
        groups.setdefault(batch.diagnosis, []).append(suppressed_share(potency, RESTING, 0.1))
    assert len(groups) == 3
    for one, other in permutations(groups.values(), 2):
        assert max(one) > min(other)
