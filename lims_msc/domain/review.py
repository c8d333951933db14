"""The review of an analysis: states, actions, and who may do what, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lims_msc.domain.actor import Actor, Role
from lims_msc.errors import IllegalTransition, InputError, NotAllowed


class ReviewState(StrEnum):
    """Where an analysis stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


class ReviewAction(StrEnum):
    """What a person can do to an analysis."""

    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: the action, where it starts and ends, who may do it, its demands."""

    action: ReviewAction
    from_states: frozenset[ReviewState]
    to_state: ReviewState
    roles: tuple[Role, ...]
    needs_reason: bool
    needs_other_person: bool


RULES: tuple[Rule, ...] = (
    Rule(
        ReviewAction.SUBMIT,
        frozenset({ReviewState.DRAFT, ReviewState.RETURNED}),
        ReviewState.SUBMITTED,
        (Role.TECHNICIAN, Role.REVIEWER),
        needs_reason=False,
        needs_other_person=False,
    ),
    Rule(
        ReviewAction.APPROVE,
        frozenset({ReviewState.SUBMITTED}),
        ReviewState.APPROVED,
        (Role.REVIEWER,),
        needs_reason=False,
        needs_other_person=True,
    ),
    Rule(
        ReviewAction.RETURN,
        frozenset({ReviewState.SUBMITTED, ReviewState.APPROVED}),
        ReviewState.RETURNED,
        (Role.REVIEWER,),
        needs_reason=True,
        needs_other_person=True,
    ),
    Rule(
        ReviewAction.WITHDRAW,
        frozenset({ReviewState.SUBMITTED}),
        ReviewState.DRAFT,
        (Role.TECHNICIAN, Role.REVIEWER),
        needs_reason=True,
        needs_other_person=False,
    ),
)


def rule_for(action: ReviewAction) -> Rule:
    """Return the row of the table for an action."""
    return next(rule for rule in RULES if rule.action is action)


def check(
    action: ReviewAction,
    state: ReviewState,
    actor: Actor,
    *,
    responsible_ids: frozenset[str],
    reason: str,
) -> ReviewState:
    """Return the state after the action, or refuse it.

    ``responsible_ids`` are the people who imported the file or submitted the analysis: they may not
    judge it themselves.

    :raises NotAllowed: if the actor lacks the role, or judges their own work.
    :raises IllegalTransition: if the action is not possible in this state.
    :raises InputError: if a reason is needed and none is given.
    """
    rule = rule_for(action)
    actor.require(*rule.roles, action=f"{action} an analysis")
    if state not in rule.from_states:
        allowed = allowed_actions(state, actor, responsible_ids=responsible_ids)
        now = ", ".join(allowed) if allowed else "nothing"
        raise IllegalTransition(
            f"An analysis that is {state} cannot be {_PAST[action]}.", hint=f"Possible now: {now}."
        )
    if rule.needs_other_person and actor.user_id in responsible_ids:
        raise NotAllowed(
            f"{actor.name} imported or submitted this plate and may not {action} it.",
            hint="Another person with the role reviewer must judge it.",
        )
    if rule.needs_reason and not reason.strip():
        raise InputError(
            f"To {action} an analysis a reason is needed.", hint="Write one sentence that says why."
        )
    return rule.to_state


def allowed_actions(
    state: ReviewState, actor: Actor, *, responsible_ids: frozenset[str]
) -> tuple[ReviewAction, ...]:
    """Return the actions that the actor may take now."""
    return tuple(
        rule.action
        for rule in RULES
        if state in rule.from_states
        and actor.may(*rule.roles)
        and not (rule.needs_other_person and actor.user_id in responsible_ids)
    )


_PAST = {
    ReviewAction.SUBMIT: "submitted",
    ReviewAction.APPROVE: "approved",
    ReviewAction.RETURN: "returned",
    ReviewAction.WITHDRAW: "withdrawn",
}
