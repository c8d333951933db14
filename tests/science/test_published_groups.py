"""Published comparisons of donors (DOMAIN 5.1, 5.2, 5.3): the numbers that papers and R give."""

from __future__ import annotations

import pytest

from lims_msc.domain.curve import BackgroundMode
from lims_msc.science.comparison import Question
from lims_msc.science.paired import paired_fold, paired_t, wilcoxon_signed_rank
from lims_msc.science.suppression import ControlWells, DoseWells, suppression_curve
from lims_msc.science.two_groups import student_t, welch_t_of_summaries

# J Biomed Biotechnol 2012:295167, table 1: % regulatory cells of 12 donors without and with medium.
WITHOUT = [3.45, 2.19, 5.04, 1.47, 3.95, 2.87, 5.80, 5.69, 1.30, 1.77, 1.90, 2.92]
WITH = [4.42, 2.91, 5.52, 2.48, 5.73, 4.55, 7.65, 5.81, 3.33, 2.03, 5.39, 5.06]
WITHOUT_25 = [2.12, 1.72, 1.74, 2.84, 1.88, 1.01, 2.84, 3.13, 1.41, 0.70, 0.70, 1.60]
WITH_25 = [4.12, 2.37, 2.26, 3.06, 2.25, 1.95, 4.32, 3.78, 2.32, 1.10, 0.92, 1.70]

# Ribeiro 2013, table 1: % of lymphoblasts, mean and SD, of 17, 5, 7 and 5 samples.
RIBEIRO = {
    "MNC": ((51, 3), (31, 4), (41, 15), (21, 10)),
    "T": ((56, 2), (31, 6), (47, 19), (19, 13)),
    "CD4": ((54, 4), (26, 3), (47, 22), (15, 11)),
    "CD8": ((59, 4), (38, 11), (49, 16), (21, 7)),
    "B": ((18, 3), (9, 1), (18, 9), (7, 4)),
}
RIBEIRO_SUPPRESSION = {
    "MNC": (39.2, 19.6, 58.8),
    "T": (44.6, 16.1, 66.1),
    "CD4": (51.9, 13.0, 72.2),
    "CD8": (35.6, 16.9, 64.4),
    "B": (50.0, 0.0, 61.1),
}


def suppression(coculture: float, control: float) -> float:
    curve = suppression_curve(
        [DoseWells(0.1, [coculture])], ControlWells([control]), BackgroundMode.NONE
    )
    (point,) = curve.points
    return point.suppression_percent


def test_paired_donors_show_the_effect() -> None:
    found = paired_t(WITH, WITHOUT, Question(names=("with", "without")))
    assert found.estimate == pytest.approx(1.3775)
    assert found.interval == pytest.approx((0.7622, 1.9928), abs=5e-5)
    assert (found.statistic, found.degrees_of_freedom) == (pytest.approx(4.9275, abs=5e-5), (11,))
    assert found.p == pytest.approx(0.000451, abs=5e-7)
    assert "n = 12 donors" in found.text


def test_signed_ranks_are_at_their_end() -> None:
    found = wilcoxon_signed_rank(WITH, WITHOUT)
    assert found.details["sum_minus"] == 0
    assert found.p == pytest.approx(2 / 4096)


def test_the_geometric_fold_is_smaller_than_the_mean_of_folds() -> None:
    found = paired_fold(WITH, WITHOUT)
    assert found.estimate == pytest.approx(1.5102, abs=5e-5)
    assert found.details["mean_of_folds"] == pytest.approx(1.5872, abs=5e-5)


def test_the_unpaired_test_is_the_wrong_one() -> None:
    nearly = student_t(WITH, WITHOUT)
    assert (nearly.statistic, nearly.p) == pytest.approx((2.0810, 0.0493), abs=5e-5)
    lost, kept = student_t(WITH_25, WITHOUT_25), paired_t(WITH_25, WITHOUT_25)
    assert lost.p == pytest.approx(0.0891, abs=5e-5)
    assert (kept.statistic, kept.p) == (
        pytest.approx(4.3564, abs=5e-5),
        pytest.approx(0.001143, abs=5e-7),
    )
    assert kept.interval == pytest.approx((0.3488, 1.0612), abs=5e-5)


@pytest.mark.parametrize("cell", RIBEIRO)
def test_suppression_by_source_has_its_ranking_zero_included(cell: str) -> None:
    (control, _), *with_msc = RIBEIRO[cell]
    found = [suppression(mean, control) for mean, _ in with_msc]
    assert found == pytest.approx(RIBEIRO_SUPPRESSION[cell], abs=0.05)
    marrow, cord, fat = found
    assert fat > marrow > cord


def test_published_means_of_unequal_n_are_compared_without_pairing() -> None:
    (control, sd), (marrow, marrow_sd), *_ = RIBEIRO["T"]
    found = welch_t_of_summaries((marrow, marrow_sd, 5), (control, sd, 17))
    assert (found.estimate, found.n) == (pytest.approx(-25), (5, 17))
    assert found.is_significant
    assert "No pairing information" in found.text


@pytest.mark.parametrize(
    ("percent_of_control", "wanted"), [(10, 90), (90, 10), (40, 60), (190, -90), (98, 2)]
)
def test_classic_ranges_are_accepted_stimulation_included(
    percent_of_control: float, wanted: float
) -> None:
    """Le Blanc 2003: proliferation of 10 to 190 % of the control."""
    assert suppression(percent_of_control, 100) == pytest.approx(wanted)


def test_priming_ranks_the_same_on_both_scales_and_says_different_things() -> None:
    """Heliyon 2018;4:e00642: suppression 40 to 65 % (marrow), 51 to 83 % (heart)."""
    before, after = (40.0, 51.0), (65.0, 83.0)
    points = [b - a for a, b in zip(before, after, strict=True)]
    ratios = [(100 - b) / (100 - a) for a, b in zip(before, after, strict=True)]
    assert points == [25.0, 32.0]
    assert ratios == pytest.approx([0.583, 0.347], abs=5e-4)
