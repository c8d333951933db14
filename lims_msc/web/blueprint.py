"""The table of addresses, and what holds for every answer of ours and for no other."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import RequestEntityTooLarge

from lims_msc.domain.cell_counts import quantity_text
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.layout import WellRole
from lims_msc.domain.value_wording import number_text
from lims_msc.domain.wording import interval_text, percent_text, r50_interval_text, r50_text
from lims_msc.errors import LimsMscError
from lims_msc.services.queries import AUDIT_READERS
from lims_msc.web import (
    batches,
    curves,
    exports,
    home,
    imports,
    in_vivo,
    lineage,
    materials,
    plates,
    records,
    registry,
    release,
    reviews,
    studies,
    terms,
    values,
    vials,
)
from lims_msc.web.access import require_person_and_token
from lims_msc.web.addresses import Address
from lims_msc.web.errors import show_error, show_too_large
from lims_msc.web.record_addresses import RECORD_VALUES
from lims_msc.web.state import state

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)

ADDRESSES: tuple[Address, ...] = (
    ("GET", "/", "home", home.show),
    ("GET", "/materials", "materials", materials.show),
    ("POST", "/materials/batches", "register_batch", materials.register_batch),
    ("POST", "/materials/responders", "register_responder", materials.register_responder),
    ("GET", "/batches/<code>", "batch", batches.show),
    ("POST", "/batches/<code>/files", "upload_counts", batches.upload),
    ("GET", "/batches/<code>/files/<int:file_id>", "count_preview", batches.show_preview),
    ("POST", "/batches/<code>/files/<int:file_id>/accept", "accept_counts", batches.accept),
    ("GET", "/studies", "studies", studies.show_all),
    ("POST", "/studies", "open_study", studies.open_new),
    ("GET", "/studies/<int:study_id>", "study", studies.show),
    ("POST", "/studies/<int:study_id>/exports/<key>", "export_study", exports.study),
    ("GET", "/plate-maps/template.xlsx", "plate_map_template", plates.template),
    ("POST", "/plate-maps", "upload_plate_map", plates.upload_map),
    ("GET", "/plates/<int:plate_id>", "plate", plates.show),
    ("GET", "/plates/<int:plate_id>/tables/<key>", "plate_table", exports.plate_table),
    (
        "GET",
        "/plates/<int:plate_id>/standard-curves.json",
        "standard_charts",
        plates.standard_charts,
    ),
    ("POST", "/plates/<int:plate_id>/files", "upload_file", imports.upload),
    ("GET", "/plates/<int:plate_id>/files/<int:file_id>", "preview", imports.show_preview),
    ("POST", "/plates/<int:plate_id>/files/<int:file_id>/accept", "accept", imports.accept),
    ("GET", "/curves", "curves", curves.show_all),
    ("GET", "/curves/<int:curve_id>", "curve", curves.show),
    ("GET", "/curves/<int:curve_id>/chart.json", "curve_chart", curves.chart),
    ("GET", "/values", "values", values.show_all),
    ("GET", "/files/<int:file_id>", "source_file", imports.download),
    ("GET", "/files/<int:file_id>/cell", "source_cell", imports.show_cell),
    ("POST", "/analyses/<int:analysis_id>/reviews", "review", reviews.take),
    ("GET", "/audit", "audit", home.audit),
    ("GET", "/status", "status", home.status),
    *records.ADDRESSES,
    *terms.ADDRESSES,
    *vials.ADDRESSES,
    *release.ADDRESSES,
    *registry.ADDRESSES,
    *lineage.ADDRESSES,
    *in_vivo.ADDRESSES,
)


def make_blueprint() -> Blueprint:
    """Return our pages as a blueprint; everything attached to it ends at its own addresses."""
    blueprint = Blueprint(
        "lims_msc",
        "lims_msc",
        template_folder="templates",
        static_folder="static",
        static_url_path="/lims-msc-static",
    )
    for method, address, endpoint, view in ADDRESSES:
        blueprint.add_url_rule(address, endpoint, view, methods=[method])
    # Earlier than any before_request of the host, which may read the form already.
    blueprint.url_value_preprocessor(_limit_upload)
    blueprint.before_request(_guard)
    blueprint.after_request(_add_headers)
    blueprint.context_processor(_template_values)
    blueprint.register_error_handler(LimsMscError, show_error)
    blueprint.register_error_handler(RequestEntityTooLarge, show_too_large)
    return blueprint


def _limit_upload(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Set on this request alone, so that the host's own limit stays as it is.
    request.max_content_length = (state().settings.max_upload_mib + 1) * 1024 * 1024


def _guard() -> None:
    if request.endpoint != "lims_msc.static":
        require_person_and_token()


def _add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "lims_msc.static":
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response


def _template_values() -> dict[str, object]:
    lab = state()
    person = lab.current_actor()
    return {
        "lims_msc_base": lab.settings.base_template,
        "actor_or_none": lambda: person,
        "sign_out_url": lab.sign_out_url() if lab.sign_out_url else None,
        "sees_audit": person is not None and person.may(*AUDIT_READERS),
        "short_role": lambda role: WellRole(role).short,
        "csrf_token": generate_csrf,
        "quantity_text": quantity_text,
        "percent_text": percent_text,
        "interval_text": interval_text,
        "r50_text": r50_text,
        "r50_interval_text": r50_interval_text,
        "ratio_text": ratio_text,
        "number_text": number_text,
        **RECORD_VALUES,
    }
