"""Release of batches: verdicts by rule sets, decisions, and the rule sets themselves."""

from __future__ import annotations

from urllib.parse import unquote

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lims_msc.domain.actor import Role
from lims_msc.services import release
from lims_msc.services.register import WRITERS
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.addresses import Address
from lims_msc.web.state import state


def show(code: str) -> str:
    """Show what a rule set says of a batch, rule by rule, and what was decided before."""
    name, version = request.args.get("rule_set", ""), request.args.get("version", "")
    with state().database.reading() as session:
        known = release.rule_sets(session)
        chosen = release.rule_set_of(session, name, version) if name else known[0]
        return render_template(
            "lims_msc/release.html",
            code=code,
            rule_sets=known,
            chosen=chosen,
            judged=release.judge_batch(session, code, chosen),
            decisions=release.decisions_of(session, code),
            may_decide=actor().may(Role.REVIEWER),
        )


def choose(code: str) -> Response:
    """Lead to the address of the rule set that was chosen in the list."""
    name, version = map(unquote, request.args.get("set", "").partition("|")[::2])
    return redirect(url_for("lims_msc.release", code=code, rule_set=name, version=version))


def decide(code: str) -> Response:
    """Record the verdict that the person saw."""
    name, version, comment = (forms.text(key) for key in ("rule_set", "version", "comment"))
    reason = comment or f"verdict by {name} {version} recorded"
    with state().database.unit_of_work(actor(), reason) as session:
        found = release.decide(
            session,
            actor(),
            code,
            name,
            version,
            comment=comment,
            seen_verdict=forms.text("verdict"),
            seen_version=forms.text("seen"),
        )
    flash(f"The verdict '{found.verdict}' by {name} {version} is recorded.")
    return redirect(url_for("lims_msc.release", code=code, rule_set=name, version=version))


def show_rule_sets() -> str:
    """Show every version of every rule set with its limits and its source."""
    with state().database.reading() as session:
        known = release.rule_sets(session)
    return render_template(
        "lims_msc/rule_sets.html", rule_sets=known, may_copy=actor().may(*WRITERS)
    )


def copy() -> Response:
    """Copy a rule set into one of the laboratory."""
    name, version = forms.text("rule_set"), forms.text("version")
    new_name, new_version = forms.text("new_name"), forms.text("new_version")
    with state().database.unit_of_work(actor(), f"copied from {name} {version}") as session:
        release.copy_rule_set(
            session, actor(), name, version, new_name=new_name, new_version=new_version
        )
    flash(f"The rule set {new_name} {new_version} is there; change its rules before you use it.")
    return redirect(url_for("lims_msc.rule_sets"))


ADDRESSES: tuple[Address, ...] = (
    ("GET", "/batches/<code>/release", "release", show),
    ("GET", "/batches/<code>/release/choose", "choose_rule_set", choose),
    ("POST", "/batches/<code>/release", "decide_release", decide),
    ("GET", "/rule-sets", "rule_sets", show_rule_sets),
    ("POST", "/rule-sets", "copy_rule_set", copy),
)
