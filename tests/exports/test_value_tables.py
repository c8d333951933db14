"""Values and standard curves as tables: exact, a bound never as a number, each with its wells."""

import json
from dataclasses import replace

import pytest

from lims_msc.domain.layout import WellContent, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.exports.tables import WELLS
from lims_msc.exports.tidy import StandardCurvesCsv, ValuesCsv, write_dictionary
from lims_msc.exports.value_tables import STANDARD_CURVES, VALUES

from .bundles import values_bundle
from .test_tables import Rows, plain, rows_of


@pytest.fixture(scope="module")
def values() -> Rows:
    return rows_of(ValuesCsv().write(values_bundle(), {}))


@pytest.fixture(scope="module")
def standards() -> Rows:
    return rows_of(StandardCurvesCsv().write(values_bundle(), {}))


def test_a_value_keeps_every_digit_with_its_unit_interval_and_wells(values: Rows) -> None:
    first = values[0]
    assert plain(first["sample_code"]) == "=007"
    assert (float(first["value"]), first["unit"]) == (520.0000000000001, "pg/mL")
    assert (first["se"], first["low"], first["high"]) == ("2.0", "500.0", "")
    assert (first["wells"], first["n_wells"]) == ("B2 B3", "2")
    assert plain(first["definition"]) == "= concentration · dilution factor"
    assert (first["assay"], first["plate"], first["data_origin"]) == (
        "IFN-γ ELISA",
        "P-3",
        "simulated",
    )


def test_a_bound_is_no_value_and_a_reason_is_no_zero(values: Rows) -> None:
    told = [(row["status"], row["value"], row["bound"], row["reason"]) for row in values[1:4]]
    assert told == [
        ("below_range", "", "100.0", ""),
        ("above_range", "", "1500.0", ""),
        # A number that must not be shown is not written either.
        ("withheld", "", "", "a well has no number"),
    ]


def test_a_negative_lysis_is_not_clipped_and_says_what_it_is_of(values: Rows) -> None:
    row = values[4]
    assert (float(row["value"]), float(row["se"])) == (-3.25, 1e-17)
    assert (row["role"], row["batch"], row["responder"]) == ("E_T", "MSC-2", "NK-1")
    assert (row["msc_per_responder"], row["effectors_per_target"]) == ("0.1", "10.0")


def test_every_level_of_a_standard_curve_is_a_row(standards: Rows) -> None:
    zero, fifty, without = standards
    assert (zero["concentration"], zero["back_calculated"], zero["cv_percent"]) == ("0.0", "", "")
    assert (zero["is_accepted"], zero["reason"]) == ("no", "the zero standard")
    assert (fifty["recovery_percent"], fifty["is_accepted"]) == ("103.0", "yes")
    assert (fifty["lowest"], fifty["highest"], fifty["weighting"]) == ("10.0", "150.0", "1/y²")
    assert fifty["fit_parameters"] == "y_zero y_inf"
    assert json.loads(fifty["fit_values"]) == [0.1 + 0.2, 4.0]
    assert json.loads(fifty["fit_standard_errors"]) == [0.01, None]
    assert [row["standard_curve"] for row in standards] == ["1", "1", "2"]
    assert (without["concentration"], without["is_accepted"], without["wells"]) == ("", "", "")
    assert (without["fit_status"], without["lowest"]) == ("too_few_doses", "")
    assert without["range_reason"] == "no two standards in a row are accepted"


def test_wells_say_samples_standards_ratios_and_conditions() -> None:
    bundle = values_bundle()
    contents = (
        WellContent(
            WellAddress(1, 1),
            WellRole.SAMPLE,
            sample_code="+7",
            sample_of=WellRole.COCULT,
            dilution_factor=2.5,
        ),
        WellContent(WellAddress(1, 2), WellRole.STD, standard_concentration=0.0),
        WellContent(WellAddress(1, 3), WellRole.E_T, effectors_per_target=12.5),
    )
    plates = (replace(bundle.plates[0], wells=contents),)
    sample, standard, killing = rows_of(WELLS.write(replace(bundle, plates=plates)))
    assert (sample["sample_code"], sample["supernatant_of"]) == ("+7", "COCULT")
    assert (sample["dilution_factor"], sample["standard_concentration"]) == ("2.5", "")
    assert (standard["standard_concentration"], standard["concentration_unit"]) == ("0.0", "pg/mL")
    assert (standard["supernatant_volume_ml"], standard["culture_hours"]) == ("0.2", "24.0")
    assert killing["effectors_per_target"] == "12.5"


def test_the_dictionary_says_what_a_bound_and_a_status_mean() -> None:
    lines = {
        (line["file"], line["column"]): line
        for line in rows_of(write_dictionary((VALUES, STANDARD_CURVES)))
    }
    assert "how much is not known" in lines["data/values.csv", "status"]["meaning"]
    assert "never the value itself" in lines["data/values.csv", "bound"]["meaning"]
    assert "LLOQ" in lines["data/standard_curves.csv", "lowest"]["meaning"]
    assert lines["data/standard_curves.csv", "recovery_percent"]["unit"] == "%"


def test_tables_of_a_study_without_values_have_their_head_and_no_row() -> None:
    bundle = values_bundle()
    bare = replace(bundle, plates=(replace(bundle.plates[0], values=(), standard_curves=()),))
    for table in (VALUES, STANDARD_CURVES):
        head, *rows = table.write(bare).decode().splitlines()
        assert head.startswith("study,data_origin,experiment,plate,assay")
        assert rows == []
