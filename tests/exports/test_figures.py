"""The figure: journal size, text that stays text, nothing clipped, told apart without colour."""

import csv
import io
import math
import re
import struct
import zlib
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from lims_msc.domain.curve import CurveResult
from lims_msc.domain.exporting import PublicationBundle
from lims_msc.errors import InputError
from lims_msc.exports.curve_tables import CURVES
from lims_msc.exports.figure_drawing import _limits, fitted_line
from lims_msc.exports.figure_panels import SOURCE_DATA, panels_of, styles_of
from lims_msc.exports.figure_text import text_mm
from lims_msc.exports.figures import FigurePdf, FigurePng, FigureSvg
from lims_msc.science.model_choice import fit_suppression_curve

from .bundles import COMMA_BATCH, NOT_EVALUABLE, key, plate, point, study_bundle, tricky_bundle

POINTS_PER_MM = 72 / 25.4
SVG_TEXT = "{http://www.w3.org/2000/svg}text"


def svg_texts(bundle: PublicationBundle, **options: str) -> list[str]:
    root = ET.fromstring(FigureSvg().write(bundle, options))
    return ["".join(node.itertext()) for node in root.iter(SVG_TEXT)]


def one_panel(*curves: CurveResult) -> PublicationBundle:
    only = plate("P-1", b"", (), (), curves=curves)
    return replace(tricky_bundle(), plates=(only,))


def test_the_svg_is_89_mm_wide_and_its_type_is_5_to_7_points() -> None:
    data = FigureSvg().write(study_bundle(), {})
    root = ET.fromstring(data)
    assert float(root.attrib["width"].removesuffix("pt")) == pytest.approx(89 * POINTS_PER_MM)
    assert root.attrib["width"].removesuffix("pt") == root.attrib["viewBox"].split()[2]
    sizes = {float(size) for size in re.findall(rb"font-size: ([0-9.]+)px", data)}
    assert sizes <= {5.0, 6.0, 7.0}
    assert set(re.findall(rb"font-family: ([^;\"]+)", data)) == {
        b"Arimo, Arial, Helvetica, sans-serif"
    }


def test_text_in_the_svg_is_text() -> None:
    texts = svg_texts(tricky_bundle())
    assert "Suppression (%)" in texts
    assert "MSC:responder (more MSC →)" in texts
    assert {"1:50", "1:10", "1:2"} <= set(texts)
    assert any(COMMA_BATCH in text for text in texts)


@pytest.mark.parametrize("responders", [("PBMC-01",), ("PBMC-01", "pool " * 20, "B", "C", "D")])
def test_no_text_leaves_the_page(responders: tuple[str, ...]) -> None:
    curves = [
        CurveResult(key("M", "primed " * 20, name), "ok", "", "", (point(0.1, (9.0,)),))
        for name in responders
    ]
    root = ET.fromstring(FigureSvg().write(one_panel(*curves), {}))
    seen = 0
    for node in root.iter(SVG_TEXT):
        place = re.search(r"translate\(([0-9.]+)", node.attrib["transform"])
        if "rotate(-90" in node.attrib["transform"]:
            continue
        x = float(place[1] if place else node.attrib["x"])
        size = re.search(r"font-size: ([0-9.]+)px", node.attrib["style"])
        assert size is not None
        width = text_mm("".join(node.itertext()), float(size[1])) * POINTS_PER_MM
        anchor = re.search(r"text-anchor: (\w+)", node.attrib["style"])
        left = x - width * {"middle": 0.5, "end": 1.0}.get(anchor[1] if anchor else "start", 0.0)
        assert left >= 0, node.text
        assert left + width <= 89 * POINTS_PER_MM, node.text
        seen += 1
    assert seen > 10


def test_the_figure_says_mode_n_kind_of_error_and_what_is_not_drawn() -> None:
    said = " ".join(svg_texts(tricky_bundle()))
    assert (
        "Background mode FULL; n = 2 MSC batches of 2 donors; 1 plate; 1–3 wells per dose" in said
    )
    assert "standard error (SE)" in said
    assert f"Not drawn: MSC-3: {NOT_EVALUABLE}" in said


def test_simulated_data_are_called_so_and_measured_data_are_not() -> None:
    assert any(text.startswith("Simulated data") for text in svg_texts(tricky_bundle()))
    measured = " ".join(svg_texts(tricky_bundle(is_simulated=False)))
    assert "Simulated" not in measured
    assert "simulated data" not in measured


def test_the_pdf_page_is_89_mm_wide_and_embeds_its_font() -> None:
    data = FigurePdf().write(tricky_bundle(), {})
    box = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]", data)
    assert box is not None
    assert float(box[1]) == pytest.approx(89 * POINTS_PER_MM)
    assert b"/FontFile2" in data
    assert re.search(rb"/BaseFont /[A-Z]{6}\+Arimo", data)
    assert b"CreationDate" not in data


def test_the_png_is_89_mm_wide_at_450_dpi() -> None:
    data = FigurePng().write(tricky_bundle(), {})
    (width,) = struct.unpack(">I", data[16:20])
    assert width == int(89 / 25.4 * 450)
    start = data.index(b"pHYs") + 4
    per_metre = struct.unpack(">II", data[start : start + 8])
    assert [round(number * 0.0254) for number in per_metre] == [450, 450]
    assert struct.unpack(">I", data[start + 9 : start + 13])[0] == zlib.crc32(
        data[start - 4 : start + 9]
    )


@pytest.mark.parametrize("exporter", [FigureSvg, FigurePdf, FigurePng])
def test_the_same_bundle_gives_the_same_bytes(
    exporter: type[FigureSvg | FigurePdf | FigurePng],
) -> None:
    first = exporter().write(tricky_bundle(), {})
    FigureSvg().write(study_bundle(), {})
    assert exporter().write(tricky_bundle(), {}) == first


def test_the_settings_of_the_machine_neither_matter_nor_change() -> None:
    import matplotlib as mpl

    expected = FigureSvg().write(tricky_bundle(), {})
    with mpl.rc_context({"axes.grid": True, "font.size": 20}):
        assert FigureSvg().write(tricky_bundle(), {}) == expected
        assert mpl.rcParams["axes.grid"] is True
        assert mpl.rcParams["font.size"] == 20


def test_the_axis_holds_every_well_and_error_bar_and_has_room_below_0() -> None:
    low, high = _limits(panels_of(tricky_bundle(), {})[0])
    assert low < -41.5
    assert high > 109.5
    calm = one_panel(CurveResult(key("M"), "ok", "", "", (point(0.1, (40.0, 42.0)),)))
    low, high = _limits(panels_of(calm, {})[0])
    assert low < 0
    assert high > 100


def test_no_two_curves_look_alike_even_without_colour() -> None:
    for number in (6, 40):
        curves = tuple(
            CurveResult(key(f"MSC-{i}"), "ok", "", "", (point(0.1, (9.0,)),)) for i in range(number)
        )
        styles = styles_of(panels_of(one_panel(*curves), {})).values()
        assert len(set(styles)) == number
    shapes = [(s.marker, s.fill, s.line) for s in styles_of(panels_of(study_bundle(), {})).values()]
    assert len(set(shapes)) == len(shapes) == 6


def test_a_batch_looks_the_same_in_every_panel() -> None:
    panels = panels_of(study_bundle(), {})
    assert [panel.letter for panel in panels] == ["a", "b", "c"]
    assert len({tuple(d.label for d in panel.drawn) for panel in panels}) == 1
    assert len(styles_of(panels)) == 6


def test_curves_of_one_batch_are_told_apart_by_what_differs() -> None:
    curve = CurveResult(key("M", "resting"), "ok", "", "", (point(0.1, (9.0,)),))
    other = replace(curve, key=replace(curve.key, treatment="NS-398 10 µM"))
    panel = panels_of(one_panel(curve, other), {})[0]
    assert [d.label for d in panel.drawn] == ["M, resting, none", "M, resting, NS-398 10 µM"]


def test_a_fit_is_drawn_only_where_it_is_ok_and_only_between_tested_doses() -> None:
    curve = study_bundle().plates[0].curves[0]
    xs, ys = fitted_line(curve.fit, [-2.0, -1.0])
    assert (xs[0], xs[-1]) == (-2.0, -1.0)
    # By the equation at dose 0.1: -6 + (96 + 6)/(1 + (0.03/0.1)^1.3)
    assert ys[-1] == pytest.approx(-6 + 102 / (1 + 0.3**1.3))
    failed = tricky_bundle().plates[0].curves[1]
    assert fitted_line(failed.fit, [-2.0, -1.0]) == ([], [])


def test_a_fit_of_our_own_is_drawn_through_its_r50_and_written_with_its_parameters() -> None:
    doses = [0.0125, 0.025, 0.05, 0.1, 0.2, 0.5]
    heights = [4.0, 11.0, 26.0, 52.0, 71.0, 88.0]
    fit = fit_suppression_curve(doses, heights)
    assert fit.r50_absolute is not None
    _, ys = fitted_line(fit, [math.log10(doses[0]), math.log10(fit.r50_absolute.value)])
    assert ys[-1] == pytest.approx(50)
    points = tuple(point(d, (h,)) for d, h in zip(doses, heights, strict=True))
    bundle = one_panel(CurveResult(key("M"), "ok", "", "", points, fit=fit))
    row = next(csv.DictReader(io.StringIO(CURVES.write(bundle).decode(), newline="")))
    written = {name for name in row if f"{name}_se" in row and row[name]}
    doses_of_half = {"fit_r50_absolute", "fit_r50_relative"}
    assert written == {f"fit_{name}" for name, _ in fit.parameters} | doses_of_half


def test_options_restrict_the_figure_to_a_plate_and_a_mode() -> None:
    said = " ".join(svg_texts(tricky_bundle(), plate="P-1", mode="NONE"))
    assert "Background mode NONE" in said
    assert "Background mode FULL" not in said
    with pytest.raises(InputError, match="no plate 'P-9'"):
        FigureSvg().write(tricky_bundle(), {"plate": "P-9"})
    with pytest.raises(InputError, match="no curve to draw"):
        FigureSvg().write(tricky_bundle(), {"plate": "P-2"})


def test_names_from_people_are_drawn_as_they_are() -> None:
    names = ("_hidden", "$x^2$ \\frac", "<b>&", "A" * 90, "nul\x00l\u200b")
    curves = [CurveResult(key(n), "ok", "", "", (point(0.1, (9.0,)),)) for n in names]
    texts = svg_texts(one_panel(*curves))
    assert {"_hidden", "$x^2$ \\frac", "<b>&", "null"} <= set(texts)
    assert "".join(text for text in texts if set(text) == {"A"}) == "A" * 90


def test_source_data_hold_every_symbol_of_the_figure() -> None:
    bundle = tricky_bundle()
    rows = list(csv.DictReader(io.StringIO(SOURCE_DATA.write(bundle).decode(), newline="")))
    assert [row["symbol"] for row in rows].count("mean") == 5
    assert [row["symbol"] for row in rows].count("well") == 11
    assert {row["panel"] for row in rows} == {"a"}
    assert float(rows[0]["suppression_percent"]) == pytest.approx(-36.583333, abs=1e-6)
    assert float(rows[0]["se_percent"]) == 2.5
