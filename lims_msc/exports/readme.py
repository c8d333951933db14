"""The README of a publication pack: what it holds, how far it was reviewed, how to check it."""

from __future__ import annotations

from collections.abc import Mapping

from lims_msc.domain.exporting import PlateRecord, PublicationBundle
from lims_msc.domain.value_wording import count_text
from lims_msc.exports.figures import SIMULATED_NOTICE
from lims_msc.exports.markdown import plain, table
from lims_msc.exports.rows import is_headline, review_state

_CONTENTS = """\
## What is in here

* `raw/`: the files of the instruments and the plate maps, byte for byte as they were uploaded
* `data/readings.csv`: every value of the instrument files with the cell it came from
* `data/wells.csv`: what stood in each well
* `data/curves.csv`: every suppression curve in every background mode, with summaries and fits
* `data/points.csv`: every dose of every curve with its replicate wells
* `data/values.csv`: every result that is no curve: concentrations, lysis, activities, ratios
* `data/standard_curves.csv`: every standard curve with its levels and its range of quantitation
* `data/materials.csv`: the MSC batches and responders
* `data/reviews.csv`: who submitted, approved or returned what, when and why
* `data/dictionary.csv`: what every column means, its unit and type
{figures}* `methods.md`: how the numbers were made, with the results in short
* `manifest.sha256`: the SHA-256 of every other file

## How to check it

Unpack it and run `sha256sum -c manifest.sha256` in its folder (on a Mac:
`shasum -a 256 -c manifest.sha256`). Every line must end with `OK`. The column `file_sha256` of the
tables is the SHA-256 of the raw file that a number came from.

## What to keep in mind

* For research use only; not for diagnosis or for the release of a product.
* Results of different background modes must not be compared or averaged.
* Error bars and intervals are technical: wells of one plate. They say nothing about donors.
* An empty cell is a missing value, never zero.
* A value whose status is `below_range` or `above_range` is known only to lie beyond its bound.
"""
_FIGURES = """\
* `figures/suppression.svg`, `.pdf`, `.png`: the figure, 89 mm wide
* `figures/source_data.csv`: the numbers behind every symbol of the figure
"""
_NO_FIGURE = "* no figure: the study has no curve in the background mode of its assay\n"


def write_readme(
    bundle: PublicationBundle, raw_names: Mapping[str, str], *, has_figures: bool
) -> str:
    """Return the README as Markdown; ``raw_names`` gives the name in ``raw/`` by SHA-256."""
    notice = f"**{SIMULATED_NOTICE}.**\n\n" if bundle.is_simulated else ""
    written = f"{bundle.created_at.isoformat()}, {plain(bundle.created_by)}"
    return (
        f"# {plain(bundle.study_title)}\n\n{notice}"
        f"Publication pack of the study {plain(bundle.study_code)}, "
        f"made with lims-msc {plain(bundle.software_version)}. "
        f"State of the data: {written}\n\n{_counts(bundle)}\n\n"
        f"{table(_PLATE_HEAD, map(_plate_row, bundle.plates))}\n\n"
        f"{_CONTENTS.format(figures=_FIGURES if has_figures else _NO_FIGURE)}\n"
        f"## Raw files\n\n{_raw_table(bundle, raw_names)}\n"
    )


_PLATE_HEAD = ("plate", "experiment", "date", "assay", "review", "results with numbers")


def _plate_row(plate: PlateRecord) -> tuple[str, ...]:
    return (
        plate.plate_code,
        plate.experiment_code,
        plate.run_date,
        plate.assay_title,
        review_state(plate),
        _with_numbers(plate),
    )


def _with_numbers(plate: PlateRecord) -> str:
    headline = [curve for curve in plate.curves if is_headline(plate, curve)]
    counts = []
    if headline or not plate.values:
        ok = sum(curve.is_ok for curve in headline)
        counts.append(f"{ok} of {len(headline)} curves ({plate.headline_mode})")
    if plate.values:
        counts.append(count_text(plate.values))
    return ", ".join(counts)


def _counts(bundle: PublicationBundle) -> str:
    donors = {batch.donor_code for batch in bundle.batches}
    experiments = {plate.experiment_code for plate in bundle.plates}
    return (
        f"n: {len(donors)} MSC donor(s), {len(bundle.batches)} MSC batch(es), "
        f"{len(bundle.responders)} responder(s), {len(experiments)} experiment(s), "
        f"{len(bundle.plates)} plate(s)."
    )


def _raw_table(bundle: PublicationBundle, raw_names: Mapping[str, str]) -> str:
    rows = sorted((raw_names[r.sha256], r.file_name, r.sha256) for r in bundle.raw_files)
    return table(("file in raw/", "name when uploaded", "SHA-256"), rows)
