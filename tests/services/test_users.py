"""People who sign in: nobody without the right password, nobody who was switched off."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import People
from sqlalchemy import select, text

from lims_msc.database import make_engine
from lims_msc.domain.actor import Role
from lims_msc.errors import Conflict, InputError, NotAllowed, NotFound
from lims_msc.models import AuditRow
from lims_msc.services import users
from lims_msc.services.transaction import Database

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def anna_file(
    migrated_file: Path, people: People, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Made once: passwords are slow to hash, on purpose."""
    path = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("anna") / "lab.sqlite"))
    database = Database(make_engine(f"sqlite:///{path}"))
    with database.unit_of_work(people.administrator, "new colleague") as session:
        users.add_user(
            session,
            people.administrator,
            login=" anna ",
            name=" Anna Weiss ",
            password=PASSWORD,
            roles=frozenset({Role.TECHNICIAN, Role.REVIEWER}),
        )
    database.engine.dispose()
    return path


@pytest.fixture
def with_anna(open_copy: Callable[[Path], Database], anna_file: Path) -> Database:
    return open_copy(anna_file)


def test_a_person_signs_in_with_their_password_and_has_their_roles(with_anna: Database) -> None:
    with with_anna.reading() as session:
        actor = users.sign_in(session, "anna", PASSWORD)
        assert actor is not None
        assert (actor.user_id, actor.name) == ("1", "Anna Weiss")
        assert actor.roles == {Role.TECHNICIAN, Role.REVIEWER}
        assert users.actor_of(session, "1") == actor
        assert users.actor_by_login(session, "anna") == actor


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("anna", "wrong"),
        ("anna", ""),
        ("anna", PASSWORD.upper()),
        ("anna", PASSWORD + " "),
        ("nobody", PASSWORD),
        ("nobody", "the password of nobody"),
        ("", ""),
        ("ANNA", PASSWORD),
        ("anna' OR '1'='1", PASSWORD),
    ],
)
def test_nobody_else_gets_in(with_anna: Database, login: str, password: str) -> None:
    with with_anna.reading() as session:
        assert users.sign_in(session, login, password) is None


def test_who_was_switched_off_is_out_at_once(with_anna: Database) -> None:
    with with_anna.engine.begin() as connection:
        connection.execute(text("UPDATE msc_user SET is_active = 0"))
    with with_anna.reading() as session:
        assert users.sign_in(session, "anna", PASSWORD) is None
        assert users.actor_of(session, "1") is None
        with pytest.raises(NotFound, match="no active user 'anna'"):
            users.actor_by_login(session, "anna")


@pytest.mark.parametrize("user_id", ["", "2", "anna", "-1", "²", "1.0", " 1"])
def test_an_unknown_number_is_nobody(with_anna: Database, user_id: str) -> None:
    with with_anna.reading() as session:
        assert users.actor_of(session, user_id) is None


def test_the_password_is_stored_nowhere(with_anna: Database) -> None:
    with with_anna.reading() as session:
        (changes,) = session.scalars(select(AuditRow.changes))
        (stored,) = session.execute(text("SELECT password_hash FROM msc_user")).one()
    assert changes["password_hash"] == "(not shown)"
    assert PASSWORD not in stored
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"login": "  "}, InputError, "needs a login"),
        ({"name": ""}, InputError, "needs a login, a name"),
        ({"roles": frozenset()}, InputError, "at least one role"),
        ({"password": "too short"}, InputError, "has 9 characters"),
        ({"login": "anna"}, Conflict, "'anna' is taken"),
        ({"login": " anna"}, Conflict, "'anna' is taken"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    with_anna: Database,
    people: People,
    changes: dict[str, object],
    error: type[Exception],
    words: str,
) -> None:
    person: dict[str, object] = {
        "login": "paul",
        "name": "Paul",
        "password": PASSWORD,
        "roles": frozenset({Role.READER}),
        **changes,
    }
    with (
        pytest.raises(error, match=words),
        with_anna.unit_of_work(people.administrator, "test") as session,
    ):
        users.add_user(session, people.administrator, **person)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["technician", "reviewer", "data_manager", "reader"])
def test_only_an_administrator_adds_users(database: Database, people: People, who: str) -> None:
    actor = getattr(people, who)
    with (
        pytest.raises(NotAllowed, match="may not add a user"),
        database.unit_of_work(actor, "test") as session,
    ):
        users.add_user(
            session, actor, login="x", name="X", password=PASSWORD, roles=frozenset(Role)
        )
