"""Roles of wells: what each holds, against the table of the domain written out here."""

from __future__ import annotations

import pytest

from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, WellAddress

R = WellRole
WITH_MSC = {R.COCULT, R.COCULT_UNSTIM, R.MSC_ALONE, R.REF_MSC}
WITH_DOSE = WITH_MSC | {R.NEG_STROMA}
WITH_RESPONDERS = {
    R.RESP_UNSTIM,
    R.RESP_STIM,
    R.POS_SUPPR,
    R.COCULT,
    R.COCULT_UNSTIM,
    R.REF_MSC,
    R.NEG_STROMA,
}
NEVER_READ = {R.EMPTY, R.EDGE_FILL, R.EXCLUDED}


@pytest.mark.parametrize("role", R)
def test_a_role_says_what_stands_in_its_wells(role: WellRole) -> None:
    assert role.has_msc == (role in WITH_MSC)
    assert role.has_dose == (role in WITH_DOSE)
    assert role.has_responders == (role in WITH_RESPONDERS)
    assert role.is_read == (role not in NEVER_READ)
    assert role.meaning
    assert role.short


def test_roles_are_told_apart_by_their_short_names_and_meanings() -> None:
    assert len({role.short for role in R}) == len(R)
    assert len({role.meaning for role in R}) == len(R)
    assert [role.short for role in (R.BLANK, R.RESP_UNSTIM, R.RESP_STIM, R.COCULT)] == [*"BNPT"]


def test_wells_of_a_role_come_in_plate_order() -> None:
    order = ["B1", "A10", "A2"]
    contents = [WellContent(WellAddress.parse(well), R.BLANK) for well in order]
    contents.append(WellContent(WellAddress.parse("C1"), R.EMPTY))
    layout = PlateLayout.of(PlateFormat.WELLS_96, contents)
    assert [str(c.well) for c in layout.with_role(R.BLANK)] == ["A2", "A10", "B1"]
    assert len(layout.with_role(R.BLANK, R.EMPTY)) == 4
    assert layout.with_role(R.COCULT) == ()
