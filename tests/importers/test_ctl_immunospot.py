"""ImmunoSpot: grids of fixed width and with tabs, states below zero, calculated grids beside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.ctl_immunospot import CtlImmunoSpot
from lims_msc.importers.workbook import open_workbook
from sample_corpus import WordsOfLines

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker, PlateFormat
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

CTL = CtlImmunoSpot()
HEAD = (
    "Software version: ImmunoSpot 7.0.30.5\r\n"
    "Counted: Tue Oct 03 14:44:50 2026; Authenticated user: 'lab'\r\n"
    "Analyzer Serial number: S6-1; Computer name: pc\r\n\r\nAssay:\t1\r\n\r\n"
)
LETTERS = "ABCDEFGH"
RULE = "_" * 40


def count(letter: str, column: int) -> int:
    """The count that the made-up plates hold in a well: A1 is 21, H12 is 172."""
    return 20 * (LETTERS.index(letter) + 1) + column


def fixed(title: str = "Unprocessed Data", letters: str = LETTERS, factor: float = 1) -> str:
    """A grid of fixed width."""
    header = "".join(f"{c:6}" for c in range(1, 13))
    rows = [
        letter + "".join(f"{count(letter, c) * factor:6g}" for c in range(1, 13))
        for letter in letters
    ]
    lines = [f"\t\t\t{title}", "", "\tC.T.L.\t\t\tImmunoSpot  Plate Code = P7", header, "", *rows]
    return "\r\n".join([*lines, "TNTC: Too numerous to count", ""])


def tabs(*titles: str) -> str:
    """Grids side by side, with tabs and rules; each one's values are ten times the last's."""
    width = "\t" * 14
    ends = "\t" * 3
    rows = [
        ends.join(
            "\t".join([letter, *(str(count(letter, c) * 10**i) for c in range(1, 13))])
            for i, _ in enumerate(titles)
        )
        for letter in LETTERS
    ]
    header = ends.join("\t".join(["", *map(str, range(1, 13))]) for _ in titles)
    named = "\t" + width.join(f"{title}\t" for title in titles)
    rule = "\t" + width.join(f"{RULE}\t" for _ in titles)
    return "\r\n".join([named, "", header, rule, "", *rows, rule, "\t-1 = Well is not counted"])


FIXED = HEAD + fixed() + "\r\n" + fixed("Mean spot sizes (Sq.mm)", factor=0.5)
TABS = HEAD + tabs("Assay Layout") + "\r\n\r\n\r\n" + tabs("Spot Counts", "Mean spot sizes")


def read(text: str) -> FileReadings:
    """The readings of a text file."""
    return CTL.read(open_workbook(Source("run.txt", text.encode())))


class TestCorpus(WordsOfLines):
    importer = CtlImmunoSpot
    folder, files, readings = "ctl-immunospot", 1, 96


class TestContract(ImporterContract):
    importer = CtlImmunoSpot

    def own_files(self) -> Iterable[Source]:
        return [Source("a.txt", FIXED.encode()), Source("b.txt", TABS.encode())]


@pytest.mark.parametrize("text", [FIXED, TABS])
def test_only_the_grid_of_counts_is_read(text: str, by_well: Any) -> None:
    file = read(text)
    expected = {str(w): count(str(w)[0], w.column) for w in PlateFormat.WELLS_96.wells()}
    assert by_well(file) == expected
    assert [r.label for r in file.plates[0].reads] == ["Spot Count"]
    notes = [f.message for f in file.findings]
    assert any("'Mean spot sizes" in note for note in notes)
    assert {f.code for f in file.findings} == {"block_not_read"}


def test_every_count_of_a_line_names_that_line() -> None:
    file = read(FIXED)
    wells = {str(r.well): (str(r.source), r.raw) for r in file.plates[0].readings}
    assert wells["A1"] == ("line 12:1", "21")
    assert wells["B12"] == ("line 13:1", "52")


def test_plate_code_serial_and_version_are_facts() -> None:
    file = read(FIXED)
    facts = {f.name: f.value for f in file.facts}
    assert file.plates[0].plate == "P7"
    assert (facts["serial number"], facts["date"]) == ("S6-1", "Tue Oct 03 14:44:50 2026")
    assert facts["software version"] == "ImmunoSpot 7.0.30.5"
    assert read(FIXED.replace("P7", "\ufffd")).plates[0].plate == ""


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        *(("-1", Marker.MISSING), ("-2", Marker.OVERFLOW), ("-3", Marker.MASKED)),
        *(("-9", Marker.ERROR), ("TNTC", Marker.OVERFLOW)),
    ],
)
def test_states_are_markers_and_never_counts(text: str, marker: Marker, by_well: Any) -> None:
    for whole in (FIXED.replace("   102", f"{text:>6}", 1), TABS.replace("\t102\t", f"\t{text}\t")):
        file = read(whole)
        assert by_well(file)["E2"] is marker
        (warning,) = (f for f in file.findings if f.code == "marker")
        assert (warning.well, f"'{text}'" in warning.message) == ("E2", True)


@pytest.mark.parametrize(("old", "new"), [("   102", "      "), ("   102", "   102    7")])
def test_a_line_of_fixed_width_that_lacks_a_value_is_refused(old: str, new: str) -> None:
    """Nobody can say which well is empty once the blanks are gone."""
    with pytest.raises(InputError, match="values for 12 columns"):
        read(FIXED.replace(old, new, 1))


def test_an_empty_well_between_tabs_is_told(by_well: Any) -> None:
    file = read(TABS.replace("\t102\t", "\t\t"))
    assert "E2" not in by_well(file)
    assert by_well(file)["E3"] == 103
    assert [f.well for f in file.findings if f.code == "empty_wells"] == ["E2"]


def test_part_of_a_plate() -> None:
    file = read(HEAD + fixed(letters="CD") + fixed("Mean spot sizes"))
    assert {str(w)[0] for w in file.plates[0].wells} == {"C", "D"}


def test_two_counts_of_a_plate_are_two_reads() -> None:
    file = read(HEAD + fixed() + "\r\n" + fixed() + "\r\n" + fixed("Mean spot sizes"))
    assert [r.label for r in file.plates[0].reads] == ["Spot Count", "Spot Count [2]"]


def test_decimal_commas_in_other_grids_change_nothing(by_well: Any) -> None:
    whole = FIXED.split("Mean spot")
    assert by_well(read("Mean spot".join([whole[0], whole[1].replace(".", ",")])))["H12"] == 172


@pytest.mark.parametrize("letter", ["D", "H"])
def test_a_file_that_ends_in_the_counts_is_refused(letter: str) -> None:
    at = FIXED.index(f"\r\n{letter} ") + 60
    with pytest.raises(InputError, match=r"ends with the spot counts|cells cannot be read"):
        read(FIXED[:at])


def test_a_file_without_counts_has_no_readings() -> None:
    with pytest.raises(InputError, match="no readings"):
        read(HEAD + fixed("Mean spot sizes (Sq.mm)"))
