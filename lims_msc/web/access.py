"""Who acts in a request, and the refusal of forms that did not come from our pages."""

from __future__ import annotations

from flask import g, request
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from lims_msc.domain.actor import Actor
from lims_msc.errors import NotAllowed
from lims_msc.web.state import state

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInNeeded(NotAllowed):
    """Nobody is signed in."""

    code = "sign_in_needed"
    http_status = 401


def actor() -> Actor:
    """Return the person on whose behalf the request acts.

    :raises SignInNeeded: if nobody is signed in.
    """
    if "lims_msc_actor" not in g:
        g.lims_msc_actor = state().current_actor()
    found: Actor | None = g.lims_msc_actor
    if found is None:
        raise SignInNeeded("You are not signed in.", hint="Sign in and open the page again.")
    return found


def require_person_and_token() -> None:
    """Refuse a request of nobody, and a change without the token of one of our forms.

    :raises SignInNeeded: if nobody is signed in.
    :raises NotAllowed: if the form's token is missing, foreign or old.
    """
    actor()
    if request.method in _SAFE_METHODS:
        return
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValidationError as error:
        raise NotAllowed(
            "The form was opened too long ago, or in another session.",
            hint="Nothing was changed. Open the page again and repeat it.",
        ) from error
