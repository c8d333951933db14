"""What a person chooses the signal from: each read at each time, and differences of two reads."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from factories import OD_450, plate_reading, reading
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.curve import Signal
from lims_msc.domain.plate import Marker, Read, ReadingKind, SourceCell, WellAddress, WellReading
from lims_msc.services.read_choices import ReadChoice, read_key, reads_of, signals_of

SECOND = Read("570 nm", ReadingKind.ABSORBANCE, wavelength_nm=570.0)


def kinetic(*times: float) -> list[WellReading]:
    return [reading(w, t / 100, time_s=t) for t in times for w in ("A1", "A2")]


def test_each_read_at_each_time_is_a_choice_in_file_order() -> None:
    plate = plate_reading(*kinetic(0.0, 60.5), reading("A1", read=SECOND))
    choices = reads_of(plate)
    assert [choice.key for choice in choices] == ["450 nm@0.0", "450 nm@60.5", "570 nm"]
    assert [choice.title for choice in choices] == [
        "450 nm, absorbance, 450 nm, after 0 s",
        "450 nm, absorbance, 450 nm, after 60.5 s",
        "570 nm, absorbance, 570 nm",
    ]


def test_the_signals_are_those_of_the_read_and_the_time() -> None:
    plate = plate_reading(*kinetic(0.0, 60.5), reading("A1", 0.7, read=SECOND))
    first, second, third = (signals_of(plate, choice) for choice in reads_of(plate))
    assert {str(w): s.value for w, s in first.items()} == {"A1": 0.0, "A2": 0.0}
    assert {str(w): s.value for w, s in second.items()} == {"A1": 0.605, "A2": 0.605}
    assert {str(w): s.value for w, s in third.items()} == {"A1": 0.7}


def test_fluorescence_names_both_wavelengths_and_an_unnamed_read_says_so() -> None:
    read = Read("", ReadingKind.FLUORESCENCE, wavelength_nm=485.0, emission_nm=535.0)
    (choice,) = reads_of(plate_reading(reading("A1", read=read)))
    assert choice.title == "unnamed read, fluorescence, 485/535 nm"


@pytest.mark.parametrize(
    ("time_s", "reference", "key"),
    [
        (None, None, "450 nm"),
        (0.1, None, "450 nm@0.1"),
        (None, "570 nm", "450 nm minus 570 nm"),
        (0.1, "570 nm", "450 nm minus 570 nm@0.1"),
    ],
)
def test_the_key_of_a_read_tells_times_and_references_apart(
    time_s: float | None, reference: str | None, key: str
) -> None:
    assert read_key(OD_450.label, time_s, reference) == key


def absorbance(wavelength_nm: float, label: str = "") -> Read:
    label = label or f"{wavelength_nm:g} nm"
    return Read(label, ReadingKind.ABSORBANCE, wavelength_nm=wavelength_nm)


def differences(*reads: Read, time_s: float | None = None) -> list[ReadChoice]:
    plate = plate_reading(*(reading("A1", 0.5, read=read, time_s=time_s) for read in reads))
    choices = reads_of(plate)
    assert [choice.label for choice in choices[: len(reads)]] == [read.label for read in reads]
    assert [choice.reference_label for choice in choices[: len(reads)]] == [None] * len(reads)
    return list(choices[len(reads) :])


def test_the_difference_to_the_reference_is_offered_after_the_reads() -> None:
    (choice,) = differences(absorbance(450), absorbance(570))
    assert choice == ReadChoice(
        "450 nm minus 570 nm",
        "450 nm − 570 nm (reference subtracted)",
        "450 nm",
        None,
        "570 nm",
    )


@pytest.mark.parametrize(
    ("signal_nm", "reference_nm"),
    [
        (450, 540),
        (450, 570),
        (450, 690),
        (490, 630),
        (570, 630),
        (570, 690),
        (400, 540),
        (600, 700),
    ],
)
def test_the_wavelengths_of_the_field_are_offered_whichever_the_file_has_first(
    signal_nm: float, reference_nm: float
) -> None:
    names = (f"{signal_nm} nm", f"{reference_nm} nm")
    reads = (absorbance(signal_nm), absorbance(reference_nm))
    for given_reads in (reads, reads[::-1]):
        (choice,) = differences(*given_reads)
        assert (choice.label, choice.reference_label) == names


@pytest.mark.parametrize(
    ("first_nm", "second_nm"),
    [(450, 450), (450, 490), (399, 570), (601, 700), (450, 701), (260, 280)],
)
def test_no_difference_is_offered_of_other_wavelengths(first_nm: float, second_nm: float) -> None:
    assert differences(absorbance(first_nm, "first"), absorbance(second_nm, "second")) == []


def test_no_difference_is_offered_of_what_is_no_absorbance_or_has_no_wavelength() -> None:
    fluorescence = Read("F", ReadingKind.FLUORESCENCE, wavelength_nm=570.0, emission_nm=600.0)
    unknown = Read("A", ReadingKind.ABSORBANCE)
    assert differences(absorbance(450), fluorescence, unknown) == []


def test_reads_of_other_times_have_no_difference_and_those_of_one_time_name_it() -> None:
    assert differences(absorbance(450), absorbance(570), time_s=60.5)[0].title == (
        "450 nm − 570 nm (reference subtracted), after 60.5 s"
    )
    plate = plate_reading(
        reading("A1", read=absorbance(450), time_s=0.0),
        reading("A1", read=absorbance(570), time_s=1.0),
    )
    assert [choice.reference_label for choice in reads_of(plate)] == [None, None]


def test_a_label_that_is_no_wavelength_has_it_beside_it() -> None:
    (choice,) = differences(absorbance(450, "Label 1"), absorbance(570, "570"))
    assert choice.title == "Label 1 at 450 nm − 570 nm (reference subtracted)"


def test_a_difference_that_the_file_has_itself_is_not_offered_again() -> None:
    own = Read("450 nm minus 570 nm", ReadingKind.ABSORBANCE)
    assert differences(absorbance(450), absorbance(570), own) == []


def test_a_spectrum_has_no_differences_and_eight_wavelengths_have() -> None:
    steps = [absorbance(400 + 20 * step) for step in range(9)]
    assert differences(*steps) == []
    assert {choice.reference_label for choice in differences(*steps[:8])} == {"540 nm"}


def signals(measured: float | Marker, reference: float | Marker) -> Mapping[WellAddress, Signal]:
    plate = plate_reading(
        reading("A1", measured, place="B2"), reading("A1", reference, read=SECOND, place="B22")
    )
    return signals_of(plate, reads_of(plate)[-1])


def test_the_signal_is_the_difference_and_knows_both_readings_and_both_cells() -> None:
    (signal,) = signals(1.234, 0.045).values()
    assert signal.value == 1.234 - 0.045
    assert signal.marker is None
    assert signal.source == SourceCell("Raw", "B2")
    assert signal.subtraction is not None
    assert (signal.subtraction.measured, signal.subtraction.reference) == (1.234, 0.045)
    assert signal.subtraction.reference_source == SourceCell("Raw", "B22")


densities = st.floats(0, 4)


@given(densities, densities)
def test_a_difference_below_zero_stays_below_zero(measured: float, reference: float) -> None:
    (signal,) = signals(measured, reference).values()
    assert signal.value == measured - reference


IN_ITS_PLACE: list[tuple[float | Marker, float | Marker, Marker]] = [
    *((marker, 0.04, marker) for marker in Marker),
    # A reference out of range says nothing of the signal, least of all that it is high.
    (1.2, Marker.OVERFLOW, Marker.ERROR),
    (1.2, Marker.UNDERFLOW, Marker.ERROR),
    (1.2, Marker.MISSING, Marker.MISSING),
    (1.2, Marker.MASKED, Marker.MASKED),
    (1.2, Marker.ERROR, Marker.ERROR),
    (Marker.OVERFLOW, Marker.OVERFLOW, Marker.ERROR),
    (Marker.OVERFLOW, Marker.MISSING, Marker.MISSING),
    (Marker.MASKED, Marker.OVERFLOW, Marker.MASKED),
    (Marker.MASKED, Marker.MISSING, Marker.MASKED),
]


@pytest.mark.parametrize(("measured", "reference", "marker"), IN_ITS_PLACE)
def test_a_marker_of_either_read_stands_in_the_place_of_the_difference(
    measured: float | Marker, reference: float | Marker, marker: Marker
) -> None:
    (signal,) = signals(measured, reference).values()
    assert (signal.value, signal.marker) == (None, marker)


def test_a_well_that_one_of_the_reads_does_not_have_has_no_signal() -> None:
    plate = plate_reading(
        reading("A1"), reading("A2"), reading("A2", read=SECOND), reading("A3", read=SECOND)
    )
    assert [str(well) for well in signals_of(plate, reads_of(plate)[-1])] == ["A2"]


def test_a_difference_is_of_the_readings_of_its_own_time() -> None:
    plate = plate_reading(
        *(
            reading("A1", value, read=read, time_s=time_s)
            for time_s, read, value in (
                (0.0, OD_450, 0.5),
                (0.0, SECOND, 0.25),
                (60.0, OD_450, 1.5),
                (60.0, SECOND, 0.125),
            )
        )
    )
    choices = [choice for choice in reads_of(plate) if choice.reference_label]
    assert [choice.key for choice in choices] == [
        "450 nm minus 570 nm@0.0",
        "450 nm minus 570 nm@60.0",
    ]
    values = [[s.value for s in signals_of(plate, choice).values()] for choice in choices]
    assert values == [[0.25], [1.375]]
