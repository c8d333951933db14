"""What the writer of the plate-map template is told, and its contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from lims_msc.domain.plate import PlateFormat
from lims_msc.domain.plate_map import PlateMap


@dataclass(frozen=True, slots=True)
class TemplateRequest:
    """What stands in the template's lists, and a plate map to fill it with, if any.

    ``assays`` maps the key of each assay to its readouts (key to title).
    """

    plate_format: PlateFormat
    assays: Mapping[str, Mapping[str, str]]
    study_codes: tuple[str, ...] = ()
    batch_codes: tuple[str, ...] = ()
    responder_codes: tuple[str, ...] = ()
    filled: PlateMap | None = None


class Template(Protocol):
    """Writes an Excel template (entry-point group ``lims_msc.templates``)."""

    media_type: ClassVar[str]

    def write(self, request: TemplateRequest) -> bytes:
        """Return the workbook."""
        ...
