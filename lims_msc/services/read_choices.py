"""Which read of a plate is the signal: one read, or the difference of two optical densities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from lims_msc.domain.curve import ReferenceSubtraction, Signal
from lims_msc.domain.plate import (
    Marker,
    PlateReading,
    Read,
    ReadingKind,
    WellAddress,
    WellReading,
)

# DOMAIN 2.1, 2.2, 2.5: a colour is read between 400 and 600 nm; what the well, its bottom and dirt
# absorb is read at a longer wavelength, from 540 (ELISA) to 690 nm (BrdU, tetrazolium salts).
_SIGNAL_NM = (400.0, 600.0)
_REFERENCE_NM = (540.0, 700.0)
# A scan over a spectrum would offer thousands of differences.
_MOST_WAVELENGTHS = 8
_BEYOND_THE_RANGE = frozenset({Marker.OVERFLOW, Marker.UNDERFLOW})


@dataclass(frozen=True, slots=True)
class ReadChoice:
    """What the person chooses the signal of a plate from: one read at one time, or a difference.

    ``label`` names the signal read; ``reference_label`` the read that is subtracted from it in each
    well, ``None`` for a read by itself.  Both are of the same time.
    """

    key: str
    title: str
    label: str
    time_s: float | None
    reference_label: str | None = None


def reads_of(plate_reading: PlateReading) -> tuple[ReadChoice, ...]:
    """Return every read and time of a plate in file order, then the differences of two reads.

    A difference is offered for two absorbance reads of the same time: the signal between 400 and
    600 nm, the reference between 540 and 700 nm and longer than the signal.  A plate read at more
    than eight wavelengths is a spectrum and has no differences.
    """
    found: dict[tuple[str, float | None], WellReading] = {}
    for reading in plate_reading.readings:
        found.setdefault((reading.read.label, reading.time_s), reading)
    single = tuple(
        ReadChoice(read_key(label, time_s), _title(reading), label, time_s)
        for (label, time_s), reading in found.items()
    )
    taken = {read.key for read in single}
    return (*single, *(pair for pair in _differences(found.values()) if pair.key not in taken))


def read_key(label: str, time_s: float | None, reference_label: str | None = None) -> str:
    """Return the text that names a choice in a form or on the command line."""
    name = label if reference_label is None else f"{label} minus {reference_label}"
    return name if time_s is None else f"{name}@{time_s!r}"


def signals_of(plate_reading: PlateReading, read: ReadChoice) -> dict[WellAddress, Signal]:
    """Return the reading of each well for one choice."""
    return signals_among(plate_reading.readings, read)


def signals_among(readings: Iterable[WellReading], read: ReadChoice) -> dict[WellAddress, Signal]:
    """Return the signal of each well for one choice, from readings that may hold other reads too.

    A difference needs both readings: where one is a marker, the difference is a marker, and a well
    that one of the reads does not have at all has no signal.
    """
    readings = [r for r in readings if r.well is not None and r.time_s == read.time_s]
    measured = _by_well(readings, read.label)
    if read.reference_label is None:
        return {
            well: Signal(well, reading.value, reading.marker, reading.source)
            for well, reading in measured.items()
        }
    references = _by_well(readings, read.reference_label)
    return {
        well: _difference(well, reading, references[well])
        for well, reading in measured.items()
        if well in references
    }


def _by_well(readings: Iterable[WellReading], label: str) -> Mapping[WellAddress, WellReading]:
    return {r.well: r for r in readings if r.well is not None and r.read.label == label}


def _difference(well: WellAddress, measured: WellReading, reference: WellReading) -> Signal:
    value = marker = None
    if measured.value is not None and reference.value is not None:
        value = measured.value - reference.value
    else:
        marker = _marker_of_difference(measured.marker, reference.marker)
    return Signal(
        well,
        value,
        marker,
        measured.source,
        ReferenceSubtraction(measured.value, reference.value, reference.source),
    )


def _marker_of_difference(measured: Marker | None, reference: Marker | None) -> Marker:
    """Return what stands in the place of a difference.

    A signal above the range of the reader makes a difference that is high, too.  A reference out
    of the range says nothing of the kind: the difference is not known to be high or low, and
    overflow would be reported as a concentration above the standards.
    """
    if measured is not None and (reference is None or measured not in _BEYOND_THE_RANGE):
        return measured
    if reference is None or reference in _BEYOND_THE_RANGE:
        return Marker.ERROR
    return reference


def _differences(readings: Iterable[WellReading]) -> Iterator[ReadChoice]:
    """Return the differences of the reads that these are one reading each of."""
    by_time: dict[float | None, list[Read]] = {}
    for reading in readings:
        if reading.read.kind is ReadingKind.ABSORBANCE and reading.read.wavelength_nm is not None:
            by_time.setdefault(reading.time_s, []).append(reading.read)
    for time_s, reads in by_time.items():
        if len({read.wavelength_nm for read in reads}) <= _MOST_WAVELENGTHS:
            yield from _pairs(reads, time_s)


def _pairs(reads: Sequence[Read], time_s: float | None) -> Iterator[ReadChoice]:
    for signal, reference in product(reads, reads):
        signal_nm, reference_nm = signal.wavelength_nm or 0.0, reference.wavelength_nm or 0.0
        is_signal = _SIGNAL_NM[0] <= signal_nm <= _SIGNAL_NM[1]
        is_reference = _REFERENCE_NM[0] <= reference_nm <= _REFERENCE_NM[1]
        if is_signal and is_reference and reference_nm > signal_nm:
            yield ReadChoice(
                read_key(signal.label, time_s, reference.label),
                _title_of_difference(signal, reference, time_s),
                signal.label,
                time_s,
                reference.label,
            )


def _title(reading: WellReading) -> str:
    read = reading.read
    parts = [read.label or "unnamed read", read.kind.value]
    if read.wavelength_nm is not None:
        waves = f"{read.wavelength_nm:g}"
        parts.append(waves + (f"/{read.emission_nm:g}" if read.emission_nm else "") + " nm")
    if reading.time_s is not None:
        parts.append(f"after {reading.time_s:g} s")
    return ", ".join(parts)


def _title_of_difference(signal: Read, reference: Read, time_s: float | None) -> str:
    after = "" if time_s is None else f", after {time_s:g} s"
    return (
        f"{_with_wavelength(signal)} − {_with_wavelength(reference)} (reference subtracted){after}"
    )


def _with_wavelength(read: Read) -> str:
    waves = f"{read.wavelength_nm:g} nm"
    label = read.label or "unnamed read"
    return waves if label in {waves, waves.removesuffix(" nm")} else f"{label} at {waves}"
