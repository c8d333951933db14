"""Whatever a host is before lims-msc is mounted, it is afterwards: compared piece by piece."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from factories import ANNA, host_app
from flask import Flask, abort, jsonify, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.test import TestResponse

from lims_msc import LimsMsc

PREFIX = "/msc"
LOG_NAMES = ("", "host", "werkzeug", "sqlalchemy", "alembic", "lims_msc")


def vanilla(app: Flask) -> None:
    """Give the host pages, handlers and headers of its own."""

    @app.get("/")
    def home() -> str:
        return "<h1>Host</h1>"

    @app.post("/orders")
    def order() -> ResponseReturnValue:
        return jsonify(ordered=request.form["what"])

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError

    @app.get("/teapot")
    def teapot() -> str:
        abort(418)

    @app.errorhandler(404)
    def not_found(_error: Exception) -> ResponseReturnValue:
        return "<h1>The host knows no such page</h1>", 404

    @app.errorhandler(500)
    def failed(_error: Exception) -> ResponseReturnValue:
        return "<h1>The host failed</h1>", 500

    @app.before_request
    def count() -> None:
        session["visits"] = session.get("visits", 0) + 1

    @app.after_request
    def mark(response: Any) -> Any:
        response.headers["X-Host"] = "yes"
        return response

    @app.template_filter("shout")
    def shout(word: str) -> str:
        return word.upper()

    app.config["MAX_CONTENT_LENGTH"] = 50_000
    app.config["PROPAGATE_EXCEPTIONS"] = False


class HostUser(UserMixin):  # type: ignore[misc]
    id = "7"


def guarded(app: Flask) -> None:
    """Add the host's own sign-in and its own protection of forms."""
    vanilla(app)
    manager = LoginManager(app)
    manager.login_view = "home"
    CSRFProtect(app)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(_user_id: str) -> HostUser:
        return HostUser()

    @app.get("/token")
    def token() -> str:
        return generate_csrf()

    @app.get("/enter")
    def enter() -> str:
        login_user(HostUser())
        return "in"

    @app.get("/who")
    def who() -> str:
        return str(current_user.is_authenticated)


KINDS = {"vanilla": vanilla, "guarded": guarded}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def host(kind: str, database_file: Path) -> Iterator[Flask]:
    app = host_app(database_file, mount=False)
    KINDS[kind](app)
    yield app
    if "lims_msc" in app.extensions:
        app.extensions["lims_msc"].database.engine.dispose()


def mount(app: Flask) -> None:
    LimsMsc(app, current_actor=lambda: ANNA)


def inside(app: Flask) -> dict[str, Any]:
    """Return what a host is made of, but for the one key and the one name that are ours."""

    def without_ours(found: Mapping[Any, Any]) -> dict[Any, Any]:
        return {key: repr(value) for key, value in found.items() if key != "lims_msc"}

    return {
        "extensions": without_ours(app.extensions),
        "config": dict(app.config),
        "error handlers": {
            (where, code, kind): handler
            for where, by_code in app.error_handler_spec.items()
            for code, by_kind in by_code.items()
            for kind, handler in by_kind.items()
            if where != "lims_msc"
        },
        "before request": without_ours(app.before_request_funcs),
        "after request": without_ours(app.after_request_funcs),
        "teardown": (app.teardown_request_funcs, app.teardown_appcontext_funcs),
        "context processors": without_ours(app.template_context_processors),
        "url values": (app.url_value_preprocessors, app.url_default_functions),
        "filters": set(app.jinja_env.filters),
        "globals": set(app.jinja_env.globals),
        "tests": set(app.jinja_env.tests),
        "jinja extensions": set(app.jinja_env.extensions),
        "views": {
            name: repr(v) for name, v in app.view_functions.items() if "lims_msc" not in name
        },
        "rules": sorted(
            f"{rule.rule} {rule.endpoint} {sorted(rule.methods or ())}"
            for rule in app.url_map.iter_rules()
            if not rule.rule.startswith(PREFIX)
        ),
        "converters": set(app.url_map.converters),
        "session": (type(app.session_interface), app.json.__class__),
        "shell": app.shell_context_processors,
        "commands": sorted(set(app.cli.commands) - {"lims-msc"}),
        "logging": {
            name: (logger.level, list(logger.handlers), list(logger.filters), logger.disabled)
            for name in LOG_NAMES
            for logger in [logging.getLogger(name)]
        },
    }


def answers(app: Flask, kind: str) -> dict[str, tuple[int, str, dict[str, str]]]:
    """Return what the host answers: status, body and headers."""
    client = app.test_client()

    def told(answer: TestResponse) -> tuple[int, str, dict[str, str]]:
        return answer.status_code, answer.text, {k: v for k, v in answer.headers if k != "Date"}

    found = {path: told(client.get(path)) for path in ("/", "/nothing", "/broken", "/teapot")}
    found["under our prefix"] = told(client.get(f"{PREFIX}-not-ours"))
    if kind == "guarded":
        found["without token"] = told(client.post("/orders", data={"what": "tips"}))
        token = client.get("/token").text
        found["who"] = (client.get("/enter").status_code, client.get("/who").text, {})
        order = client.post("/orders", data={"what": "tips", "csrf_token": token})
    else:
        order = client.post("/orders", data={"what": "tips"})
    found["order"] = told(order)
    found["large"] = told(client.post("/orders", data={"what": "x" * 60_000}))
    # The session cookie is signed over the time.
    for _, _, headers in found.values():
        if "Set-Cookie" in headers:
            headers["Set-Cookie"] = headers["Set-Cookie"].split(";", 1)[1]
    return found


def test_mounting_changes_nothing_inside_the_host(host: Flask) -> None:
    before = inside(host)
    mount(host)
    after = inside(host)
    for part, value in before.items():
        assert after[part] == value, part


def test_the_host_answers_as_before(host: Flask, kind: str) -> None:
    before = answers(host, kind)
    assert before["order"][:2] == (200, '{"ordered":"tips"}\n')
    assert before["/nothing"][:2] == (404, "<h1>The host knows no such page</h1>")
    second = Flask("host")
    second.config.from_mapping(host.config)
    KINDS[kind](second)
    mount(second)
    client = second.test_client()
    assert client.get(f"{PREFIX}/").status_code == 200
    assert answers(second, kind) == before
    assert second.logger.handlers == host.logger.handlers
    second.extensions["lims_msc"].database.engine.dispose()


def test_the_host_answers_as_before_even_after_our_pages_were_used(host: Flask, kind: str) -> None:
    before = inside(host)
    mount(host)
    client = host.test_client()
    for path in ("/", "/studies", "/status", "/plates/99", "/curves"):
        client.get(PREFIX + path)
    client.post(f"{PREFIX}/studies", data={"code": "x"})
    after = inside(host)
    for part, value in before.items():
        assert after[part] == value, part


def test_every_address_of_ours_is_under_the_prefix(host: Flask) -> None:
    mount(host)
    ours = [r for r in host.url_map.iter_rules() if r.endpoint.startswith("lims_msc")]
    assert len(ours) > 20
    assert all(rule.rule.startswith(f"{PREFIX}/") for rule in ours)


def test_our_headers_end_at_our_pages(host: Flask) -> None:
    mount(host)
    client = host.test_client()
    ours, theirs = client.get(f"{PREFIX}/"), client.get("/")
    added = {"Content-Security-Policy", "Referrer-Policy", "Cache-Control"}
    assert added <= set(ours.headers.keys())
    assert not added & set(theirs.headers.keys())
    assert ours.headers["X-Host"] == "yes"


def test_a_page_that_is_not_ours_under_the_prefix_is_the_hosts_404(host: Flask) -> None:
    mount(host)
    answer = host.test_client().get(f"{PREFIX}/nothing")
    assert (answer.status_code, answer.text) == (404, "<h1>The host knows no such page</h1>")


def test_the_hosts_own_limit_of_uploads_stays_and_ours_is_ours(host: Flask) -> None:
    mount(host)
    client = host.test_client()
    large = {"what": "x" * 60_000}
    refused = client.post("/orders", data=large)
    assert refused.status_code == 413
    answer = client.post(f"{PREFIX}/studies", data=large)
    assert "larger than" not in answer.text
    assert answer.status_code in {400, 403}
    assert host.config["MAX_CONTENT_LENGTH"] == 50_000
