"""What one application keeps of lims-msc: settings, database, plugins, and who acts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from lims_msc.host import CurrentActor, SignInUrl, SignOutUrl
from lims_msc.registry import Registry
from lims_msc.services.transaction import Database
from lims_msc.settings import Settings

EXTENSION_KEY = "lims_msc"


@dataclass(frozen=True, slots=True)
class State:
    """The state of lims-msc in one application; nothing of it is global."""

    settings: Settings
    database: Database
    registry: Registry
    current_actor: CurrentActor
    sign_in_url: SignInUrl | None = None
    sign_out_url: SignOutUrl | None = None


def state() -> State:
    """Return the state of the application that answers the current request."""
    found = current_app.extensions[EXTENSION_KEY]
    assert isinstance(found, State)  # noqa: S101 (only LimsMsc writes this key)
    return found
