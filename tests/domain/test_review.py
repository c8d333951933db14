"""The review: every state, action, role and person, against the rules written out here."""

from __future__ import annotations

from functools import partial
from itertools import product

import pytest

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.review import (
    RULES,
    ReviewAction,
    ReviewState,
    allowed_actions,
    check,
    rule_for,
)
from lims_msc.errors import IllegalTransition, InputError, NotAllowed

S, A, R = ReviewState, ReviewAction, Role

# What leads where.  Every state and action that is not here is impossible.
STEPS = {
    (S.DRAFT, A.SUBMIT): S.SUBMITTED,
    (S.RETURNED, A.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, A.APPROVE): S.APPROVED,
    (S.SUBMITTED, A.RETURN): S.RETURNED,
    (S.APPROVED, A.RETURN): S.RETURNED,
    (S.SUBMITTED, A.WITHDRAW): S.DRAFT,
}
MAY = {
    A.SUBMIT: {R.TECHNICIAN, R.REVIEWER},
    A.APPROVE: {R.REVIEWER},
    A.RETURN: {R.REVIEWER},
    A.WITHDRAW: {R.TECHNICIAN, R.REVIEWER},
}
JUDGEMENTS = {A.APPROVE, A.RETURN}
NEED_A_REASON = {A.RETURN, A.WITHDRAW}


def test_every_action_has_one_rule() -> None:
    assert sorted(rule.action for rule in RULES) == sorted(A)
    assert all(rule_for(action).action is action for action in A)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", A)
def test_each_step_is_possible_only_where_the_rules_say_so(
    state: ReviewState, action: ReviewAction
) -> None:
    for role, is_own, reason in product(R, [False, True], ["", " \n", "because"]):
        person = Actor("7", "Paula Irmer", frozenset({role}))
        responsible = frozenset({"7", "8"}) if is_own else frozenset({"8"})

        step = partial(check, action, state, person, responsible_ids=responsible, reason=reason)
        if role not in MAY[action]:
            with pytest.raises(NotAllowed, match="Paula Irmer may not"):
                step()
        elif (state, action) not in STEPS:
            with pytest.raises(IllegalTransition, match=f"An analysis that is {state}"):
                step()
        elif action in JUDGEMENTS and is_own:
            with pytest.raises(NotAllowed, match="imported or submitted this plate"):
                step()
        elif action in NEED_A_REASON and not reason.strip():
            with pytest.raises(InputError, match="a reason is needed"):
                step()
        else:
            assert step() is STEPS[state, action]
        offered = action in allowed_actions(state, person, responsible_ids=responsible)
        assert offered == (
            role in MAY[action]
            and (state, action) in STEPS
            and not (action in JUDGEMENTS and is_own)
        )


def test_a_person_with_every_role_still_may_not_judge_their_own_work(everybody: Actor) -> None:
    own = frozenset({everybody.user_id})
    assert allowed_actions(S.SUBMITTED, everybody, responsible_ids=own) == (A.WITHDRAW,)
    with pytest.raises(NotAllowed) as refusal:
        check(A.APPROVE, S.SUBMITTED, everybody, responsible_ids=own, reason="fine")
    assert refusal.value.hint == "Another person with the role reviewer must judge it."


def test_an_impossible_step_says_what_is_possible_now() -> None:
    reviewer = Actor("7", "Paula Irmer", frozenset({R.REVIEWER}))
    with pytest.raises(IllegalTransition) as refusal:
        check(A.APPROVE, S.APPROVED, reviewer, responsible_ids=frozenset(), reason="")
    assert refusal.value.message == "An analysis that is approved cannot be approved."
    assert refusal.value.hint == "Possible now: return."
    with pytest.raises(IllegalTransition) as refusal:
        check(A.SUBMIT, S.SUPERSEDED, reviewer, responsible_ids=frozenset(), reason="")
    assert refusal.value.hint == "Possible now: nothing."


@pytest.mark.parametrize("role", R)
def test_a_role_that_is_missing_is_named(role: Role) -> None:
    with pytest.raises(NotAllowed) as refusal:
        Actor("1", "Rea Der", frozenset()).require(role, R.DATA_MANAGER, action="do it")
    assert refusal.value.message == "Rea Der may not do it."
    assert role.value.replace("_", " ") in refusal.value.hint
    Actor("1", "Rea Der", frozenset({role})).require(role, action="do it")
