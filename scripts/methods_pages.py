"""Which module of lims_msc/science stands on which page of docs/methods, in reading order."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page: its file, its title, what it is about, and the modules that stand on it."""

    name: str
    title: str
    about: str
    modules: tuple[str, ...]


PAGES = (
    Page(
        "suppression",
        "Suppression and its background",
        "percentages from wells in four background modes, with errors that know shared wells",
        ("suppression", "uncertainty", "propagation"),
    ),
    Page(
        "summaries",
        "Dose and summaries of a curve",
        "anchor dose, area, dose of half suppression, maximum, and whether there is an effect",
        ("summaries", "half_suppression", "dose_effect"),
    ),
    Page(
        "curves",
        "Curve models and fits",
        "4PL and both 5PL families, weights, fixed plateaus, bounds, and what a fit says",
        (
            "curves",
            "fitting",
            "batch_fit",
            "fit_report",
            "fit_covariance",
            "model_choice",
            "several_curves",
            "profile",
            "profile_search",
            "fitted_line",
        ),
    ),
    Page(
        "curve-search",
        "How a fitted curve is found",
        "the search for the least-squares curve, and how it is told that there is none",
        (
            "curve_optimum",
            "dose_table",
            "curve_search",
            "curve_starts",
            "curve_limits",
            "reduced_fit",
        ),
    ),
    Page(
        "standard-curves",
        "Standard curves",
        "immunoassays: standards, read-back, range of quantitation; straight lines",
        (
            "standard_curve",
            "standard_model",
            "standard_range",
            "reading_back",
            "competitive",
            "standard_line",
        ),
    ),
    Page(
        "killing-division-ido",
        "Killing, dye dilution, IDO",
        "specific lysis, indices of division, activity of indoleamine 2,3-dioxygenase",
        ("cytotoxicity", "dye_dilution", "ido_activity"),
    ),
    Page(
        "relative-potency",
        "Relative potency",
        "curves of one shape, parallel lines, equivalence, and when no number is given",
        (
            "potency",
            "similarity",
            "equivalence",
            "dose_response",
            "parallel_lines",
            "unlike_curves",
            "common_shape",
            "potency_profile",
            "common_shape_search",
            "common_shape_rim",
        ),
    ),
    Page(
        "plate-quality",
        "Quality of a plate, and outliers",
        "Z′, windows, CV, drift, edge effects; tests that suggest outliers and remove none",
        ("quality", "plate_effects", "outliers", "dixon_ratio"),
    ),
    Page(
        "control-charts",
        "Control charts and limits of detection",
        "reference batches over runs, their rules, and the smallest difference that can be told",
        ("control_charts", "westgard_rules", "detection_limits"),
    ),
    Page(
        "expansion",
        "Growth of MSC in culture",
        "population doublings, their level, and doubling time; when none is given",
        ("expansion",),
    ),
    Page(
        "donor-tests",
        "Comparisons of donors",
        "one value for each donor; t, rank and exact tests, equivalence, multiplicity",
        (
            "donor_comparisons",
            "donor_means",
            "two_groups",
            "paired",
            "several_groups",
            "contingency",
            "two_one_sided",
            "multiplicity",
            "comparison",
            "t_tests",
            "exact_ranks",
            "moments",
        ),
    ),
    Page(
        "mixed-models",
        "Mixed models",
        "donors, batches and runs as random effects: REML, Satterthwaite, Kenward–Roger",
        (
            "mixed_model",
            "mixed_terms",
            "mixed_columns",
            "mixed_design",
            "log_ratio",
            "mixed_report",
            "satterthwaite",
            "kenward_roger",
        ),
    ),
    Page(
        "mixed-model-search",
        "How a mixed model is computed",
        "the restricted likelihood, its derivatives and its maximum, on the boundary too",
        ("reml_criterion", "reml_search", "mixed_structure", "mixed_moments", "mixed_scaling"),
    ),
)
