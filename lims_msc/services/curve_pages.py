"""What the page of a curve shows, and the numbers behind its chart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor
from lims_msc.domain.curve import CurveResult
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.findings import Finding
from lims_msc.domain.plate import SourceCell, WellAddress
from lims_msc.domain.relations import PairRelation
from lims_msc.models import Analysis
from lims_msc.registry import Registry
from lims_msc.science.fitted_line import fitted_line
from lims_msc.services import queries
from lims_msc.services.codec import standard_curves_from_json
from lims_msc.services.consents import consents_behind
from lims_msc.services.read_models import AnalysisView, CurveLine
from lims_msc.services.relations import pair_relations
from lims_msc.services.value_pages import Signals, signals_of_analysis


@dataclass(frozen=True, slots=True)
class CurvePage:
    """A curve with its analysis, its other modes, its neighbours, and the cells of its wells.

    ``is_of_concentrations`` says that its readings are those of standards, not of the reader.
    """

    line: CurveLine
    analysis: AnalysisView
    modes: tuple[CurveLine, ...]
    neighbours: tuple[CurveLine, ...]
    places: dict[WellAddress, SourceCell]
    reference_places: dict[WellAddress, SourceCell]
    is_of_concentrations: bool = False
    relations: tuple[PairRelation, ...] = ()
    consents: tuple[Finding, ...] = ()


def curve_page(session: Session, registry: Registry, actor: Actor, curve_id: int) -> CurvePage:
    """Return what the page of a curve shows.

    :raises NotFound: if there is none of that number.
    """
    line, analysis_id = queries.curve(session, registry, curve_id)
    curves = queries.curves_of_analysis(session, registry, analysis_id)
    signals = signals_of_analysis(session, analysis_id)
    pairs = [(line.batch_code, line.responder_code)]
    analysis = session.get_one(Analysis, analysis_id)
    return CurvePage(
        line=line,
        analysis=queries.analysis(session, registry, actor, analysis_id),
        modes=tuple(other for other in curves if _is_same_but_mode(other, line)),
        neighbours=tuple(other for other in curves if other.mode == line.mode),
        places=_places(signals),
        reference_places={
            well: source
            for well, signal in signals.items()
            if signal.subtraction and (source := signal.subtraction.reference_source)
        },
        is_of_concentrations=bool(standard_curves_from_json(analysis.standard_curves)),
        relations=pair_relations(session, pairs),
        consents=consents_behind(session, pairs),
    )


def chart(session: Session, registry: Registry, curve_id: int) -> dict[str, Any]:
    """Return the points, the fitted line, the summaries and the places of a curve's chart.

    :raises NotFound: if there is none of that number.
    """
    line, analysis_id = queries.curve(session, registry, curve_id)
    places = _places(signals_of_analysis(session, analysis_id))
    result = line.result
    analysis = session.get_one(Analysis, analysis_id)
    return {
        "title": f"{line.batch_code}, {line.priming}, on {line.responder_code}",
        "mode": line.mode,
        "file_id": analysis.accepted_import.source_file_id,
        "doses": [
            {
                "dose": point.msc_per_responder,
                "label": ratio_text(point.msc_per_responder),
                "suppression_percent": point.suppression_percent,
                "se_percent": point.se_percent,
                "replicates": [
                    {
                        "well": str(replicate.well),
                        "signal": replicate.signal,
                        "suppression_percent": replicate.suppression_percent,
                        "sheet": places[replicate.well].sheet,
                        "cell": places[replicate.well].cell,
                    }
                    for replicate in point.replicates
                ],
            }
            for point in result.points
        ],
        "fit": _fit_line(result),
        "r50": result.r50.value if result.r50 else None,
    }


def _places(signals: Signals) -> dict[WellAddress, SourceCell]:
    return {well: signal.source for well, signal in signals.items() if signal.source is not None}


def _fit_line(result: CurveResult) -> list[tuple[float, float]]:
    if result.fit is None or not result.points:
        return []
    first, last = result.points[0], result.points[-1]
    return fitted_line(result.fit, first.msc_per_responder, last.msc_per_responder)


def _is_same_but_mode(other: CurveLine, line: CurveLine) -> bool:
    return replace(other.result.key, mode=line.result.key.mode) == line.result.key
