"""How a measurement was made, as far as words say: kind, wavelengths, calculated or measured.

Shared by the importers, so that a label means the same in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lims_msc.domain.plate import Read, ReadingKind

from .cells import DecimalMark, clean, parse_number

UNITS = {
    ReadingKind.ABSORBANCE: "{OD}",
    ReadingKind.FLUORESCENCE: "{RFU}",
    ReadingKind.LUMINESCENCE: "{RLU}",
    ReadingKind.OTHER: "",
}
_MODE = re.compile(
    r"(?:measurement )?mode|(?:mess)?modus|modalità|modo|mode de lecture", re.IGNORECASE
)
_WAVELENGTH = re.compile(
    r"wave ?length|wellenlänge|lunghezza d.onda|longueur d.onde|longitud de onda", re.IGNORECASE
)
_REFERENCE = re.compile(r"referen|bandwidth|bandbreite", re.IGNORECASE)
_EXCITATION = re.compile(r"excit|anreg|eccit", re.IGNORECASE)
_EMISSION = re.compile(r"emiss|emisi", re.IGNORECASE)
_KINDS = (
    (ReadingKind.FLUORESCENCE, re.compile(r"fluor|\bRFU\b", re.IGNORECASE)),
    (ReadingKind.LUMINESCENCE, re.compile(r"lumin|\bRLU\b", re.IGNORECASE)),
    (
        ReadingKind.ABSORBANCE,
        re.compile(r"absor|\babs\b|extinktion|assorb|optical densit|\bOD(?![a-z])", re.IGNORECASE),
    ),
)
_NOT_MEASURED = re.compile(
    r"layout|plate ?map|belegung|concentration|konzentration|\bconc\b|dilution|verdünnung|\bdose"
    r"|blank|corrected|korrigiert|average|\bmean|mittelwert|\bst ?dev|std|standard dev|\bs\.?d\.?\b"
    r"|\bc\.?v\b|ratio|calculated|berechnet|normali[sz]|percent|%|\bfold\b|\bcount\b|identifier"
    r"|sample|probe|well ?id|treatment|substrate|standard",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Kind and wavelengths of one announced mode."""

    kind: ReadingKind = ReadingKind.OTHER
    wavelength_nm: float | None = None
    emission_nm: float | None = None

    def read(self, label: str) -> Read:
        """Return the read of these settings under a label."""
        return Read(label, self.kind, self.wavelength_nm, self.emission_nm, UNITS[self.kind])


def kind_in_words(text: str) -> ReadingKind:
    """Return the kind of measurement that a text names."""
    return next((kind for kind, words in _KINDS if words.search(text)), ReadingKind.OTHER)


def is_not_measured(text: str) -> bool:
    """Whether a title names something that was not measured: a layout, a mean, a concentration."""
    return bool(_NOT_MEASURED.search(text))


def settings_from(pairs: Iterable[tuple[str, str]]) -> tuple[Settings, ...]:
    """Return the settings that lines of key and value announce, one entry for each measurement.

    A new measurement starts at a mode line, or where a wavelength is named again.
    """
    groups: list[dict[str, float | ReadingKind]] = []
    for key, value in pairs:
        is_mode = bool(_MODE.fullmatch(key.rstrip(": ")))
        name = _wavelength_name(key)
        if not is_mode and name is None:
            continue
        taken = groups[-1] if groups else {}
        if not groups or (is_mode and taken) or (name in taken):
            groups.append({})
        if is_mode:
            groups[-1]["kind"] = kind_in_words(value)
        elif name is not None:
            number = parse_number(clean(value.removesuffix("nm")), DecimalMark.POINT)
            if number is not None:
                groups[-1][name] = number
    return tuple(_as_settings(group) for group in groups if group)


def _wavelength_name(key: str) -> str | None:
    if not _WAVELENGTH.search(key) or _REFERENCE.search(key):
        return None
    if _EMISSION.search(key):
        return "emission"
    return "excitation" if _EXCITATION.search(key) else "wavelength"


def _as_settings(group: dict[str, float | ReadingKind]) -> Settings:
    """Fill in the kind where no mode line stands: a pair is fluorescence, one alone absorbance."""
    kind = group.get("kind", ReadingKind.OTHER)
    emission = group.get("emission")
    wavelength = group.get("excitation", group.get("wavelength"))
    if kind is ReadingKind.OTHER and emission is not None:
        kind = ReadingKind.FLUORESCENCE
    elif kind is ReadingKind.OTHER and "wavelength" in group:
        kind = ReadingKind.ABSORBANCE
    return Settings(
        ReadingKind(kind),
        None if wavelength is None else float(wavelength),
        None if emission is None else float(emission),
    )
