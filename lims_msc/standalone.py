"""The application that runs lims-msc alone: its own sign-in, its own database file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, redirect, render_template, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from lims_msc.domain.actor import Actor
from lims_msc.extension import LimsMsc
from lims_msc.services import users
from lims_msc.web.blueprint import CONTENT_SECURITY_POLICY
from lims_msc.web.state import EXTENSION_KEY, State, state

SIGN_IN_LIMIT = "20 per minute"


class SignedIn(UserMixin):  # type: ignore[misc] # the library has no types
    """A person who is signed in, as Flask-Login wants to see them."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.id = actor.user_id


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Return the standalone application.

    ``LIMS_MSC_DATABASE_URL`` is taken from the configuration or the environment, and so is
    ``SECRET_KEY``; without a key one is made and kept beside the database file.

    :raises ConfigurationError: if a setting is missing or wrong.
    """
    app = Flask("lims_msc", static_folder=None)
    app.config.from_prefixed_env("LIMS_MSC_APP")
    app.config.update(
        LIMS_MSC_DATABASE_URL=os.environ.get("LIMS_MSC_DATABASE_URL"),
        LIMS_MSC_URL_PREFIX="",
        SESSION_COOKIE_NAME="lims_msc_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=12 * 3600,
    )
    app.config.update(config or {})
    app.secret_key = app.config.get("SECRET_KEY") or _kept_secret(app.config)
    LimsMsc(
        app,
        current_actor=_current_actor,
        sign_in_url=_sign_in_url,
        sign_out_url=lambda: url_for("sign_out"),
    )
    _add_sign_in(app)
    return app


def _current_actor() -> Actor | None:
    return current_user.actor if current_user.is_authenticated else None


def _sign_in_url(next_path: str) -> str:
    return url_for("sign_in", next=next_path)


def _add_sign_in(app: Flask) -> None:
    lab: State = app.extensions[EXTENSION_KEY]
    manager = LoginManager(app)

    @manager.user_loader  # type: ignore[untyped-decorator] # the library has no types
    def _load(user_id: str) -> SignedIn | None:
        # Asked at each request, so that a person who was switched off is out at once.
        with lab.database.reading() as session:
            actor = users.actor_of(session, user_id)
        return SignedIn(actor) if actor is not None else None

    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    app.add_url_rule("/sign-in", "sign_in", _show_sign_in, methods=["GET"])
    app.add_url_rule(
        "/sign-in", "take_sign_in", limiter.limit(SIGN_IN_LIMIT)(_take_sign_in), methods=["POST"]
    )
    app.add_url_rule("/sign-out", "sign_out", _sign_out, methods=["POST"])


def _show_sign_in(problem: str = "") -> Response:
    page = render_template(
        "lims_msc/sign_in.html",
        problem=problem,
        next_path=_own_path(request.values.get("next", "")),
        csrf_token=generate_csrf,
        lims_msc_base="lims_msc/base.html",
        actor_or_none=_current_actor,
    )
    response = Response(page, status=401 if problem else 200, mimetype="text/html")
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _take_sign_in() -> Response:
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValidationError:
        return _show_sign_in("The page was open too long. Please try again.")
    with state().database.reading() as session:
        actor = users.sign_in(
            session, request.form.get("login", "").strip(), request.form.get("password", "")
        )
    if actor is None:
        return _show_sign_in("The login or the password is not right.")
    login_user(SignedIn(actor))
    return redirect(_own_path(request.form.get("next", "")))


def _sign_out() -> Response:
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValidationError:
        return redirect(url_for("lims_msc.home"))
    logout_user()
    return redirect(url_for("sign_in"))


def _own_path(path: str) -> str:
    """Return a path of this site, whatever a link asked for."""
    parts = urlsplit(path.replace("\\", "/"))
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return url_for("lims_msc.home")
    return path


def _kept_secret(config: Mapping[str, Any]) -> str:
    """Return the secret beside the database file, making one where there is none."""
    url = str(config.get("LIMS_MSC_DATABASE_URL") or "")
    database_file = url.removeprefix("sqlite:///")
    if not url.startswith("sqlite:///") or not database_file:
        return secrets.token_hex(32)
    kept = Path(database_file).with_suffix(".secret")
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(32), encoding="ascii")
    return kept.read_text(encoding="ascii")
