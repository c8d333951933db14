"""A person at a browser, for tests that need no real one: signs in and sends our forms."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from lims_msc.domain.actor import Actor, Role
from lims_msc.services import materials, studies, users
from lims_msc.web.state import State

PASSWORD = "correct horse battery"
LOGINS = {
    "anna": ("Anna Weiss", Role.TECHNICIAN),
    "paul": ("Paul Irmer", Role.REVIEWER),
    "dana": ("Dana Mann", Role.DATA_MANAGER),
    "rhea": ("Rhea Leser", Role.READER),
}


class Person:
    """A client that is signed in, and knows the token of our forms."""

    def __init__(self, app: Flask, login: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = token_of(self.client.get("/sign-in"))
        answer = self.post("/sign-in", login=login, password=PASSWORD)
        assert answer.status_code == 302, answer.text

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def post(self, path: str, **fields: object) -> TestResponse:
        # Encoded here: the client would leave a large upload behind as an unclosed file.
        values = {
            name: FileStorage(*value) if isinstance(value, tuple) else value
            for name, value in fields.items()
        }
        boundary, body = encode_multipart({"csrf_token": self.token, **values})
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.client.post(path, data=body, content_type=kind)


def token_of(answer: TestResponse) -> str:
    """Return the token of the form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def set_up_lab(app: Flask, actor: Actor) -> State:
    """Add the people, a study, and the materials of the invented plate."""
    lab: State = app.extensions["lims_msc"]
    with lab.database.unit_of_work(actor, "set up") as session:
        for login, (name, role) in LOGINS.items():
            users.add_user(
                session,
                actor,
                login=login,
                name=name,
                password=PASSWORD,
                roles=frozenset({role}),
            )
        studies.open_study(session, actor, code="S-1", title="Do they suppress?")
        batch = materials.NewBatch(
            "INV-MSC-1", "D-1", sex="female", tissue="BM", health_status="healthy"
        )
        materials.register_batch(session, actor, batch)
        responder = materials.NewResponder("INV-PBMC-1", "PBMC", pool_size=8)
        materials.register_responder(session, actor, responder)
    return lab
