"""Mounting lims-msc: what a host must give, who may come in, and what is refused at start."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from factories import ANNA, host_app
from flask import Flask
from flask.testing import FlaskClient

from lims_msc import LimsMsc
from lims_msc.domain.actor import Actor, Role
from lims_msc.errors import ConfigurationError
from lims_msc.settings import Settings

MakeHost = Callable[..., Flask]
ROOT = Path(__file__).resolve().parents[2]
GOOD = {"LIMS_MSC_DATABASE_URL": "sqlite:///lab.sqlite", "SECRET_KEY": "x"}


def close(app: Flask) -> None:
    app.extensions["lims_msc"].database.engine.dispose()


def studies_of(client: FlaskClient) -> str:
    return client.get("/msc/studies").text


def token_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', studies_of(client))
    assert found
    return found[1]


def test_the_pages_greet_the_person_that_the_host_names(make_host: MakeHost) -> None:
    answer = make_host().test_client().get("/msc/")
    assert answer.status_code == 200
    assert "Anna Weiss" in answer.text


def test_nobody_is_told_to_sign_in(make_host: MakeHost) -> None:
    client = make_host(actor=None).test_client()
    for path in ("/msc/", "/msc/studies", "/msc/plates/1"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert "You are not signed in" in answer.text
    assert client.get("/msc/", headers={"Accept": "application/json"}).json == {
        "code": "sign_in_needed",
        "message": "You are not signed in.",
        "hint": "Sign in and open the page again.",
        "findings": [],
    }


def test_nobody_is_sent_to_the_hosts_sign_in_page_where_there_is_one(database_file: Path) -> None:
    app = host_app(database_file, mount=False)
    LimsMsc(app, sign_in_url=lambda next_path: f"/login?then={next_path}")
    answer = app.test_client().get("/msc/studies?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/login?then=/msc/studies?x=1",
    )
    close(app)


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_a_form_without_our_token_changes_nothing(make_host: MakeHost, token: str | None) -> None:
    client = make_host().test_client()
    fields = {"code": "S-9", "title": "x"} | ({} if token is None else {"csrf_token": token})
    answer = client.post("/msc/studies", data=fields)
    assert answer.status_code == 403
    assert "S-9" not in studies_of(client)


def test_a_form_with_our_token_is_taken_and_signed_with_the_hosts_person(
    make_host: MakeHost,
) -> None:
    app = make_host()
    client = app.test_client()
    fields = {"code": "S-9", "title": "x", "csrf_token": token_of(client)}
    assert client.post("/msc/studies", data=fields).status_code == 302
    assert "S-9" in studies_of(client)
    reviewer = make_host(actor=Actor("7", "Paula Irmer", frozenset({Role.REVIEWER})))
    assert "Anna Weiss" in reviewer.test_client().get("/msc/audit").text


def test_two_applications_in_one_process_know_nothing_of_each_other(
    make_host: MakeHost, migrated_file: Path, tmp_path: Path
) -> None:
    first = make_host()
    other_file = tmp_path / "other.sqlite"
    other_file.write_bytes(migrated_file.read_bytes())
    second = host_app(other_file, actor=Actor("8", "Bernd Braun", frozenset({Role.READER})))
    client = first.test_client()
    client.post("/msc/studies", data={"code": "S-9", "title": "x", "csrf_token": token_of(client)})
    theirs = studies_of(second.test_client())
    assert "S-9" not in theirs
    assert "Bernd Braun" in theirs
    assert "S-9" in studies_of(client)
    close(second)


def test_mounting_twice_is_refused(make_host: MakeHost) -> None:
    app = make_host()
    with pytest.raises(ConfigurationError, match="mounted in this application already"):
        LimsMsc(app, current_actor=lambda: ANNA)
    extension = LimsMsc(current_actor=lambda: ANNA)
    with pytest.raises(ConfigurationError, match="mounted in this application already"):
        extension.init_app(app)


def test_an_extension_may_be_made_first_and_mounted_later(database_file: Path) -> None:
    app = host_app(database_file, mount=False)
    LimsMsc(current_actor=lambda: ANNA).init_app(app)
    assert app.test_client().get("/msc/").status_code == 200
    close(app)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"LIMS_MSC_DATABASE_URL": None}, "LIMS_MSC_DATABASE_URL is not set"),
        ({"LIMS_MSC_DATABASE_URL": ""}, "LIMS_MSC_DATABASE_URL is not set"),
        ({"LIMS_MSC_DATABASE_URL": 7}, "LIMS_MSC_DATABASE_URL is not set"),
        ({"LIMS_MSC_DATABASE_URL": "lab"}, "LIMS_MSC_DATABASE_URL 'lab'"),
        ({"LIMS_MSC_DATABASE_URL": "mysql://x/y"}, "LIMS_MSC_DATABASE_URL names a mysql"),
        ({"LIMS_MSC_DATABASE_URL": "sqlite:////no/such/lab.sqlite"}, "LIMS_MSC_DATABASE_URL"),
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"LIMS_MSC_URL_PREFIX": "msc"}, "LIMS_MSC_URL_PREFIX 'msc'"),
        ({"LIMS_MSC_URL_PREFIX": None}, "LIMS_MSC_URL_PREFIX 'None'"),
        ({"LIMS_MSC_MAX_UPLOAD_MIB": 0}, "LIMS_MSC_MAX_UPLOAD_MIB '0'"),
        ({"LIMS_MSC_MAX_UPLOAD_MIB": 11}, "LIMS_MSC_MAX_UPLOAD_MIB '11'"),
        ({"LIMS_MSC_MAX_UPLOAD_MIB": "10"}, "LIMS_MSC_MAX_UPLOAD_MIB '10'"),
        ({"LIMS_MSC_MAX_UPLOAD_MIB": True}, "LIMS_MSC_MAX_UPLOAD_MIB 'True'"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_named_at_start(
    changes: dict[str, Any], key: str
) -> None:
    app = Flask("host")
    app.config.update({**GOOD, **changes})
    with pytest.raises(ConfigurationError) as refusal:
        LimsMsc(app)
    assert key in refusal.value.message
    assert refusal.value.hint
    assert "lims_msc" not in app.extensions
    assert not app.blueprints


PREFIXES = {"/msc/": "/msc", "": "", "/": "", "/a/b": "/a/b"}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_prefix_may_be_any_path(prefix: str) -> None:
    settings = Settings.from_config({**GOOD, "LIMS_MSC_URL_PREFIX": prefix})
    assert settings.url_prefix == PREFIXES[prefix]


@pytest.mark.parametrize("prefix", ["/lab/msc", ""])
def test_the_pages_are_where_the_host_wants_them(database_file: Path, prefix: str) -> None:
    app = host_app(database_file, mount=False)
    app.config["LIMS_MSC_URL_PREFIX"] = prefix
    LimsMsc(app, current_actor=lambda: ANNA)
    client = app.test_client()
    page = client.get(f"{prefix}/")
    assert page.status_code == 200
    links = set(re.findall(r'(?:href|src)="(/[^"#?]*)', page.text))
    assert links
    for link in links:
        assert link.startswith(f"{prefix}/")
        with client.get(link) as answer:
            assert answer.status_code == 200, link
    close(app)


def test_the_pages_stand_in_the_hosts_own_frame(database_file: Path, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "host.md").read_text(encoding="utf-8")
    (tmp_path / "frame.html").write_text(
        "<title>{% block title %}{% endblock %}</title><p>Frame of the host</p>"
        + guide.partition("```html\n")[2].partition("```")[0]
        + "{% block content %}{% endblock %}",
        encoding="utf-8",
    )
    app = Flask("host", template_folder=str(tmp_path))
    app.config.update(
        SECRET_KEY="x",
        LIMS_MSC_DATABASE_URL=f"sqlite:///{database_file}",
        LIMS_MSC_BASE_TEMPLATE="frame.html",
    )
    LimsMsc(app, current_actor=lambda: ANNA)
    client = app.test_client()
    for path in ("/msc/", "/msc/studies", "/msc/materials", "/msc/status", "/msc/plates/99"):
        text = client.get(path).text
        assert "Frame of the host" in text
    for style in re.findall(r'rel="stylesheet" href="([^"]+)"', text):
        with client.get(style) as answer:
            assert answer.status_code == 200
    assert 'action="/msc/find"' in text
    close(app)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Flask]:
    """A host whose database does not exist yet."""
    app = host_app(tmp_path / "fresh.sqlite")
    yield app
    close(app)


def test_a_host_makes_and_checks_its_database_with_our_commands(fresh: Flask) -> None:
    runner = fresh.test_cli_runner()
    refused = runner.invoke(args=["lims-msc", "db", "check"])
    assert refused.exit_code == 1
    assert "db upgrade" in refused.output
    made = runner.invoke(args=["lims-msc", "db", "upgrade"])
    assert (made.exit_code, made.exception) == (0, None)
    checked = runner.invoke(args=["lims-msc", "db", "check"])
    assert checked.exit_code == 0, checked.output
    assert "as it should be" in checked.output
    assert runner.invoke(args=["lims-msc", "audit", "verify"]).exit_code == 0
    assert fresh.test_client().get("/msc/").status_code == 200


def test_our_commands_in_a_host_work_on_the_hosts_database(
    make_host: MakeHost, with_study: None
) -> None:
    runner = make_host().test_cli_runner()
    refused = runner.invoke(args=["lims-msc", "export", "S-9", "--out", "x.zip", "--user", "a"])
    assert refused.exit_code == 1
    listed = runner.invoke(args=["lims-msc", "curves", "--format", "json"])
    assert (listed.exit_code, listed.output.strip()) == (0, "[]")
    for name in ("demo", "serve"):
        assert runner.invoke(args=["lims-msc", name]).exit_code == 2


def test_a_database_of_another_release_is_refused_at_start(database_file: Path) -> None:
    with closing(sqlite3.connect(database_file)) as connection, connection:
        connection.execute("UPDATE msc_alembic_version SET version_num = '20200101a'")
    with pytest.raises(ConfigurationError, match="'20200101a'"):
        host_app(database_file)


HOST_IN_A_FEW_LINES = """
import sys
from flask import Flask
from lims_msc import LimsMsc
from lims_msc.domain.actor import ALL_ROLES, Actor

app = Flask("host")
app.config.update(SECRET_KEY="x", LIMS_MSC_DATABASE_URL=sys.argv[1])
LimsMsc(app, current_actor=lambda: Actor("1", "Anna", ALL_ROLES))
answer = app.test_client().get("/msc/")
assert answer.status_code == 200, answer.text
print(*sys.modules)
"""


def test_the_first_page_loads_none_of_the_large_libraries(
    database_file: Path, with_study: None
) -> None:
    command = [sys.executable, "-c", HOST_IN_A_FEW_LINES, f"sqlite:///{database_file}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "lims_msc.web.home" in loaded
    assert not {"numpy", "scipy", "matplotlib", "openpyxl", "xlrd"} & loaded
