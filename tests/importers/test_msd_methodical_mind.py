"""Methodical Mind: one or many lines a plate row, spots that were not read, several sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from lims_msc.importers.msd_methodical_mind import MsdMethodicalMind
from lims_msc.importers.workbook import open_workbook
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

MIND = MsdMethodicalMind()
RULE = "=" * 10


def head(plate: str = "P7", kind: str = "96", spot: str = "all") -> list[str]:
    """The lines above the data."""
    return [
        *("FileName :\trun.txt", "Stack ID :\t0.1", f"Barcode1 :\t<{plate}>", "Barcode2 :\t<>"),
        *(f"Type     :\t{kind}", "Read Time:\t01/01/2026\t12:34:56 EDT"),
        *(
            "Version  :\tMMPR 1.0.38",
            "Serial # :\t123",
            "Orient   :\tNormal",
            f"SpotID   :\t{spot}",
        ),
    ]


def signal(letter: str, column: int, spot: int = 1) -> int:
    """The signal of a spot: A1 is 10101, H12 of spot 3 is 30812."""
    return 10_000 * spot + 100 * (ord(letter) - 64) + column


def data(
    spots: Sequence[int] = (1,), letters: str = "ABCDEFGH", columns: int = 12, of: int = 0
) -> list[str]:
    """The data lines; spots that were not read are blank lines with tabs."""
    lines = [f"{RULE}Data{RULE}", "\t" + "\t".join(map(str, range(1, columns + 1)))]
    for letter in letters:
        for spot in range(1, max(of, *spots) + 1):
            label = letter if spot == 1 else ""
            values = [str(signal(letter, c, spot)) for c in range(1, columns + 1)]
            lines.append("\t".join([label, *(values if spot in spots else [" "] * columns)]))
    return [*lines, ""]


TAIL = [f"{RULE}Processing{RULE}", "Radius   :\t7.00\t7.00", f"{RULE}Statistics{RULE}",
        "Average  :\t287199\t17819"]  # fmt: skip


def text(*parts: list[str]) -> str:
    """The lines of a file."""
    return "\r\n".join(line for part in parts for line in part)


SINGLE = text(head(), data(), TAIL)
MANY = text(head(kind="96 Multi-Spot 4"), data((1, 2, 3, 4)), TAIL)


def read(content: str) -> FileReadings:
    """The readings of a text file."""
    return MIND.read(open_workbook(Source("run.txt", content.encode())))


class TestCorpus(CorpusReadings):
    importer = MsdMethodicalMind
    folder, files, readings = "msd-methodical-mind", 2, 864


class TestContract(ImporterContract):
    importer = MsdMethodicalMind

    def own_files(self) -> Iterable[Source]:
        return [Source("a.txt", SINGLE.encode()), Source("b.txt", MANY.encode())]


def test_one_line_a_plate_row(by_well: Any) -> None:
    file = read(SINGLE)
    found = by_well(file, label="Signal")
    assert (len(found), found["A1"], found["H12"]) == (96, 10101, 10812)
    assert file.plates[0].plate == "P7"
    facts = {f.name: f.value for f in file.facts}
    assert (facts["serial number"], facts["software version"]) == ("123", "MMPR 1.0.38")
    assert file.findings == ()


def test_a_line_for_each_spot(by_well: Any) -> None:
    file = read(MANY)
    assert [r.label for r in file.plates[0].reads] == [f"Signal spot {i}" for i in (1, 2, 3, 4)]
    assert by_well(file, label="Signal spot 3")["H12"] == 30812
    last = file.plates[0].readings[-1]
    assert (str(last.well), last.raw, str(last.source)) == ("H12", "40812", "line 44:13")


def test_spots_that_were_not_read_leave_their_lines_blank(by_well: Any) -> None:
    file = read(text(head(kind="96 Multi-Spot 4"), data((1, 3), of=4), TAIL))
    assert [r.label for r in file.plates[0].reads] == ["Signal spot 1", "Signal spot 3"]
    assert by_well(file, label="Signal spot 3")["B2"] == 30202


@pytest.mark.parametrize("change", ["insert", "delete"])
def test_a_line_more_or_less_never_shifts_the_spots(change: str) -> None:
    lines = MANY.split("\r\n")
    at = lines.index(next(line for line in lines if line.startswith("\t20201")))
    changed = [*lines[:at], "", *lines[at:]] if change == "insert" else lines[:at] + lines[at + 1 :]
    with pytest.raises(InputError, match="other spots"):
        read("\r\n".join(changed))


def test_a_blank_line_between_plate_rows_is_harmless(by_well: Any) -> None:
    found = by_well(read(SINGLE.replace("\r\nD\t", "\r\n\r\nD\t")), label="Signal")
    assert (len(found), found["D1"], found["H12"]) == (96, 10401, 10812)


def test_384_wells_and_part_of_a_plate(by_well: Any) -> None:
    big = data(letters="ABCDEFGHIJKLMNOP", columns=24)
    assert by_well(read(text(head(kind="384"), big, TAIL)))["P24"] == 11624
    part = by_well(read(text(head(), data(letters="CE", columns=3), TAIL)))
    assert set(part) == {"C1", "C2", "C3", "E1", "E2", "E3"}


def test_sections_of_single_spots_and_of_other_plates() -> None:
    file = read(
        text(
            *(head(spot="3"), data(), TAIL, head(spot="8"), data(), TAIL),
            *(head("P8"), data(), TAIL),
        )
    )
    assert [(p.plate, [r.label for r in p.reads]) for p in file.plates] == [
        ("P7", ["Signal spot 3", "Signal spot 8"]),
        ("P8", ["Signal"]),
    ]


def test_a_plate_that_was_read_twice_has_two_reads() -> None:
    file = read(text(head(), data(), TAIL, head(), data(), TAIL))
    assert [r.label for r in file.plates[0].reads] == ["Signal", "Signal [2]"]


@pytest.mark.parametrize("code", ["<*P7*>", "<P7>", "P7"])
def test_the_marks_around_a_barcode_are_no_part_of_it(code: str) -> None:
    assert read(SINGLE.replace("<P7>", code)).plates[0].plate == "P7"


def test_another_orientation_is_told() -> None:
    (warning,) = read(SINGLE.replace("Normal", "Rotated")).findings
    assert (warning.level, warning.code) == ("warning", "orientation")


def test_a_word_in_place_of_a_signal_is_a_marker(by_well: Any) -> None:
    assert by_well(read(SINGLE.replace("10203", "OVER")))["B3"] is Marker.OVERFLOW


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\t10112\r\n", "\t10112\t77\r\n", "'77' stands beside the numbered columns"),
        ("\r\nB\t", "\r\nA\t", "no plate row of its own"),
        ("\r\nB\t", "\r\nsum\t", "no plate row of its own"),
    ],
)
def test_what_cannot_be_placed_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(SINGLE.replace(old, new))


@pytest.mark.parametrize("end", ["10405", "10812", "Data=="])
def test_a_file_that_is_cut_off_is_refused_or_doubted(end: str) -> None:
    cut = SINGLE[: SINGLE.index(end) + len(end)]
    if end == "10812":
        assert [f.code for f in read(cut).findings] == ["cut_off"]
        return
    with pytest.raises(InputError, match=r"ends with the data|no readings"):
        read(cut)


def test_data_beside_a_table_of_discovery_workbench_are_not_claimed() -> None:
    table = "\r\n\r\nSample\tAssay\tWell\tSpot\tSignal\r\nS\tIL-6\tA01\t1\t5\r\n"
    for content, is_mine in ((SINGLE, True), (SINGLE + table, False)):
        book = open_workbook(Source("run.txt", content.encode()))
        assert MIND.sniff(book).is_mine is is_mine
