"""Opens studies: a question, and the experiments that answer it."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.errors import Conflict, InputError
from lims_msc.models import Study

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,38}", re.ASCII)


def open_study(
    session: Session, actor: Actor, *, code: str, title: str, is_simulated: bool = False
) -> int:
    """Open a study and return its number.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: if the code is not a code or the title is empty.
    :raises Conflict: if the code is taken.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, Role.DATA_MANAGER, action="open a study")
    if not _CODE.fullmatch(code):
        raise InputError(
            f"'{code}' is not a study code.",
            hint="Use letters, digits, dot, dash and underscore; at most 39; no spaces.",
        )
    if not title.strip():
        raise InputError("The study has no title.", hint="Write what it asks, in a few words.")
    if session.scalar(select(Study.id).where(Study.code == code)) is not None:
        raise Conflict(f"The study '{code}' exists already.", hint="Choose another code.")
    study = Study(code=code, title=title.strip(), is_simulated=is_simulated)
    session.add(study)
    session.flush()
    return study.id
