"""A small plate that tests fill well by well, and the invented plate of the domain reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from lims_msc.assays.t_cell import TCellProliferation
from lims_msc.domain.assay import AssayType
from lims_msc.domain.curve import AnalysisSettings, PlateAnalysis, Signal
from lims_msc.domain.dose import Dose
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import Marker, PlateFormat, SourceCell, WellAddress


class Plate:
    """Wells are taken row by row; a value of ``None`` is a missing reading."""

    def __init__(self) -> None:
        self.contents: list[WellContent] = []
        self.signals: dict[WellAddress, Signal] = {}
        self.conditions: PlateConditions | None = None
        self.plate_format = PlateFormat.WELLS_384
        self._row = 0

    def add(
        self, role: WellRole, values: Sequence[float | Marker | None], **content: Any
    ) -> list[WellAddress]:
        """Fill the next row with wells of one condition; ``one_to`` is the dose 1:N."""
        self._row += 1
        one_to = content.pop("one_to", None)
        if one_to is not None:
            content["dose"] = Dose(msc_cells=Fraction(1), responder_cells=Fraction(one_to))
        content.setdefault("responder_code", "R1")
        wells = [WellAddress(self._row, column + 1) for column in range(len(values))]
        for well, value in zip(wells, values, strict=True):
            self.contents.append(WellContent(well=well, role=role, **content))
            is_marker = isinstance(value, Marker) or value is None
            self.signals[well] = Signal(
                well,
                value=None if is_marker else float(value),  # type: ignore[arg-type]
                marker=(value or Marker.MISSING) if is_marker else None,  # type: ignore[arg-type]
                source=SourceCell("Raw", str(well)),
            )
        return wells

    def stimulated(self, *values: float | Marker | None, **content: Any) -> list[WellAddress]:
        return self.add(WellRole.RESP_STIM, values, **{"stimulus": "PHA", **content})

    def unstimulated(self, *values: float | Marker | None, **content: Any) -> list[WellAddress]:
        return self.add(WellRole.RESP_UNSTIM, values, **content)

    def blank(self, *values: float | Marker | None) -> list[WellAddress]:
        return self.add(WellRole.BLANK, values, responder_code="")

    def coculture(
        self, one_to: float | None, *values: float | Marker | None, **content: Any
    ) -> list[WellAddress]:
        given = {"stimulus": "PHA", "batch_code": "B1", "one_to": one_to, **content}
        return self.add(given.pop("role", WellRole.COCULT), values, **given)

    def background(
        self, role: WellRole, one_to: float, *values: float | Marker | None, **content: Any
    ) -> list[WellAddress]:
        return self.add(role, values, **{"batch_code": "B1", "one_to": one_to, **content})

    @property
    def layout(self) -> PlateLayout:
        return PlateLayout.of(self.plate_format, self.contents, self.conditions)

    def analyse(
        self,
        readout: str = "brdu_od",
        assay: type[AssayType] = TCellProliferation,
        **settings: float,
    ) -> PlateAnalysis:
        return analysis_of(
            assay,
            (self.plate_format, tuple(self.contents), self.conditions),
            tuple(self.signals.items()),
            readout,
            AnalysisSettings(**settings),
        )


@cache
def analysis_of(
    assay: type[AssayType],
    plate: tuple[PlateFormat, tuple[WellContent, ...], PlateConditions | None],
    signals: tuple[tuple[WellAddress, Signal], ...],
    readout: str,
    settings: AnalysisSettings,
) -> PlateAnalysis:
    """Analyse the same wells, listed in the same order, only once: many tests look at one plate."""
    return assay().analyse(PlateLayout.of(*plate), dict(signals), readout, settings)


@pytest.fixture(scope="session")
def new_plate() -> Callable[[], Plate]:
    """Return the maker of empty plates."""
    return Plate


@pytest.fixture(scope="session")
def invented_plate() -> Callable[[], Plate]:
    """Return the maker of the invented plate of DOMAIN 5.10, typed from its table."""

    def make() -> Plate:
        plate = Plate()
        plate.stimulated(1.62, 1.58, 1.66)
        plate.unstimulated(0.20, 0.22, 0.21)
        plate.blank(0.05)
        for one_to, coculture, unstimulated in (
            (2, (0.55, 0.58, 0.52), (0.30, 0.31, 0.29)),
            (5, (0.72, 0.70, 0.77), (0.25, 0.24, 0.26)),
            (10, (0.95, 0.99, 0.91), (0.23, 0.22, 0.24)),
            (20, (1.25, 1.30, 1.21), (0.22, 0.22, 0.22)),
            (50, (1.60, 1.72, 1.66), (0.21, 0.21, 0.21)),
        ):
            plate.coculture(one_to, *coculture)
            plate.background(WellRole.COCULT_UNSTIM, one_to, *unstimulated)
        return plate

    return make


@pytest.fixture(scope="session")
def good_plate() -> Callable[[], Plate]:
    """Return the maker of a plate without anything to complain about."""

    def make() -> Plate:
        plate = Plate()
        plate.stimulated(1.0, 1.05, 0.97)
        plate.unstimulated(0.11, 0.10, 0.12)
        plate.blank(0.05, 0.051)
        for one_to, mean in ((2, 0.25), (5, 0.4), (10, 0.62), (20, 0.84), (50, 0.97)):
            plate.coculture(one_to, mean, mean * 1.03, mean * 0.98)
        return plate

    return make
