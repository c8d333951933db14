"""Laboratory data of MSC immunomodulation, as a Flask plugin or on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lims_msc.version import __version__

if TYPE_CHECKING:
    from lims_msc.extension import LimsMsc
    from lims_msc.standalone import create_app

__all__ = ["LimsMsc", "__version__", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the two public names when they are asked for: science alone needs no web framework."""
    if name == "LimsMsc":
        from lims_msc.extension import LimsMsc

        return LimsMsc
    if name == "create_app":
        from lims_msc.standalone import create_app

        return create_app
    raise AttributeError(f"module 'lims_msc' has no attribute '{name}'")
