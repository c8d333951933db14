"""Expected failures as a page or as JSON, by what was asked for; only for our own pages."""

from __future__ import annotations

from flask import Response, jsonify, make_response, redirect, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from lims_msc.errors import InputError, LimsMscError
from lims_msc.services.codec import to_json
from lims_msc.web.access import SignInNeeded
from lims_msc.web.state import state


def show_error(error: LimsMscError) -> Response:
    """Answer with the sentence, the hint and every finding, under the error's own status."""
    if wants_json():
        body = {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "findings": [to_json(finding) for finding in error.findings],
        }
        return make_response(jsonify(body), error.http_status)
    if isinstance(error, SignInNeeded) and (sign_in_url := state().sign_in_url) is not None:
        target = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return make_response(redirect(sign_in_url(target)))
    page = render_template("lims_msc/error.html", error=error)
    return make_response(page, error.http_status)


def show_too_large(_error: RequestEntityTooLarge) -> Response:
    """Answer an upload that is larger than the limit."""
    most = state().settings.max_upload_mib
    return show_error(
        InputError(
            f"The upload is larger than {most} MiB.",
            hint="A reader export is much smaller; send the export itself, without pictures.",
        )
    )


def wants_json() -> bool:
    """Whether the request asks for JSON rather than for a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"
