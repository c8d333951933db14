"""The people who sign in to the standalone shell; a host application brings its own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.errors import Conflict, InputError, NotFound
from lims_msc.models import User

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_SHORTEST_PASSWORD = 10


def add_user(
    session: Session, actor: Actor, *, login: str, name: str, password: str, roles: frozenset[Role]
) -> int:
    """Add a person who may sign in; return their number.

    :raises NotAllowed: if the actor is no administrator.
    :raises InputError: if the login or name is empty or the password too short.
    :raises Conflict: if the login is taken.
    """
    actor.require(Role.ADMINISTRATOR, action="add a user")
    login, name = login.strip(), name.strip()
    if not login or not name or not roles:
        raise InputError("A user needs a login, a name and at least one role.")
    if len(password) < _SHORTEST_PASSWORD:
        raise InputError(
            f"The password has {len(password)} characters.",
            hint=f"Use at least {_SHORTEST_PASSWORD}; a sentence is good.",
        )
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise Conflict(f"The login '{login}' is taken.")
    user = User(
        login=login,
        name=name,
        password_hash=_hasher().hash(password),
        roles=",".join(sorted(role.value for role in roles)),
        is_active=True,
    )
    session.add(user)
    session.flush()
    return user.id


def sign_in(session: Session, login: str, password: str) -> Actor | None:
    """Return the person with this login and password, or ``None``.

    An unknown login takes as long as a wrong password, so that neither can be told from the other.
    """
    from argon2.exceptions import Argon2Error, InvalidHashError

    user = session.scalar(select(User).where(User.login == login))
    known = user.password_hash if user is not None else _hash_of_nobody()
    try:
        _hasher().verify(known, password)
    except (Argon2Error, InvalidHashError):
        return None
    return _actor(user) if user is not None and user.is_active else None


def actor_of(session: Session, user_id: str) -> Actor | None:
    """Return the active user of that number as an actor, or ``None``."""
    is_number = user_id.isascii() and user_id.isdigit()
    user = session.get(User, int(user_id)) if is_number else None
    return _actor(user) if user is not None and user.is_active else None


def actor_by_login(session: Session, login: str) -> Actor:
    """Return the active user of that login.

    :raises NotFound: if there is none.
    """
    user = session.scalar(select(User).where(User.login == login))
    if user is None or not user.is_active:
        raise NotFound(f"There is no active user '{login}'.", hint="See: lims-msc user add --help.")
    return _actor(user)


def _actor(user: User) -> Actor:
    return Actor(str(user.id), user.name, frozenset(Role(word) for word in user.roles.split(",")))


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash("the password of nobody")
