"""The samples of a standard-curve plate, and the culture wells that their supernatants stand for.

Wells with the same sample code, culture condition and dilution are replicates of one sample.  A
sample that names the role of a culture well becomes that well in a layout of cultures, so that its
concentration is grouped like a reading.  Replicate cultures have sample codes of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lims_msc.assays.assay_values import key_in_words, key_of
from lims_msc.domain.curve import Signal
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import Marker, SourceCell, WellAddress
from lims_msc.domain.values import ValueKey

Wells = tuple[WellAddress, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Replicate wells of one sample at one dilution; ``content`` is that of its first well."""

    content: WellContent
    wells: Wells

    @property
    def key(self) -> ValueKey:
        """What its concentration is of."""
        return key_of(self.content)

    @property
    def is_control(self) -> bool:
        """Whether it is a quality control of the kit, with a stated concentration."""
        return self.content.role is WellRole.QC

    @property
    def dilution(self) -> str:
        """The dilution factor for a message, or that it is not stated."""
        factor = self.content.dilution_factor
        return "not stated" if factor is None else f"{factor:g}"

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells it from other samples, whatever the dilution."""
        return _identity(self.content)

    @property
    def condition(self) -> tuple[object, ...]:
        """What replicate cultures share: everything but the code of the sample."""
        return _identity(replace(self.content, sample_code=""))

    def __str__(self) -> str:
        dilution = self.content.dilution_factor
        diluted = f", diluted {dilution:g}-fold" if dilution not in {None, 1.0} else ""
        return f"{key_in_words(self.key)}{diluted}"


@dataclass(frozen=True, slots=True)
class Culture:
    """A concentration that stands for a culture well; ``None`` where it has no number."""

    content: WellContent
    concentration: float | None


def group_samples(layout: PlateLayout) -> tuple[Sample, ...]:
    """Return samples and quality controls in the order of their first wells."""
    members: dict[tuple[object, ...], list[WellContent]] = {}
    for content in layout.with_role(WellRole.SAMPLE, WellRole.QC):
        members.setdefault((*_identity(content), content.dilution_factor), []).append(content)
    samples = [
        Sample(contents[0], tuple(content.well for content in contents))
        for contents in members.values()
    ]
    return tuple(sorted(samples, key=lambda sample: sample.wells))


def culture_plate(
    layout: PlateLayout, cultures: Iterable[Culture], sources: Mapping[WellAddress, Signal]
) -> tuple[PlateLayout, dict[WellAddress, Signal]]:
    """Return the layout and the signals of the cultures: one well each, that of its first sample.

    A culture whose concentration has no number is a well without a reading, never zero.
    """
    contents, signals = [], {}
    for culture in cultures:
        role = culture.content.sample_of
        if role is None or culture.content.role is not WellRole.SAMPLE:
            continue
        content = replace(culture.content, role=role)
        contents.append(content)
        signals[content.well] = Signal(
            content.well,
            culture.concentration,
            marker=Marker.MISSING if culture.concentration is None else None,
            source=_source(content.well, sources),
        )
    return PlateLayout.of(layout.plate_format, contents, layout.conditions), signals


def _identity(content: WellContent) -> tuple[object, ...]:
    return (
        content.role,
        content.sample_of,
        content.sample_code,
        content.batch_code,
        content.priming,
        content.responder_code,
        content.stimulus,
        content.treatment,
        None if content.dose is None else content.dose.ratio,
        content.msc_cells_per_well,
        content.effectors_per_target,
        content.standard_concentration,
    )


def _source(well: WellAddress, sources: Mapping[WellAddress, Signal]) -> SourceCell | None:
    signal = sources.get(well)
    return None if signal is None else signal.source
