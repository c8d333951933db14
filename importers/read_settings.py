"""How a measurement was made, as far as words say: kind, wavelengths, calculated or measured.

Shared by the importers, so that a label means the same in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lims_msc.domain.plate import Read, ReadingKind

from .cells import DecimalMark, clean, named_wavelengths, parse_number

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
    (ReadingKind.FLUORESCENCE, re.compile(r"fluor|(?<![a-z])RFU(?![a-z])", re.IGNORECASE)),
    (ReadingKind.LUMINESCENCE, re.compile(r"lumin|(?<![a-z])RLU(?![a-z])", re.IGNORECASE)),
    (
        ReadingKind.ABSORBANCE,
        re.compile(
            r"absor|\babs\b|extinktion|assorb|optical densit|(?<![a-z])OD(?![a-z])", re.IGNORECASE
        ),
    ),
)
_CALCULATED = re.compile(
    r"\bblank(?:ed)?\b|background|correct|korrigiert|average|\bmean|mittelwert|\bst ?dev|\bstd\b"
    r"|standard ?dev|\bs\.?d\.?(?![a-z])|\bc\.?v\b|\bratio|calculated|berechnet|normali[sz]|%"
    r"|percent"
    r"|\bfold\b|\bcount\b|concentration|konzentration|\bconc(?![a-z])|identifier",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"layout|^group\b|plate ?map|belegung|dilution|verdünnung|\bdose|\bsample|\bprobe|well ?id"
    r"|treatment"
    r"|substrate|\bstandard",
    re.IGNORECASE,
)
_RAW = re.compile(r"\braw|rohdaten|messwert|\breadings?\b|signal", re.IGNORECASE)


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


def names_measurement(text: str) -> bool:
    """Whether a title names a measurement: raw data, a kind, or a wavelength."""
    return bool(
        _RAW.search(text) or kind_in_words(text) is not ReadingKind.OTHER or named_wavelengths(text)
    )


def is_not_measured(text: str) -> bool:
    """Whether a title names something that was not measured: a layout, a mean, a concentration."""
    if _CALCULATED.search(text):
        return True
    return bool(_PLANNED.search(text)) and not names_measurement(text)


@dataclass(slots=True)
class _Group:
    """Lines that belong to one measurement."""

    kind: ReadingKind = ReadingKind.OTHER
    has_mode: bool = False
    wavelengths: dict[str, float] = field(default_factory=dict)


def settings_from(pairs: Iterable[tuple[str, str]]) -> tuple[Settings, ...]:
    """Return the settings that lines of key and value announce, one entry for each measurement.

    A new measurement starts at a mode line, or where a wavelength is named again.
    """
    groups: list[_Group] = []
    for key, value in pairs:
        is_mode = bool(_MODE.fullmatch(key.rstrip(": ")))
        name = _wavelength_name(key)
        if not is_mode and name is None:
            continue
        if not groups or is_mode or name in groups[-1].wavelengths:
            groups.append(_Group())
        if is_mode:
            groups[-1].kind, groups[-1].has_mode = kind_in_words(value), True
        elif name is not None:
            number = parse_number(clean(value.removesuffix("nm")), DecimalMark.POINT)
            if number is not None:
                # Some readers store 483 nm as 482.9999999999999.
                groups[-1].wavelengths[name] = round(number, 3)
    return tuple(_as_settings(group) for group in groups if group.has_mode or group.wavelengths)


def _wavelength_name(key: str) -> str | None:
    if not _WAVELENGTH.search(key) or _REFERENCE.search(key):
        return None
    if _EMISSION.search(key):
        return "emission"
    return "excitation" if _EXCITATION.search(key) else "wavelength"


def _as_settings(group: _Group) -> Settings:
    """Fill in the kind where no mode line stands: a pair is fluorescence, one alone absorbance."""
    kind, named = group.kind, group.wavelengths
    if kind is ReadingKind.OTHER and "emission" in named:
        kind = ReadingKind.FLUORESCENCE
    elif kind is ReadingKind.OTHER and "wavelength" in named:
        kind = ReadingKind.ABSORBANCE
    return Settings(kind, named.get("excitation", named.get("wavelength")), named.get("emission"))
