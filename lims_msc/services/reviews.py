"""Reviews of analyses: submit, approve, return, withdraw; each step is an event of its own."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor
from lims_msc.domain.review import ReviewAction, ReviewState, allowed_actions, check
from lims_msc.errors import NotFound, StaleVersion
from lims_msc.models import Analysis, ReviewEvent
from lims_msc.services.audit_trail import AuditContext
from lims_msc.services.codec import result_digest


def take(
    session: Session,
    actor: Actor,
    analysis_id: int,
    action: ReviewAction,
    *,
    reason: str = "",
    seen_state: str = "",
) -> ReviewState:
    """Take one step of the review of an analysis and return the state after it.

    :param seen_state: the state that the person saw on the page, if any.
    :raises NotFound: if there is no such analysis.
    :raises StaleVersion: if the analysis is no longer as the person saw it, or its stored results
        are no longer those that were computed.
    :raises NotAllowed: if the actor lacks the role or judges their own work.
    :raises IllegalTransition: if the step is not possible now.
    :raises InputError: if a reason is needed and missing.
    """
    analysis = _as_seen(session, analysis_id, seen_state)
    before = ReviewState(analysis.state)
    after = check(action, before, actor, responsible_ids=responsible_for(analysis), reason=reason)
    if stored_result_digest(analysis) != analysis.result_sha256:
        raise StaleVersion(
            "The stored results of this analysis are not those that were computed.",
            hint="Nothing was changed. Tell the administrator; the audit trail shows more.",
        )
    audit: AuditContext = session.info["audit"]
    analysis.state = after.value
    if action is ReviewAction.SUBMIT:
        analysis.submitted_by_id = actor.user_id
    session.add(
        ReviewEvent(
            analysis_id=analysis.id,
            action=action.value,
            from_state=before.value,
            to_state=after.value,
            actor_id=actor.user_id,
            actor_name=actor.name,
            at=audit.clock(),
            reason=reason.strip(),
            result_sha256=analysis.result_sha256,
        )
    )
    session.flush()
    return after


def _as_seen(session: Session, analysis_id: int, seen_state: str) -> Analysis:
    analysis = session.get(Analysis, analysis_id, with_for_update=True)
    if analysis is None:
        raise NotFound(f"There is no analysis number {analysis_id}.")
    if seen_state and seen_state != analysis.state:
        raise StaleVersion(
            f"The analysis is {analysis.state} now; it was {seen_state} when you opened the page.",
            hint="Nothing was changed. Look again and decide.",
        )
    return analysis


def possible(analysis: Analysis, actor: Actor) -> tuple[ReviewAction, ...]:
    """Return what the actor may do to the analysis now."""
    return allowed_actions(
        ReviewState(analysis.state), actor, responsible_ids=responsible_for(analysis)
    )


def responsible_for(analysis: Analysis) -> frozenset[str]:
    """Return the people who made this analysis, and who therefore may not judge it."""
    people = {
        analysis.accepted_import.accepted_by_id,
        analysis.accepted_import.source_file.uploaded_by_id,
        analysis.created_by_id,
        analysis.submitted_by_id,
    }
    return frozenset(people - {""})


def stored_result_digest(analysis: Analysis) -> str:
    """Return the digest over curves, values and standard curves as they are stored now."""
    curves = [curve.result for curve in analysis.curves]
    return result_digest(curves, analysis.values, analysis.standard_curves)
