"""The suppression figure as SVG, PDF and PNG; one drawing, three formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lims_msc.domain.exporting import PublicationBundle
from lims_msc.domain.fit import FitStatus
from lims_msc.exports.figure_drawing import FigureText, draw
from lims_msc.exports.figure_panels import panels_of, styles_of

SIMULATED_NOTICE = "Simulated data: no instrument measured these numbers"
_CAPTION = (
    "0 % is the stimulated responders without MSC, which have no place on this axis. Symbols and "
    "bars: mean ± standard error (SE) of the replicate wells of one plate, controls included; this "
    "is technical error, not variation between donors. Faint symbols beside them: single wells. "
    "Lines join the means."
)
_FITS = " Thin lines: fitted logistic curves, where one could be made."


def _figure(bundle: PublicationBundle, options: Mapping[str, str], file_format: str) -> bytes:
    panels = panels_of(bundle, options)
    fits = [drawn.curve.fit for panel in panels for drawn in panel.drawn]
    has_fit = any(fit is not None and fit.status is FitStatus.OK for fit in fits)
    text = FigureText(
        notice=SIMULATED_NOTICE if bundle.is_simulated else "",
        caption=_CAPTION + _FITS if has_fit else _CAPTION,
        software=f"lims-msc {bundle.software_version}",
    )
    return draw(panels, styles_of(panels), text, file_format)


class FigureSvg:
    """Writes the figure as SVG whose text stays text."""

    key: ClassVar[str] = "figure_svg"
    title: ClassVar[str] = "Figure (SVG)"
    media_type: ClassVar[str] = "image/svg+xml"
    suffix: ClassVar[str] = ".svg"

    def write(self, bundle: PublicationBundle, options: Mapping[str, str]) -> bytes:
        """Return the figure; options ``plate`` and ``mode`` restrict it.

        :raises InputError: if there is no curve to draw.
        """
        return _figure(bundle, options, "svg")


class FigurePdf:
    """Writes the figure as PDF with embedded fonts."""

    key: ClassVar[str] = "figure_pdf"
    title: ClassVar[str] = "Figure (PDF)"
    media_type: ClassVar[str] = "application/pdf"
    suffix: ClassVar[str] = ".pdf"

    def write(self, bundle: PublicationBundle, options: Mapping[str, str]) -> bytes:
        """Return the figure; options ``plate`` and ``mode`` restrict it.

        :raises InputError: if there is no curve to draw.
        """
        return _figure(bundle, options, "pdf")


class FigurePng:
    """Writes the figure as PNG at 450 dpi."""

    key: ClassVar[str] = "figure_png"
    title: ClassVar[str] = "Figure (PNG, 450 dpi)"
    media_type: ClassVar[str] = "image/png"
    suffix: ClassVar[str] = ".png"

    def write(self, bundle: PublicationBundle, options: Mapping[str, str]) -> bytes:
        """Return the figure; options ``plate`` and ``mode`` restrict it.

        :raises InputError: if there is no curve to draw.
        """
        return _figure(bundle, options, "png")
