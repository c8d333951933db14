"""What each role of a well needs, and what would make no sense on it.

A supernatant is judged by the role of the culture well that it was taken from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from lims_msc.domain.layout import WellContent, WellRole

Problem: TypeAlias = tuple[str, str, str]
"""The key of the column, what is wrong, and what to do."""

_PROLIFERATION = tuple(
    role for role in WellRole if role.has_responders or role is WellRole.MSC_ALONE
)
CULTURE_ROLES: tuple[WellRole, ...] = (
    WellRole.BLANK,
    *_PROLIFERATION,
    WellRole.TGT_SPONT,
    WellRole.EFF_SPONT,
    WellRole.E_T,
)
"""The roles of culture wells whose supernatant is measured elsewhere."""

MAY_HAVE_MSC = frozenset({WellRole.E_T, WellRole.EFF_SPONT, WellRole.SAMPLE, WellRole.QC})
"""Roles whose wells may name a batch and need none: with and without MSC stand side by side."""

# Fewer are cells in thousands, or "100.000" typed into an Excel of another country.
_FEWEST_RESPONDERS = 101
_STIMULATED = frozenset({WellRole.RESP_STIM, WellRole.COCULT, WellRole.REF_MSC})
_UNSTIMULATED = frozenset({WellRole.RESP_UNSTIM, WellRole.COCULT_UNSTIM, WellRole.BLANK})
WITHOUT_MSC = frozenset(
    {WellRole.BLANK, WellRole.RESP_UNSTIM, WellRole.RESP_STIM, WellRole.POS_SUPPR}
)
_EFFECTORS = frozenset({WellRole.E_T, WellRole.EFF_SPONT})
_DILUTED = frozenset({WellRole.SAMPLE, WellRole.QC})
_OF_KNOWN_CONCENTRATION = frozenset({WellRole.STD, WellRole.QC})


def problems_of(content: WellContent) -> Iterator[Problem]:
    """Yield everything that speaks against the content of a well.

    A well that was lost keeps what stood in it, and is not judged by its role.
    """
    if content.role is WellRole.EXCLUDED:
        return
    yield from _materials(content)
    yield from _cells(content)
    yield from _stimulus(content)
    yield from _measured_elsewhere(content)
    yield from _effectors(content)


def _materials(content: WellContent) -> Iterator[Problem]:
    name, culture = _named(content), content.sample_of or content.role
    if culture.has_msc and not content.batch_code:
        yield "batch", f"{name} needs an MSC batch.", "Write its code."
    if culture in WITHOUT_MSC and content.sample_of and content.batch_code:
        yield (
            "batch",
            f"{name} has no MSC, but the batch '{content.batch_code}' stands here.",
            "Empty the cell or change the role.",
        )
    if (culture.has_responders or culture in _EFFECTORS) and not content.responder_code:
        what = "a responder: the effector cells" if culture in _EFFECTORS else "a responder"
        yield "responder", f"{name} needs {what}.", "Write its code."


def _cells(content: WellContent) -> Iterator[Problem]:
    name, culture = _named(content), content.sample_of or content.role
    cells = content.responder_cells_per_well
    has_cells = culture.has_responders or culture in _EFFECTORS
    if has_cells and cells is not None and cells < _FEWEST_RESPONDERS:
        yield (
            "responder_cells",
            f"'{cells}' responders per well are too few to be meant.",
            "Write single cells, not thousands and not cells per mL: 100000.",
        )
    if content.dose is not None and content.dose.msc_cells == 0:
        yield (
            "msc_cells",
            f"{name} has MSC, but there are none.",
            "Responders with stimulus and no MSC have the role RESP_STIM.",
        )
    if content.role in MAY_HAVE_MSC and not culture.has_msc:
        yield from _msc_by_choice(content)


def _msc_by_choice(content: WellContent) -> Iterator[Problem]:
    """Yield where batch and number of MSC disagree on a well that may have MSC or not."""
    if content.batch_code and content.msc_cells_per_well == 0:
        yield (
            "msc_cells",
            f"The batch '{content.batch_code}' stands here, but no MSC.",
            "Write the number of MSC, or empty the batch on wells without MSC.",
        )
    there = content.dose or content.msc_cells_per_well
    if there and not content.batch_code and content.sample_of is not WellRole.NEG_STROMA:
        yield (
            "batch",
            f"There are MSC ({there}), but no batch.",
            "Write the code of the MSC batch, or empty the number of MSC.",
        )


def _stimulus(content: WellContent) -> Iterator[Problem]:
    name, culture = _named(content), content.sample_of or content.role
    if culture in _STIMULATED and not content.stimulus:
        yield "stimulus", f"{name} needs a stimulus.", "Write what it was."
    if culture in _UNSTIMULATED and content.stimulus:
        yield (
            "stimulus",
            f"{name} has no stimulus, but '{content.stimulus}' stands here.",
            "Empty the cell or change the role.",
        )


def _measured_elsewhere(content: WellContent) -> Iterator[Problem]:
    role = content.role
    if content.sample_of is not None and role is not WellRole.SAMPLE:
        yield (
            "sample_of",
            f"The role {role} is no supernatant, but '{content.sample_of}' stands here.",
            "Give the well the role SAMPLE, or empty the cell.",
        )
    known = (content.sample_code, content.batch_code, content.responder_code, content.sample_of)
    if role is WellRole.SAMPLE and not any(known):
        yield (
            "sample",
            "The role SAMPLE needs to say which sample it is.",
            "Write the code of the sample, or the batch and the responder of its culture well.",
        )
    yield from _dilution(content)
    if role is WellRole.STD and content.standard_concentration is None:
        yield (
            "standard",
            "The role STD needs a standard concentration.",
            "Write what the standard holds; 0 for the zero standard.",
        )
    stated = content.standard_concentration
    if stated is not None and role not in _OF_KNOWN_CONCENTRATION:
        yield (
            "standard",
            f"The role {role} has no standard concentration, but '{stated:g}' stands here.",
            "Empty the cell or change the role to STD; the zero standard is a STD of 0.",
        )


def _dilution(content: WellContent) -> Iterator[Problem]:
    role, factor = content.role, content.dilution_factor
    if role is WellRole.SAMPLE and factor is None:
        yield (
            "dilution",
            "The role SAMPLE needs a dilution factor.",
            "Write how often it was diluted: 1 for undiluted, 10 for 1 + 9.",
        )
    if factor is not None and factor != 1 and role not in _DILUTED:
        instead = (
            "Write what the standard holds after its dilution, and empty this cell."
            if role is WellRole.STD
            else "Empty the cell or change the role to SAMPLE."
        )
        yield "dilution", f"The role {role} is not diluted, but '{factor:g}' stands here.", instead


def _effectors(content: WellContent) -> Iterator[Problem]:
    name, culture = _named(content), content.sample_of or content.role
    ratio = content.effectors_per_target
    if content.role is WellRole.E_T and ratio is None:
        yield (
            "effectors",
            "The role E_T needs its effectors per target.",
            "Write the E:T ratio as a number: 10 for 10:1.",
        )
    if ratio is not None and culture not in _EFFECTORS:
        yield (
            "effectors",
            f"{name} has no effectors with targets, but '{ratio:g}' stands here.",
            "Empty the cell or change the role.",
        )


def _named(content: WellContent) -> str:
    """Return the role that a sentence is about: that of the well, or of its culture well."""
    if content.sample_of is None:
        return f"The role {content.role}"
    return f"A supernatant of {content.sample_of}"
