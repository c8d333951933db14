"""Mounts lims-msc in a Flask application, and changes nothing that is the application's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lims_msc.database import make_engine
from lims_msc.errors import ConfigurationError
from lims_msc.host import CurrentActor, SignInUrl, SignOutUrl, nobody
from lims_msc.migrate import current_revision, require_current
from lims_msc.registry import load_registry
from lims_msc.services.transaction import Database
from lims_msc.settings import Settings
from lims_msc.web.blueprint import make_blueprint
from lims_msc.web.state import EXTENSION_KEY, State

if TYPE_CHECKING:
    from flask import Flask


class LimsMsc:
    """The extension: ``LimsMsc(app, current_actor=who_is_acting)``.

    :param current_actor: asked once a request on whose behalf it acts; ``None`` from it means that
        nobody is signed in.  Without it every page answers that nobody is signed in.
    :param sign_in_url: where to send people who are not signed in.
    :param sign_out_url: where the button that signs out leads; without it there is no button.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        current_actor: CurrentActor = nobody,
        sign_in_url: SignInUrl | None = None,
        sign_out_url: SignOutUrl | None = None,
    ) -> None:
        self._current_actor = current_actor
        self._sign_in_url = sign_in_url
        self._sign_out_url = sign_out_url
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Read the settings, load the plugins, open the database, mount the pages.

        :raises ConfigurationError: if a setting is missing or wrong, lims-msc is mounted already,
            or the database is not at this release's revision.
        """
        if EXTENSION_KEY in app.extensions:
            raise ConfigurationError(
                "lims-msc is mounted in this application already.", hint="Mount it once."
            )
        settings = Settings.from_config(app.config)
        database = Database(make_engine(settings.database_url))
        # A fresh database is made by `db upgrade`, which needs the application to exist.
        if current_revision(database.engine) is not None:
            require_current(database.engine)
        app.extensions[EXTENSION_KEY] = State(
            settings=settings,
            database=database,
            registry=load_registry(),
            current_actor=self._current_actor,
            sign_in_url=self._sign_in_url,
            sign_out_url=self._sign_out_url,
        )
        app.register_blueprint(make_blueprint(), url_prefix=settings.url_prefix or None)
        self._add_commands(app)

    @staticmethod
    def _add_commands(app: Flask) -> None:
        from lims_msc.cli import commands_for_host

        app.cli.add_command(commands_for_host())
