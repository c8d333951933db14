"""Charts of points as the pages hand them to the script that draws them."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its name with the unit and what is better, and how its numbers are written.

    ``is_ratio`` numbers are MSC per responder and are written as ``1:10``.
    """

    name: str
    is_log: bool = False
    is_ratio: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A point with its interval; an end that is ``None`` is not drawn."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    label: str = ""
    is_filled: bool = True


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one name; ``is_joined`` draws straight lines between them, in their order."""

    name: str
    points: tuple[Point, ...]
    is_joined: bool = False
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Points over two axes."""

    x: Axis
    y: Axis
    series: tuple[Points, ...]

    @property
    def count(self) -> int:
        """The number of points."""
        return sum(len(points.points) for points in self.series)

    @property
    def plain(self) -> dict[str, object]:
        """The chart as what JSON can hold."""
        return asdict(self)
