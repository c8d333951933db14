"""Bundles made by hand: a small one with everything that is awkward, and a laboratory's study."""

import hashlib
import math
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

from lims_msc.domain.curve import (
    BackgroundMode,
    CurveKey,
    CurveResult,
    DosePoint,
    Replicate,
    Summary,
    SummaryStatus,
)
from lims_msc.domain.dose import Dose
from lims_msc.domain.exporting import (
    BatchRecord,
    PlateRecord,
    PublicationBundle,
    RawFile,
    ResponderRecord,
    ReviewRecord,
)
from lims_msc.domain.fit import Estimate, FitResult, FitStatus
from lims_msc.domain.layout import PlateConditions, WellContent, WellRole
from lims_msc.domain.plate import Marker, Read, ReadingKind, SourceCell, WellAddress, WellReading
from lims_msc.domain.values import (
    AssayValue,
    StandardCurveResult,
    StandardLevel,
    ValueKey,
    ValueStatus,
)

EVIL_PRIMING = '=cmd|"/C calc"!A0, IFN-γ'
COMMA_BATCH = 'MSC "Käthe", 3'
NOT_EVALUABLE = "stimulated control is not above the background"
FIRST_FILE, SECOND_FILE = b"first\x00bytes\xff", b"second bytes\r\n"
OD = Read("Label; 1", ReadingKind.ABSORBANCE, wavelength_nm=450.0, unit="{OD}")
DEFINITIONS = {
    BackgroundMode.FULL: "S = 100·(1 − (T − U)/(P − N)), U = unstimulated co-culture",
    BackgroundMode.NONE: "S = 100·(1 − T/P), no background subtracted",
}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def key(
    batch: str,
    priming: str = "",
    responder: str = "PBMC-01",
    mode: BackgroundMode = BackgroundMode.FULL,
) -> CurveKey:
    return CurveKey(batch, priming, responder, "anti-CD3/CD28", "", WellRole.COCULT, mode)


def point(dose: float, wells: tuple[float, ...], se: float | None = 2.5, row: int = 2) -> DosePoint:
    """Return a dose whose wells show these suppressions, in a row of the plate."""
    return DosePoint(
        msc_per_responder=dose,
        suppression_percent=math.fsum(wells) / len(wells),
        se_percent=se,
        signal_mean=1.25,
        background_mean=0.1,
        replicates=tuple(
            Replicate(WellAddress(row, column), 1.25, percent)
            for column, percent in enumerate(wells, 2)
        ),
    )


def measured(name: str, value: float) -> Summary:
    return Summary(name, "%", SummaryStatus.MEASURED, value, value - 3, value + 3, interval="95 %")


def tricky_curves() -> tuple[CurveResult, ...]:
    """From stimulation to beyond 100 %, never reaching 50 %, without numbers, in another mode."""
    wide = (
        point(0.02, (-30.25, -41.5, -38.0)),
        point(0.1, (0.1 + 0.2, 1e-17, 12.0), row=3),
        point(0.5, (104.0, 109.5, 101.0), row=4),
    )
    low = (point(0.1, (10.0,), se=None, row=5), point(0.5, (31.0,), se=None, row=6))
    return (
        CurveResult(
            key(COMMA_BATCH, EVIL_PRIMING),
            "ok",
            "",
            DEFINITIONS[BackgroundMode.FULL],
            wide,
            suppression_at_anchor=measured("suppression_at_anchor", 4.1),
            normalised_auc=measured("normalised_auc", 21.0),
            r50=Summary(
                "r50",
                "MSC per responder",
                SummaryStatus.BRACKETED,
                0.2,
                0.15,
                None,
                all_values=(0.2,),
            ),
            maximum=measured("maximum", 104.83333333333333),
            missing_wells=(WellAddress(3, 5),),
        ),
        CurveResult(
            key("MSC-2"),
            "ok",
            "",
            DEFINITIONS[BackgroundMode.FULL],
            low,
            r50=Summary(
                "r50",
                "MSC per responder",
                SummaryStatus.ABOVE_HIGHEST_DOSE,
                reason="suppression stays below 50 %",
                bound=0.5,
            ),
            fit=FitResult("4pl", "y = …", FitStatus.TOO_FEW_DOSES, "2 doses, and 4 are needed"),
        ),
        CurveResult(
            key("MSC-3", responder="PBMC-02"),
            "undefined",
            NOT_EVALUABLE,
            DEFINITIONS[BackgroundMode.FULL],
        ),
        CurveResult(
            key("MSC-2", mode=BackgroundMode.NONE),
            "ok",
            "",
            DEFINITIONS[BackgroundMode.NONE],
            (point(0.1, (5.0, 6.0)), point(0.5, (20.0, 22.0))),
        ),
    )


def tricky_bundle(*, is_simulated: bool = True) -> PublicationBundle:
    """Two plates whose files have one name, hostile names, markers, and curves of every kind."""
    contents = (
        WellContent(
            WellAddress(2, 2),
            WellRole.COCULT,
            COMMA_BATCH,
            EVIL_PRIMING,
            "PBMC-01",
            "anti-CD3/CD28",
            dose=Dose(msc_cells=1, responder_cells=10),
            msc_cells_per_well=5000,
            responder_cells_per_well=50000,
            note="pipetted\nby “Jürgen”",
            source=SourceCell("Wells", "A2"),
        ),
        WellContent(WellAddress(2, 3), WellRole.RESP_STIM, responder_code="PBMC-01"),
    )
    readings = (
        WellReading(
            OD,
            SourceCell("Raw, data", "C14"),
            "0,30000000000000004",
            WellAddress(2, 2),
            value=0.1 + 0.2,
        ),
        WellReading(
            OD, SourceCell("Raw, data", "D14"), "OVER", WellAddress(2, 3), marker=Marker.OVERFLOW
        ),
        WellReading(OD, SourceCell("Raw, data", "E14"), "-0.012", WellAddress(2, 4), value=-0.012),
        WellReading(
            Read("Label 2", ReadingKind.LUMINESCENCE),
            SourceCell("", "7:3"),
            "5E-324",
            sample="@SUM(1+1)",
            time_s=60.5,
            value=5e-324,
        ),
    )
    reviews = (
        ReviewRecord("submit", "Ärztin A.", datetime(2026, 1, 2, 8, 0, tzinfo=UTC), ""),
        ReviewRecord("approve", "B.", datetime(2026, 1, 3, 9, 30, tzinfo=UTC), "+1, looks right"),
    )
    plates = (
        plate("P-1", FIRST_FILE, contents, readings, curves=tricky_curves(), reviews=reviews),
        plate("P-2", SECOND_FILE, contents, readings),
    )
    return PublicationBundle(
        "STUDY/1",
        "Käthe's <study> & more",
        is_simulated,
        datetime(2026, 1, 3, 9, 30, tzinfo=UTC),
        "C.",
        "1.2.3",
        plates,
        (
            BatchRecord(COMMA_BATCH, "D-1", "female", "bone marrow", "patient", "ITP", 31.5, 3),
            BatchRecord("MSC-2", "D-2", "male", "bone marrow", "healthy", "", None, None),
        ),
        (ResponderRecord("PBMC-01", "PBMC", "", 5),),
        tuple(
            RawFile("../Platte 1.xlsx", sha256(data), data) for data in (FIRST_FILE, SECOND_FILE)
        ),
    )


def plate(
    code: str,
    data: bytes,
    wells: tuple[WellContent, ...],
    readings: tuple[WellReading, ...],
    *,
    curves: tuple[CurveResult, ...] = (),
    reviews: tuple[ReviewRecord, ...] = (),
    assay: str = "T-cell proliferation",
) -> PlateRecord:
    return PlateRecord(
        plate_code=code,
        experiment_code="RUN-1",
        run_date="2026-01-01",
        operator="Jürgen",
        assay_key=assay.lower().replace(" ", "_"),
        assay_title=assay,
        readout="brdu",
        arrest="none",
        file_name="Platte 1.xlsx",
        file_sha256=sha256(data),
        importer="tecan_icontrol 1",
        read_label="Label 1",
        read_time_s=None,
        analysis_version=2,
        code_version="1.2.3",
        headline_mode="FULL",
        wells=wells,
        readings=readings,
        curves=curves,
        reviews=reviews,
    )


def study_bundle() -> PublicationBundle:
    """A study of three assays with six curves each, made from logistic curves with known noise."""
    assays = (
        ("T-cell proliferation", "PBMC-07", 1.0),
        ("B-cell proliferation", "B-03", 0.8),
        ("NK-cell proliferation", "NK-11", 0.6),
    )
    materials = tuple(
        product(("MSC-HD-001", "MSC-ITP-004", "MSC-SLE-002"), ("resting", "IFN-γ 20 ng/mL 24 h"))
    )
    plates = tuple(
        plate(
            f"P-{assay[0]}",
            FIRST_FILE,
            (),
            (),
            curves=tuple(logistic_curve(n, *m, responder, share) for n, m in enumerate(materials)),
            assay=assay,
        )
        for assay, responder, share in assays
    )
    batches = tuple(
        BatchRecord(code, f"D-{code[-7:]}", "female", "bone marrow", "", "", 40.0, 3)
        for code in dict.fromkeys(batch for batch, _ in materials)
    )
    moment = datetime(2026, 1, 3, tzinfo=UTC)
    return PublicationBundle(
        "DEMO", "Demonstration", True, moment, "C.", "1.2.3", plates, batches, (), ()
    )


def logistic_curve(
    number: int, batch: str, priming: str, responder: str, share: float
) -> CurveResult:
    """Return a curve along y = y_zero + (y_inf − y_zero)/(1 + (ec50/x)^hill) with its exact fit."""
    y_zero, y_inf, ec50, hill = -6.0, share * (96 - 7 * number), 0.03 * 1.7**number, 1.3
    points = []
    for step, dose in enumerate((0.0125, 0.025, 0.05, 0.1, 0.2, 0.5)):
        height = y_zero + (y_inf - y_zero) / (1 + (ec50 / dose) ** hill)
        noise = tuple(5 * math.sin(7 * number + 3 * step + well) for well in range(3))
        points.append(point(dose, tuple(height + n for n in noise), 3.0, step + 1))
    values = {"y_zero": y_zero, "y_inf": y_inf, "ec50": ec50, "hill": hill}
    fit = FitResult(
        "4pl",
        "y = y_zero + (y_inf − y_zero)/(1 + (ec50/x)^hill)",
        FitStatus.OK,
        parameters=tuple((name, Estimate(value)) for name, value in values.items()),
        n_values=18,
    )
    mode = BackgroundMode.FULL
    return CurveResult(
        key(batch, priming, responder), "ok", "", DEFINITIONS[mode], tuple(points), fit=fit
    )


def concentration(sample: str, status: ValueStatus, **numbers: float | str | None) -> AssayValue:
    return AssayValue(
        ValueKey(WellRole.SAMPLE, sample_code=sample),
        "concentration",
        "IFN-γ",
        "pg/mL",
        status,
        definition="= concentration · dilution factor",
        wells=(WellAddress(2, 2), WellAddress(2, 3)),
        **numbers,  # type: ignore[arg-type]
    )


def lysis() -> AssayValue:
    """A killing below that of the spontaneous release: negative, and never clipped."""
    key = ValueKey(
        WellRole.E_T,
        "MSC-2",
        "resting",
        "NK-1",
        "IL-2",
        msc_per_responder=0.1,
        effectors_per_target=10.0,
    )
    return AssayValue(
        key,
        "specific_lysis",
        "Specific lysis",
        "%",
        ValueStatus.OK,
        value=-3.25,
        se=1e-17,
        low=-8.0,
        high=1.5,
        interval="95 %, delta method",
        definition="%SL = 100·(E_T − S)/(M − S)",
        wells=(WellAddress(8, 12),),
    )


def values_bundle() -> PublicationBundle:
    """A plate without curves: numbers, bounds, reasons, and a standard curve without range."""
    bundle = tricky_bundle()
    fit = FitResult(
        "4pl",
        "y = y_zero + (y_inf − y_zero)/(1 + (ec50/x)^hill)",
        FitStatus.OK,
        warnings=("few standards",),
        parameters=(("y_zero", Estimate(0.1 + 0.2, 0.01)), ("y_inf", Estimate(4.0))),
        residual_sum_of_squares=0.25,
        n_values=4,
    )
    wells = (WellAddress(1, 1), WellAddress(1, 2))
    levels = (
        StandardLevel(0.0, wells, 0.01, None, None, None, False, "the zero standard"),
        StandardLevel(50.0, wells, 0.5, 3.5, 51.5, 103.0, True),
    )
    failed = FitResult("4pl", "", FitStatus.TOO_FEW_DOSES, "2 standards, and 4 are needed")
    curves = (
        StandardCurveResult("pg/mL", "1/y²", fit, levels, 10.0, 150.0, "80 to 120 %"),
        StandardCurveResult(
            "pg/mL", "none", failed, reason="no two standards in a row are accepted"
        ),
    )
    values = (
        concentration("=007", ValueStatus.OK, value=520.0000000000001, se=2.0, low=500.0),
        concentration("low", ValueStatus.BELOW_RANGE, bound=100.0),
        concentration("high", ValueStatus.ABOVE_RANGE, bound=1500.0),
        concentration("lost", ValueStatus.WITHHELD, reason="a well has no number", value=3.0),
        lysis(),
    )
    made = plate("P-3", FIRST_FILE, bundle.plates[0].wells, (), assay="IFN-γ ELISA")
    made = replace(
        made,
        headline_mode="NONE",
        values=values,
        standard_curves=curves,
        conditions=PlateConditions("pg/mL", 0.2, 24.0),
    )
    return replace(bundle, plates=(made,))
