"""A plate read at two wavelengths: the reference is subtracted once, and everything says so."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from conftest import People
from factories import INVENTED_HALF_SUPPRESSION, add_plate, take, two_wavelength_file
from sqlalchemy import select, text

from lims_msc.demo.invented import invented_signals
from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Source
from lims_msc.domain.plate import Marker, WellAddress
from lims_msc.domain.review import ReviewAction
from lims_msc.domain.wording import r50_text
from lims_msc.errors import InputError, LayoutMismatch, StaleVersion
from lims_msc.models import Analysis, AuditRow, Import
from lims_msc.registry import Registry
from lims_msc.services import analyses, curve_pages, exports, imports, plate_pages, queries
from lims_msc.services.codec import to_json
from lims_msc.services.imports import Choices
from lims_msc.services.plate_maps import layout_of
from lims_msc.services.transaction import Database
from lims_msc.services.value_pages import places_of, signals_of_analysis

DIFFERENCE = "450 nm minus 570 nm"
AS_SAID = "450 nm − 570 nm (reference read subtracted in each well)"
TRUE = {well: signal.value for well, signal in invented_signals().items()}
Take = Callable[..., int]


@pytest.fixture
def take_file(lab: Database, registry: Registry, people: People) -> Take:
    """Register the invented plate and take a file with this read; return the analysis."""
    plate_id = add_plate(lab, registry, people.technician)

    def take_file(source: Source, read_key: str = DIFFERENCE) -> int:
        file_id = imports.receive(lab, registry, people.technician, plate_id, source)
        choices = Choices(read_key=read_key)
        actor = people.technician
        return imports.accept(lab, registry, actor, plate_id, file_id, choices=choices)

    return take_file


@pytest.fixture
def corrected(lab: Database, take_file: Take) -> Database:
    """The invented plate from the difference of its two reads: analysis number 1."""
    assert take_file(two_wavelength_file()) == 1
    return lab


def half_suppressions(database: Database, registry: Registry) -> dict[str, str]:
    with database.reading() as session:
        curves = queries.curves_of_analysis(session, registry, 1)
    found = {curve.mode: r50_text(curve.result.r50) for curve in curves}
    return {mode: found[mode] for mode in INVENTED_HALF_SUPPRESSION}


def test_the_difference_gives_the_results_of_the_corrected_signal(
    corrected: Database, registry: Registry
) -> None:
    with corrected.reading() as session:
        analysis = session.get_one(Analysis, 1)
        assert (analysis.read_label, analysis.reference_read_label) == ("450 nm", "570 nm")
        signals = signals_of_analysis(session, 1)
    assert {well: signal.value for well, signal in signals.items()} == pytest.approx(TRUE)
    assert half_suppressions(corrected, registry) == INVENTED_HALF_SUPPRESSION


def test_the_signal_read_by_itself_gives_other_results(
    lab: Database, registry: Registry, take_file: Take
) -> None:
    take_file(two_wavelength_file(), "450 nm")
    with lab.reading() as session:
        assert session.get_one(Analysis, 1).reference_read_label is None
        assert all(
            signal.subtraction is None for signal in signals_of_analysis(session, 1).values()
        )
    assert half_suppressions(lab, registry) != INVENTED_HALF_SUPPRESSION


def test_no_difference_is_chosen_unless_a_person_does(
    lab: Database, registry: Registry, people: People, take_file: Take
) -> None:
    with pytest.raises(InputError, match="holds 2 reads of the plate"):
        take_file(two_wavelength_file(), "")
    file_id = imports.receive(lab, registry, people.technician, 1, two_wavelength_file())
    seen = imports.preview(lab, registry, 1, file_id, Choices())
    assert (seen.read.key, seen.read.reference_label) == ("450 nm", None)


@pytest.mark.parametrize(
    ("measured", "reference", "marker"),
    [
        ({"C2": "OVER"}, {}, Marker.OVERFLOW),
        ({}, {"C2": "OVER"}, Marker.ERROR),
    ],
)
def test_a_well_without_one_of_the_numbers_is_left_out_and_never_zero(
    lab: Database,
    take_file: Take,
    measured: dict[str, object],
    reference: dict[str, object],
    marker: Marker,
) -> None:
    take_file(two_wavelength_file(measured, reference))
    with lab.reading() as session:
        signal = signals_of_analysis(session, 1)[WellAddress.parse("C2")]
        assert (signal.value, signal.marker) == (None, marker)
        (curve,) = (c for c in session.get_one(Analysis, 1).curves if c.is_headline)
        assert curve.result["missing_wells"] == [to_json(WellAddress.parse("C2"))]


def test_a_well_without_a_reading_of_the_reference_blocks_the_import(take_file: Take) -> None:
    with pytest.raises(LayoutMismatch) as refusal:
        take_file(two_wavelength_file({}, {"C2": None}))
    (finding,) = (f for f in refusal.value.findings if f.level is Level.ERROR)
    assert "uses well C2, but what was chosen as the signal is not read there" in finding.message


def test_a_density_too_high_to_be_linear_is_told_though_the_difference_is_not(
    lab: Database, take_file: Take
) -> None:
    take_file(two_wavelength_file({"B2": 3.05}, {"B2": 0.1}))
    with lab.reading() as session:
        assert signals_of_analysis(session, 1)[WellAddress.parse("B2")].value == 3.05 - 0.1
        found = {f["code"]: f["well"] for f in session.get_one(Analysis, 1).findings}
    assert found["signal_saturated"] == "B2"


def test_a_difference_that_was_subtracted_already_is_doubted(
    lab: Database, take_file: Take
) -> None:
    take_file(two_wavelength_file({}, {"C2": 3.9}))
    with lab.reading() as session:
        found = {f["code"]: f for f in session.get_one(Analysis, 1).findings}
    assert "subtracted twice" in found["negative_signals"]["message"]


def earlier_digest(*parts: Any) -> str:
    lines = json.dumps([to_json(part) for part in parts], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(lines.encode()).hexdigest()


def test_the_input_digest_of_one_read_is_that_of_earlier_releases(analysed: Database) -> None:
    with analysed.reading() as session:
        analysis = session.get_one(Analysis, 1)
        signals = signals_of_analysis(session, 1)
        told = [
            {
                name: to_json(getattr(signals[well], name))
                for name in ("well", "value", "marker", "source")
            }
            for well in sorted(signals)
        ]
        layout = layout_of(analysis.plate)
        contents = [to_json(layout.contents[well]) for well in sorted(layout.contents)]
        later = ("sample_code", "sample_of", "dilution_factor", "standard_concentration")
        for content in contents:
            for name in (*later, "effectors_per_target"):
                del content[name]
        sha256 = analysis.accepted_import.source_file.sha256
        expected = earlier_digest(contents, told, analysis.settings, sha256)
        assert analysis.input_sha256 == expected
        assert analyses.stored_input_digest(session, analysis) == expected


def test_a_difference_computed_again_is_the_same_and_other_reads_are_another(
    corrected: Database, registry: Registry, people: People
) -> None:
    with corrected.unit_of_work(people.technician, "again") as session:
        source = session.scalars(select(Import)).one()
        first = analyses.read_of(session.get_one(Analysis, 1))
        alone = imports.ReadChoice("450 nm", "", "450 nm", None)
        for read in (first, alone):
            analyses.compute(session, registry, people.technician, source, read)
    with corrected.reading() as session:
        old, same, other = (session.get_one(Analysis, number) for number in (1, 2, 3))
        assert (same.input_sha256, same.result_sha256) == (old.input_sha256, old.result_sha256)
        assert other.input_sha256 != old.input_sha256
        for analysis in (old, same, other):
            assert analyses.stored_input_digest(session, analysis) == analysis.input_sha256


def approved_pack(database: Database, registry: Registry, people: People) -> dict[str, str]:
    with database.unit_of_work(people.reviewer, "for the paper") as session:
        actor = people.reviewer
        written = exports.export_study(session, registry, actor, 1, "pack")
    with zipfile.ZipFile(io.BytesIO(written.data)) as pack:
        names = [name for name in pack.namelist() if name.endswith((".csv", ".md"))]
        return {name.rsplit("/", 1)[-1]: pack.read(name).decode("utf-8-sig") for name in names}


@pytest.fixture
def approved(corrected: Database, people: People) -> Database:
    take(corrected, people.technician, 1, ReviewAction.SUBMIT)
    take(corrected, people.reviewer, 1, ReviewAction.APPROVE)
    return corrected


def test_the_publication_pack_says_which_read_was_subtracted(
    approved: Database, registry: Registry, people: People
) -> None:
    pack = approved_pack(approved, registry, people)
    rows = list(csv.DictReader(io.StringIO(pack["curves.csv"])))
    assert {(r["read_label"], r["reference_read_label"]) for r in rows} == {("450 nm", "570 nm")}
    readings = list(csv.DictReader(io.StringIO(pack["readings.csv"])))
    assert {row["read_label"] for row in readings} == {"450 nm", "570 nm"}
    assert "reference read subtracted in each well" in pack["methods.md"]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE msc_reading SET value = value + 0.01 WHERE read_label = '570 nm' AND position = 40",
        'UPDATE msc_reading SET value = value + 0.01 WHERE row = 3 AND "column" = 2',
        "UPDATE msc_analysis SET reference_read_label = NULL",
        "UPDATE msc_analysis SET read_label = '570 nm', reference_read_label = '450 nm'",
    ],
)
def test_a_reference_that_was_changed_behind_our_back_does_not_leave(
    approved: Database, registry: Registry, people: People, tampering: str
) -> None:
    with approved.engine.begin() as connection:
        assert connection.execute(text(tampering)).rowcount
    with pytest.raises(StaleVersion, match="is not what was approved"):
        approved_pack(approved, registry, people)


def test_the_pages_name_both_cells_of_a_well(
    corrected: Database, registry: Registry, people: People
) -> None:
    well = WellAddress.parse("C2")
    with corrected.reading() as session:
        curve = next(c for c in queries.curves_of_analysis(session, registry, 1) if c.is_headline)
        page = curve_pages.curve_page(session, registry, people.reader, curve.curve_id)
        (place,) = places_of([well], signals_of_analysis(session, 1))
        plate = plate_pages.plate_page(session, registry, 1)
    assert (page.analysis.read, plate.read) == (AS_SAID, AS_SAID)
    assert page.places[well] == place.source
    assert page.reference_places[well] == place.reference_source
    assert place.source is not None
    assert place.reference_source is not None
    assert (place.source.cell, place.reference_source.cell) == ("C5", "C16")
    (shown,) = (w for _, wells in plate.grid.rows for w in wells if w.well == "C2")
    assert shown.source == place.source
    assert "minus 0.0" in shown.description
    assert shown.description.endswith("in sheet 'Raw', cell C16")


def test_the_audit_trail_holds_the_reference(corrected: Database) -> None:
    with corrected.reading() as session:
        made = select(AuditRow).where(AuditRow.table_name == "msc_analysis")
        row = session.scalars(made).first()
        assert row is not None
        assert "570 nm" in json.dumps(row.changes)
