"""The methods text of a publication pack, with the definitions that were really used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lims_msc.domain.curve import CurveResult, Summary
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.exporting import PlateRecord, PublicationBundle
from lims_msc.domain.fit import FitResult
from lims_msc.domain.wording import read_text
from lims_msc.exports.curve_columns import r50_text
from lims_msc.exports.figures import SIMULATED_NOTICE
from lims_msc.exports.markdown import listed, plain, table
from lims_msc.exports.relations import relation_paragraph
from lims_msc.exports.rows import is_headline
from lims_msc.exports.value_methods import value_paragraphs

_HEAD = (
    "plate",
    "MSC batch",
    "priming",
    "responder",
    "suppression at anchor",
    "normalised AUC",
    "R50",
)


def write_methods(bundle: PublicationBundle) -> str:
    """Return the methods as Markdown: one section per assay, readout and background mode."""
    groups: dict[tuple[str, ...], list[PlateRecord]] = {}
    for plate in bundle.plates:
        key = (plate.assay_key, plate.readout, plate.headline_mode, repr(plate.settings))
        groups.setdefault(key, []).append(plate)
    notice = f"**{SIMULATED_NOTICE}.**\n\n" if bundle.is_simulated else ""
    sections = "\n\n".join(_section(bundle, plates) for plates in groups.values())
    relations = relation_paragraph(bundle)
    last = f"\n\n## Relation of MSC and responders\n\n{relations}" if relations else ""
    return f"# Methods\n\n{notice}{sections}{last}\n"


def _section(bundle: PublicationBundle, plates: list[PlateRecord]) -> str:
    first = plates[0]
    paragraphs = (
        f"## {plain(first.assay_title)}, {plain(first.readout)}",
        _acquisition(bundle, plates),
        *_curve_paragraphs(plates),
        *value_paragraphs(plates),
    )
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _curve_paragraphs(plates: list[PlateRecord]) -> tuple[str, ...]:
    """Return the paragraphs about suppression curves; none where an assay has only values."""
    first = plates[0]
    curves = [(p, c) for p in plates for c in p.curves if is_headline(p, c)]
    if not curves and any(plate.values for plate in plates):
        return ()
    return (
        _suppression(first, [curve for _, curve in curves]),
        _summaries(first),
        _fits(curve.fit for plate in plates for curve in plate.curves),
        table(_HEAD, (_result(plate, curve) for plate, curve in curves)),
    )


def _acquisition(bundle: PublicationBundle, plates: list[PlateRecord]) -> str:
    arrests = listed(plate.arrest or "not recorded" for plate in plates)
    codes = listed(plate.code_version for plate in plates)
    return (
        f"Plates {listed(p.plate_code for p in plates)} were run on "
        f"{listed(p.run_date for p in plates)} (experiments "
        f"{listed(p.experiment_code for p in plates)}). Growth arrest of the MSC: {arrests}. "
        f"Stimulus of the responders: {listed(_stimuli(plates)) or 'not recorded'}. "
        "The files of the plate reader were read with "
        f"{listed(plate.importer for plate in plates)}, the results computed from the read "
        f"{listed(_read(plate) for plate in plates)} with lims-msc {codes}; this text was written "
        f"with lims-msc {plain(bundle.software_version)}. Every value keeps the cell of the file "
        "that it was read from."
    )


def _suppression(plate: PlateRecord, curves: list[CurveResult]) -> str:
    definitions = listed(curve.definition for curve in curves) or "no curve was computed"
    return (
        f"Suppression is reported in the background mode {plain(plate.headline_mode)}: "
        f"{definitions}. T is the co-culture of responders and MSC with stimulus, P the stimulated "
        "responders without MSC on the same plate. The readings of replicate wells were averaged "
        "before the ratio was formed. Negative values (stimulation) and values above 100 % were "
        "kept. Standard errors follow from the replicate wells, controls included, by the delta "
        "method; they are technical errors of one plate."
    )


def _summaries(plate: PlateRecord) -> str:
    settings = plate.settings
    anchor = f"MSC:responder {ratio_text(settings.anchor_msc_per_responder)}"
    return (
        f"Suppression at the anchor dose {anchor} was measured there or interpolated on log dose "
        "between the neighbouring doses. The normalised AUC is the trapezoid area under "
        "suppression over log10 dose, divided by the width of the tested doses. R50 is the lowest "
        "dose at which the line through the means reaches 50 % of the control's proliferation; "
        "where it lies beyond the tested doses, only the bound is given. Nothing was extrapolated. "
        "Intervals have "
        f"a confidence of {100 * settings.confidence:g} %."
    )


def _fits(fits: Iterable[FitResult | None]) -> str:
    tried = [fit for fit in fits if fit is not None]
    if not tried:
        return ""
    return (
        f"Logistic curves {listed(fit.equation for fit in tried)}, x in MSC per responder, were "
        f"fitted by least squares to the wells; standard errors are "
        f"{listed(fit.standard_errors for fit in tried)}. Fits that did not succeed are in "
        "data/curves.csv with their reason."
    )


def _result(plate: PlateRecord, curve: CurveResult) -> tuple[str, ...]:
    key = curve.key
    names = (plate.plate_code, key.batch_code, key.priming, key.responder_code)
    if not curve.is_ok:
        return (*names, curve.reason or curve.status, "", "")
    r50 = r50_text(curve.r50) or curve.r50.reason if curve.r50 else ""
    return (*names, _percent(curve.suppression_at_anchor), _percent(curve.normalised_auc), r50)


def _percent(summary: Summary | None) -> str:
    if summary is None:
        return ""
    if summary.value is None:
        return summary.reason
    if summary.low is None or summary.high is None:
        return f"{summary.value:.1f} %"
    return f"{summary.value:.1f} % ({summary.low:.1f} to {summary.high:.1f})"


def _stimuli(plates: list[PlateRecord]) -> Iterator[str]:
    for plate in plates:
        yield from (curve.key.stimulus for curve in plate.curves)
        yield from (value.key.stimulus for value in plate.values)


def _read(plate: PlateRecord) -> str:
    return read_text(plate.read_label, plate.read_time_s, plate.reference_read_label)
