"""The labels of Gen5's tables: which of them name a measured read, and how it was measured.

A measured label is a wavelength, a pair, ``Lum`` or ``Spectrum``, alone or after the name of a read
(``od:600``, ``Read 1:485,528``).  Everything else was calculated: ``Blank 450``, ``Conc``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lims_msc.domain.plate import ReadingKind

from .cells import wavelengths_in
from .gen5_pages import Step
from .read_settings import Settings, is_not_measured

_SPEC = re.compile(
    r"(?P<spec>[0-9][0-9./,; ]*|lum|alpha|(?:e[mx] )?spectrum)"
    r"(?P<part> \[(?:test|ref|parallel|perpendicular|[0-9]+)\])?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[A-Za-zÀ-ÿ]{3,12} ?[0-9]{1,2}")
_WITHOUT_WAVELENGTH = {"lum": Settings(ReadingKind.LUMINESCENCE), "alpha": Settings()}
_FILTER = re.compile(r"([0-9]{3,4})/[0-9]{1,2}")


def settings_of(label: str, steps: Sequence[Step]) -> Settings | None:
    """Return how a label was measured; ``None`` if it names no read of the procedure."""
    name, colon, spec = label.rpartition(":")
    found = _SPEC.fullmatch(spec.strip())
    fitting = _steps_named(name.strip(), steps) if colon else tuple(steps)
    if found is None or fitting is None:
        return None
    text = found["spec"].strip().lower()
    if text[0].isdigit():
        return _by_wavelength(text, fitting, is_alone=not steps)
    if text in _WITHOUT_WAVELENGTH:
        return _WITHOUT_WAVELENGTH[text]
    return _of_spectrum(fitting, is_alone=not steps)


def _of_spectrum(steps: Sequence[Step], *, is_alone: bool) -> Settings | None:
    """Return the settings of a spectrum; the wavelength that is swept stands in its table."""
    spectra = [step for step in steps if step.is_spectrum]
    if not spectra:
        return Settings() if is_alone else None
    return spectra[0].channels[0] if spectra[0].channels else Settings(spectra[0].kind)


def _steps_named(name: str, steps: Sequence[Step]) -> tuple[Step, ...] | None:
    """Return the steps that the part before the colon may mean; ``None`` if it means none."""
    named = tuple(step for step in steps if step.name.casefold() == name.casefold())
    if named:
        return named
    if is_not_measured(name) or (steps and not _NUMBERED.fullmatch(name)):
        return None
    return tuple(steps)


def _by_wavelength(text: str, steps: Sequence[Step], *, is_alone: bool) -> Settings | None:
    single = _FILTER.fullmatch(text)
    wavelengths = (float(single[1]),) if single else wavelengths_in(text.replace(";", ","))
    if not wavelengths:
        return None
    channels = [channel for step in steps for channel in step.channels]
    for channel in channels:
        stated = (channel.wavelength_nm, channel.emission_nm)
        if wavelengths == tuple(w for w in stated if w is not None):
            return channel
    pair = len(wavelengths) == 2
    kind = ReadingKind.FLUORESCENCE if pair else ReadingKind.ABSORBANCE
    if not is_alone and not any(step.kind is kind for step in steps):
        return None
    settings = Settings(kind, wavelengths[0])
    return replace(settings, emission_nm=wavelengths[1]) if pair else settings
