"""Draws the suppression figure with Matplotlib: 89 mm wide, live text, journal type sizes.

All positions are millimetres from the upper left corner.  What is drawn comes from
``figure_panels``; nothing is clipped and nothing is drawn beyond the tested doses.
"""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lims_msc.domain.dose import ratio_text
from lims_msc.domain.fit import FitResult, FitStatus
from lims_msc.exports.figure_panels import Drawn, Panel, Style
from lims_msc.exports.figure_text import FAMILY, MM_PER_POINT, text_mm, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_MM = 89.0
PNG_DPI = 450
DOSE_TITLE = "MSC:responder (more MSC →)"
_FONTS = Path(__file__).resolve().parent.parent / "static" / "vendor" / "arimo"
_SMALL, _MEDIUM, _LARGE = 5.0, 6.0, 7.0
_LEFT, _RIGHT, _GAP = 11.5, 1.5, 2.5
_ONE_COLUMN_UP_TO = 3
_AXES_HEIGHT = {1: 32.0, 2: 28.0}
_BELOW_AXES = 8.5
_KEY_WIDTH = 7.0
_BESIDE_MM = 1.1
"""How far right of its mean a single well is drawn, so that neither hides the other."""
_SETTINGS: dict[Any, Any] = {
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": _MEDIUM,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "lims-msc",
    "pdf.fonttype": 42,
    "axes.linewidth": 0.5,
    "axes.grid": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "xtick.major.pad": 1.5,
    "ytick.major.pad": 1.5,
}
# Matplotlib keeps its settings and fonts in globals, and pages may ask for two figures at once.
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class FigureText:
    """What stands around the panels: a notice above them, the key to the symbols below."""

    notice: str
    caption: str
    software: str


@dataclass(slots=True)
class _Page:
    """The sheet while it is laid out; ``height`` is known before anything is drawn."""

    figure: Figure
    height: float

    def text(self, x: float, y: float, text: str, size: float, *, is_bold: bool = False) -> None:
        self.figure.text(
            x / WIDTH_MM,
            1 - y / self.height,
            text,
            fontsize=size,
            fontweight="bold" if is_bold else "normal",
            va="top",
            linespacing=1.2,
        )

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        bottom = 1 - (y + height) / self.height
        box = (x / WIDTH_MM, bottom, width / WIDTH_MM, height / self.height)
        return self.figure.add_axes(box)


def draw(
    panels: tuple[Panel, ...], styles: Mapping[str, Style], text: FigureText, file_format: str
) -> bytes:
    """Return the figure as ``svg``, ``pdf`` or ``png``; the same input gives the same bytes."""
    with _LOCK, _matplotlib():
        from matplotlib.figure import Figure

        layout = _Layout(panels, styles, text)
        size = (WIDTH_MM / 25.4, layout.height / 25.4)
        page = _Page(Figure(figsize=size), layout.height)
        layout.draw(page)
        return _saved(page.figure, text, file_format)


def _saved(figure: Figure, text: FigureText, file_format: str) -> bytes:
    metadata = {
        "svg": {"Creator": text.software, "Date": None},
        "pdf": {"Creator": text.software, "Producer": None, "CreationDate": None},
        "png": {"Software": text.software},
    }
    out = io.BytesIO()
    figure.savefig(out, format=file_format, dpi=PNG_DPI, metadata=metadata[file_format])
    data = out.getvalue()
    if file_format == "svg":
        # Arial has the same widths, for machines that do not have Arimo.
        ours, theirs = f"'{FAMILY}', 'DejaVu Sans'", f"{FAMILY}, Arial, Helvetica, sans-serif"
        data = data.replace(ours.encode(), theirs.encode())
    return data


@contextmanager
def _matplotlib() -> Iterator[None]:
    """Use our settings and fonts, whatever the settings of the machine, and put them back."""
    import matplotlib as mpl
    from matplotlib.font_manager import fontManager

    if FAMILY not in {font.name for font in fontManager.ttflist}:
        for style in ("Regular", "Bold", "Italic"):
            fontManager.addfont(_FONTS / f"Arimo-{style}.ttf")
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


@dataclass(frozen=True, slots=True)
class _Row:
    """Panels side by side, and the height of the text above their axes."""

    panels: tuple[Panel, ...]
    head: float


class _Layout:
    """Places panels, legend and caption; the height follows from what they need."""

    def __init__(
        self, panels: tuple[Panel, ...], styles: Mapping[str, Style], text: FigureText
    ) -> None:
        self.panels, self.styles = panels, styles
        self.columns = 1 if len(panels) <= _ONE_COLUMN_UP_TO else 2
        self.axes_height = _AXES_HEIGHT[self.columns]
        self.panel_width = (WIDTH_MM - (self.columns - 1) * _GAP) / self.columns
        inner = WIDTH_MM - 2 * _RIGHT
        self.notice = wrapped(text.notice, _LARGE, inner) if text.notice else []
        self.notice_height = _lines_mm(len(self.notice), _LARGE) + (1.5 if self.notice else 0)
        self.caption = wrapped(text.caption, _SMALL, inner)
        self.heads = [self._head(panel) for panel in panels]
        self.legend = self._legend_rows()
        self.rows = [
            _Row(
                panels[i : i + self.columns],
                max(_lines_mm(len(h), _SMALL) for h in self.heads[i : i + self.columns]),
            )
            for i in range(0, len(panels), self.columns)
        ]
        self.height = (
            _RIGHT
            + self.notice_height
            + sum(self._row_height(row) for row in self.rows)
            + sum(height for _, height in self.legend)
            + 1.5
            + _lines_mm(len(self.caption), _SMALL)
            + _RIGHT
        )

    def _head(self, panel: Panel) -> list[str]:
        """Return the lines between a panel's title and its axes."""
        parts = [
            *wrapped(panel.title, _MEDIUM, self.panel_width - 5)[1:],
            *wrapped(f"Background mode {panel.mode}; {panel.n_text}", _SMALL, self.panel_width - 5),
        ]
        for words in panel.left_out:
            parts += wrapped(f"Not drawn: {words}", _SMALL, self.panel_width - 5)
        return parts

    def _row_height(self, row: _Row) -> float:
        axes = self.axes_height + _BELOW_AXES if any(p.drawn for p in row.panels) else 0
        return _lines_mm(1, _LARGE) + row.head + 1.5 + axes

    def _legend_rows(self) -> list[tuple[list[tuple[Style, list[str]]], float]]:
        """Return two entries per row with the height of the row."""
        width = WIDTH_MM / 2 - _KEY_WIDTH - 2 * _RIGHT
        entries = [(self.styles[k], wrapped(k, _MEDIUM, width)) for k in self.styles]
        rows = [entries[i : i + 2] for i in range(0, len(entries), 2)]
        return [(row, max(_lines_mm(len(t), _MEDIUM) for _, t in row) + 0.4) for row in rows]

    def draw(self, page: _Page) -> None:
        y = _RIGHT
        page.text(_RIGHT, y, "\n".join(self.notice), _LARGE, is_bold=True)
        y += self.notice_height
        for number, row in enumerate(self.rows):
            for column in range(len(row.panels)):
                x = column * (self.panel_width + _GAP)
                self._draw_panel(page, number * self.columns + column, x, y, row.head)
            y += self._row_height(row)
        for entries, height in self.legend:
            for column, (style, lines) in enumerate(entries):
                _draw_key(page, _RIGHT + column * WIDTH_MM / 2, y, style, lines)
            y += height
        page.text(_RIGHT, y + 1.5, "\n".join(self.caption), _SMALL)

    def _draw_panel(self, page: _Page, number: int, x: float, y: float, head: float) -> None:
        panel = self.panels[number]
        page.text(x + _RIGHT, y, panel.letter, _LARGE, is_bold=True)
        title = wrapped(panel.title, _MEDIUM, self.panel_width - 5)[0]
        page.text(x + 5, y + 0.3, title, _MEDIUM)
        y += _lines_mm(1, _LARGE)
        page.text(x + 5, y, "\n".join(self.heads[number]), _SMALL)
        if not panel.drawn:
            return
        width = self.panel_width - _LEFT - _RIGHT
        axes = page.axes(x + _LEFT, y + head + 1.5, width, self.axes_height)
        _draw_axes(axes, panel, self.styles, width)


def _draw_key(page: _Page, x: float, y: float, style: Style, lines: list[str]) -> None:
    from matplotlib.lines import Line2D

    middle = 1 - (y + _lines_mm(1, _MEDIUM) / 2) / page.height
    xs = [(x + i * (_KEY_WIDTH - 1.5) / 2) / WIDTH_MM for i in range(3)]
    line = Line2D(xs, [middle] * 3, markevery=[1], **_line_look(style), **_marker_look(style))
    page.figure.add_artist(line)
    page.text(x + _KEY_WIDTH, y, "\n".join(lines), _MEDIUM)


def _draw_axes(axes: Axes, panel: Panel, styles: Mapping[str, Style], width_mm: float) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_ylabel("Suppression (%)", fontsize=_MEDIUM, labelpad=1.5)
    axes.set_xlabel(DOSE_TITLE, fontsize=_MEDIUM, labelpad=1.5)
    axes.tick_params(labelsize=_SMALL)
    axes.axhline(0, color="black", linewidth=0.4, zorder=1)
    mm_per_decade = _set_dose_axis(axes, panel, width_mm)
    for drawn in panel.drawn:
        _draw_wells(axes, drawn, styles[drawn.label], _BESIDE_MM / mm_per_decade)
        _draw_means(axes, drawn, styles[drawn.label])
    axes.set_ylim(*_limits(panel))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}".replace("-", "−")))


def _draw_wells(axes: Axes, drawn: Drawn, style: Style, shift: float) -> None:
    wells = [
        (math.log10(point.msc_per_responder) + shift, replicate.suppression_percent)
        for point in drawn.curve.points
        for replicate in point.replicates
    ]
    axes.plot(
        [x for x, _ in wells],
        [y for _, y in wells],
        linestyle="none",
        marker=style.marker,
        markersize=1.7,
        markerfacecolor=style.colour,
        markeredgewidth=0,
        alpha=0.4,
        clip_on=False,
        zorder=2,
    )


def _draw_means(axes: Axes, drawn: Drawn, style: Style) -> None:
    means = [
        (math.log10(point.msc_per_responder), point.suppression_percent, point.se_percent)
        for point in drawn.curve.points
    ]
    bars = [(x, y, se) for x, y, se in means if se is not None]
    axes.errorbar(
        [x for x, _, _ in bars],
        [y for _, y, _ in bars],
        yerr=[se for _, _, se in bars],
        fmt="none",
        ecolor=style.colour,
        elinewidth=0.5,
        capsize=1.4,
        capthick=0.5,
        zorder=3,
    )
    doses = [x for x, _, _ in means]
    heights = [y for _, y, _ in means]
    axes.plot(doses, heights, clip_on=False, zorder=4, **_line_look(style), **_marker_look(style))
    fitted = fitted_line(drawn.curve.fit, doses)
    axes.plot(*fitted, color=style.colour, linewidth=0.35, alpha=0.8, zorder=2)


def _line_look(style: Style) -> dict[str, Any]:
    return {"color": style.colour, "linewidth": 0.8, "linestyle": style.line}


def _marker_look(style: Style) -> dict[str, Any]:
    return {
        "marker": style.marker,
        "markersize": 3.0,
        "markeredgewidth": 0.6,
        "markerfacecolor": style.colour if style.fill != "none" else "white",
        "markerfacecoloralt": "white",
        "fillstyle": style.fill if style.fill != "none" else "full",
    }


def fitted_line(fit: FitResult | None, log10_doses: list[float]) -> tuple[list[float], list[float]]:
    """Return log10 doses and suppression (%) of an ``ok`` fit between tested doses, else none."""
    if fit is None or fit.status is not FitStatus.OK or len(log10_doses) < 2:
        return [], []
    low, high = log10_doses[0], log10_doses[-1]
    xs = [low + (high - low) * step / 100 for step in range(101)]
    drawn = [(x, y) for x in xs if (y := fit.value_at(10**x)) is not None]
    return [x for x, _ in drawn], [y for _, y in drawn]


def _limits(panel: Panel) -> tuple[float, float]:
    """Return the ends of the suppression axis: all that is drawn, and room below 0."""
    ends = [0.0, 100.0]
    for drawn in panel.drawn:
        points = drawn.curve.points
        for point in points:
            se = point.se_percent or 0.0
            ends += [point.suppression_percent - se, point.suppression_percent + se]
            ends += [replicate.suppression_percent for replicate in point.replicates]
        ends += fitted_line(drawn.curve.fit, [math.log10(p.msc_per_responder) for p in points])[1]
    room = 0.06 * (max(ends) - min(ends))
    return min(min(ends) - room, -12.0), max(ends) + room


def _set_dose_axis(axes: Axes, panel: Panel, width_mm: float) -> float:
    """Label tested doses as ratios, those without room left out; returns mm per factor of ten."""
    doses = sorted({p.msc_per_responder for d in panel.drawn for p in d.curve.points}, reverse=True)
    low, high = math.log10(doses[-1]), math.log10(doses[0])
    pad = 0.06 * (high - low) or 0.5
    axes.set_xlim(low - pad, high + pad)
    mm_per_decade = width_mm / (high - low + 2 * pad)
    shown: list[float] = []
    free_mm = math.inf
    for dose in doses:
        x_mm, half = math.log10(dose) * mm_per_decade, text_mm(ratio_text(dose), _SMALL) / 2
        if x_mm + half < free_mm:
            shown.append(dose)
            free_mm = x_mm - half - 0.8
    axes.set_xticks([math.log10(dose) for dose in shown], [ratio_text(dose) for dose in shown])
    axes.set_xticks([math.log10(dose) for dose in doses if dose not in shown], minor=True)
    return mm_per_decade


def _lines_mm(number: int, size: float) -> float:
    return number * size * 1.25 * MM_PER_POINT
