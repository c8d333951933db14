"""Records that contradict each other or the example of the register, with the cells to be named.

A cell is that of a workbook with a column for each field, in the order of the kind.

It is one table of cases, which reads best in one piece, whatever its length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lims_msc.domain.records.fields import Value

Row = tuple[str, Mapping[str, Value]]

BATCH: Mapping[str, Value] = {"collection_code": "C-EX-A"}
RULE: Mapping[str, Value] = {
    "rule_set": "own release",
    "rule_set_version": "v1.0",
    "operator": ">=",
    "unit": "%",
    "rule_role": "release",
}


def batch(code: str, **values: Value) -> Row:
    return "batch", {**BATCH, "batch_code": code, **values}


def collection(code: str, donor: str = "D-EX-A", **values: Value) -> Row:
    facts = {"tissue": "BM", "health_status": "unknown"}
    return "collection", {"collection_code": code, "donor_code": donor, **facts, **values}


def vial(code: str, **values: Value) -> Row:
    facts: dict[str, Value] = {"batch_code": "MSC-EX-P2", "vial_state": "available"}
    return "vial", {"vial_code": code, **facts, **values}


def passage(number: int, **values: Value) -> Row:
    return "passage", {"batch_code": "MSC-EX-P2", "passage": number, **values}


SLOT = {"tank": "T2", "rack": "R4", "box": "B11"}
DAY = date(2024, 6, 20)

# What is entered into the laboratory of the example, the cells that are named, words about it.
WRONG: Mapping[str, tuple[Sequence[Row], Sequence[str], str]] = {
    "a batch is its own parent": (
        [batch("B-7", parent_code="B-7")],
        ["Batches!C2"],
        "'B-7' lead back to itself: B-7 → B-7",
    ),
    "a circle of three new batches": (
        [
            batch("B-7", parent_code="B-9"),
            batch("B-8", parent_code="B-7"),
            batch("B-9", parent_code="B-8"),
        ],
        ["Batches!C2", "Batches!C3", "Batches!C4"],
        "B-7 → B-9 → B-8 → B-7",
    ),
    "a circle through a stored batch": (
        [("batch", {"batch_code": "MSC-EX-P1", "parent_code": "MSC-EX-P2", "passage": 3})],
        ["Batches!C2", "Batches!D2"],
        "MSC-EX-P1 → MSC-EX-P2 → MSC-EX-P1",
    ),
    "a parent of another donor": (
        [
            collection("C-7", "D-EX-B"),
            batch("B-7", collection_code="C-7", parent_code="MSC-EX-P2"),
        ],
        ["Batches!C2"],
        "of the donor 'D-EX-B', and its parent 'MSC-EX-P2' of 'D-EX-A'",
    ),
    "a parent of the same passage": (
        [batch("B-7", parent_code="MSC-EX-P2", passage=2)],
        ["Batches!D2"],
        "passage 2, and its parent 'MSC-EX-P2' of passage 2",
    ),
    "a stored child of a lower passage": (
        [("batch", {"batch_code": "MSC-EX-P1", "passage": 2})],
        ["Batches!D2"],
        "'MSC-EX-P2' is of passage 2, and its parent 'MSC-EX-P1' of passage 2",
    ),
    "isolated before collected": (
        [batch("B-7", isolated_on=date(2024, 5, 13))],
        ["Batches!I2"],
        "isolated on '2024-05-13', before its collection 'C-EX-A'",
    ),
    "a collection moved behind what came of it": (
        [("collection", {"collection_code": "C-EX-A", "collected_on": date(2024, 5, 15)})],
        ["Collections!C2"],
        "'MSC-EX-P1' was isolated on '2024-05-14', before its collection",
    ),
    "passages not in order": (
        [passage(1, seeded_on=DAY), passage(2, seeded_on=date(2024, 6, 19))],
        ["Passages!C3"],
        "Passage 2 of 'MSC-EX-P2' was seeded on '2024-06-19', before passage 1",
    ),
    "a passage before the stored one": (
        [
            (
                "passage",
                {
                    "batch_code": "MSC-EX-P1",
                    "passage": 0,
                    "seeded_on": date(2024, 5, 14),
                    "harvested_on": date(2024, 5, 29),
                },
            )
        ],
        ["Passages!D2"],
        "Passage 1 of 'MSC-EX-P1' was seeded on '2024-05-28', before passage 0 was harvested",
    ),
    "a passage beyond the batch": ([passage(3)], ["Passages!B2"], "Passage 3 is beyond the batch"),
    "a passage before isolation": (
        [
            batch("B-7", isolated_on=DAY),
            (
                "passage",
                {"batch_code": "B-7", "passage": 1, "seeded_on": date(2024, 6, 19)},
            ),
        ],
        ["Passages!C2"],
        "passage 1 was seeded on '2024-06-19', before the batch was isolated",
    ),
    "given before isolation": (
        [("batch", {"batch_code": "MSC-EX-P2", "isolated_on": date(2024, 7, 3)})],
        ["Batches!I2", "Batches!I2"],
        "a dose was given ('U-EX-A') on '2024-07-02', before",
    ),
    "thawed before frozen": (
        [
            vial("V-7", vial_state="used", frozen_on=DAY),
            ("thaw", {"vial_code": "V-7", "thawed_on": date(2024, 6, 19)}),
        ],
        ["Thaws!B2"],
        "thawed on '2024-06-19', before it was frozen on '2024-06-20'",
    ),
    "frozen before isolated": (
        [batch("B-7", isolated_on=DAY), vial("V-7", batch_code="B-7", frozen_on=date(2024, 6, 1))],
        ["Vials!D2"],
        "frozen on '2024-06-01', before its batch 'B-7'",
    ),
    "blood frozen before it was taken": (
        [vial("V-7", batch_code="", responder_code="PBMC-EX-B", frozen_on=date(2024, 6, 3))],
        ["Vials!D2"],
        "before the blood 'C-EX-B' was taken on '2024-06-04'",
    ),
    "a thaw of a vial that is there": (
        [vial("V-7"), ("thaw", {"vial_code": "V-7", "thawed_on": DAY})],
        ["Thaws!A2"],
        "'V-7' is 'available', and has a thaw",
    ),
    "a thaw of a destroyed vial": (
        [
            vial("V-7", vial_state="destroyed"),
            ("thaw", {"vial_code": "V-7", "thawed_on": DAY}),
        ],
        ["Thaws!A2"],
        "'V-7' is 'destroyed'",
    ),
    "two vials in one slot": (
        [vial("V-7", **SLOT, slot="A1"), vial("V-8", **SLOT, slot="a01")],
        ["Vials!L3"],
        "Slot 'a01' of tank T2, rack R4, box B11 holds the vial 'V-7'",
    ),
    "a slot of a stored vial": (
        [vial("V-7", **SLOT, slot="C8")],
        ["Vials!L2"],
        "Slot 'C8' of tank T2, rack R4, box B11 holds the vial 'V-EX-B'",
    ),
    "a state changed past the stock": (
        [("vial", {"vial_code": "V-EX-A", "vial_state": "available"})],
        ["Vials!M2", "Vials!M2"],
        "'V-EX-A' is 'used', and would become 'available'",
    ),
    "blood of another donor": (
        [
            (
                "responder",
                {
                    "responder_code": "R-7",
                    "cell_type": "PBMC",
                    "donor_code": "D-EX-A",
                    "collection_code": "C-EX-B",
                },
            )
        ],
        ["Responders!D2"],
        "'R-7' is of 'D-EX-A', and the collection 'C-EX-B' of 'D-EX-B'",
    ),
    "a member of no pool": (
        [("pool_member", {"responder_code": "PBMC-EX-B", "donor_code": "D-EX-A"})],
        ["Pool members!A2"],
        "'PBMC-EX-B' is no pool",
    ),
    "a member of what is not said to be a pool": (
        [
            ("responder", {"responder_code": "R-7", "cell_type": "PBMC"}),
            ("pool_member", {"responder_code": "R-7", "donor_code": "D-EX-A"}),
        ],
        ["Pool members!A2"],
        "'R-7' is no pool",
    ),
    "more members than persons": (
        [
            ("responder", {"responder_code": "R-7", "cell_type": "PBMC", "pool_size": 2}),
            *(("donor", {"donor_code": code, "sex": "male"}) for code in ("D-7", "D-8", "D-9")),
            *(
                ("pool_member", {"responder_code": "R-7", "donor_code": code})
                for code in ("D-7", "D-8", "D-9")
            ),
        ],
        ["Pool members!A4"],
        "of 2 persons, and has 3 members",
    ),
    "a pool made smaller than its members": (
        [
            ("responder", {"responder_code": "PBMC-EX-POOL", "pool_size": 2}),
            *(("donor", {"donor_code": code, "sex": "male"}) for code in ("D-7", "D-8")),
            *(
                ("pool_member", {"responder_code": "PBMC-EX-POOL", "donor_code": code})
                for code in ("D-7", "D-8")
            ),
        ],
        ["Pool members!A3"],
        "of 2 persons, and has 3 members",
    ),
    "healthy with a diagnosis": (
        [("diagnosis", {"collection_code": "C-EX-B", "disease": "MONDO:0008383"})],
        ["Diagnoses!B2"],
        "'healthy' donor, and has the diagnosis 'rheumatoid arthritis'",
    ),
    "said to be healthy later": (
        [
            (
                "collection",
                {
                    "collection_code": "C-EX-A",
                    "health_status": "healthy",
                    "health_criteria": "questionnaire",
                },
            )
        ],
        ["Collections!E2"],
        "'healthy' donor, and has the diagnosis 'multiple sclerosis'",
    ),
    "a disease that began after the collection": (
        [
            (
                "diagnosis",
                {"collection_code": "C-EX-A", "disease": "MONDO:0008383", "onset": "2024-06"},
            )
        ],
        ["Diagnoses!D2"],
        "began in '2024-06', after the collection 'C-EX-A'",
    ),
    "ages that do not fit the days": (
        [collection("C-7", collected_on=date(2025, 5, 14), age_at_collection_years=43.0)],
        ["Collections!G2"],
        "34.5 years old at 'C-EX-A' on '2024-05-14' and 43 at 'C-7'",
    ),
    "an offset from another's collection": (
        [
            (
                "transplant",
                {
                    "donor_code": "D-EX-B",
                    "transplant_number": 1,
                    "transplant_type": "allogeneic",
                    "offset_collection_code": "C-EX-A",
                    "months_before_collection": 8.0,
                },
            )
        ],
        ["HSCT!E2"],
        "of 'D-EX-B', and the collection 'C-EX-A' of 'D-EX-A'",
    ),
    "a second transplant before the first": (
        [
            (
                "transplant",
                {
                    "donor_code": "D-EX-A",
                    "transplant_number": 2,
                    "transplant_type": "allogeneic",
                    "performed_on": "2024-08",
                },
            )
        ],
        ["HSCT!B2"],
        "transplant 2 of 'D-EX-A' was on '2024-08', before transplant 1 on '2024-09-10'",
    ),
    "a graft for another recipient": (
        [
            (
                "transplant",
                {
                    "donor_code": "D-EX-B",
                    "transplant_number": 1,
                    "transplant_type": "autologous",
                    "performed_on": "2024-09",
                    "graft_code": "G-EX-A",
                },
            )
        ],
        ["HSCT!G2"],
        "of 'D-EX-B', and the graft 'G-EX-A' for 'D-EX-A'",
    ),
    "a graft from another source": (
        [
            (
                "transplant",
                {"donor_code": "D-EX-A", "transplant_number": 1, "graft_source": "bone marrow"},
            )
        ],
        ["HSCT!H2"],
        "says 'bone marrow', and its graft 'G-EX-A' says 'mobilised peripheral blood'",
    ),
    "a graft of another giver": (
        [("hsc_graft", {"graft_code": "G-EX-A", "graft_donor_code": "D-EX-B"})],
        ["HSC grafts!C2"],
        "'autologous', and the graft 'G-EX-A' for 'D-EX-A' is from 'D-EX-B'",
    ),
    "a graft given on another day": (
        [("hsc_graft", {"graft_code": "G-EX-A", "infused_on": "2024-10"})],
        ["HSC grafts!I2"],
        "performed on '2024-09-10', and its graft 'G-EX-A' given on '2024-10'",
    ),
    "a rule that decided already": (
        [("release_rule", {**RULE, "test_name": "viability", "limit": 70.0})],
        ["Release rules!B2"],
        "'own release', version 'v1.0'; it stays as it is",
    ),
    "one more rule in a set that decided": (
        [("release_rule", {**RULE, "test_name": "CD73", "limit": 95.0})],
        ["Release rules!B2"],
        "new version",
    ),
    "a code like a registered one": (
        [("donor", {"donor_code": "d-ex-a", "sex": "male"})],
        ["Donors!A2"],
        "'d-ex-a' is easily taken for 'D-EX-A', which is registered already",
    ),
    "a code like an entered one": (
        [("donor", {"donor_code": code, "sex": "male"}) for code in ("D-10", "D-1O")],
        ["Donors!A3"],
        "'D-1O' is easily taken for 'D-10', which is entered in cell A2",
    ),
    "the same code twice": (
        [("donor", {"donor_code": "D-10", "sex": sex}) for sex in ("male", "female")],
        ["Donors!A3"],
        "'D-10' is entered twice. The first is in cell A2.",
    ),
    "the same record without a code twice": (
        [
            ("activity_score", {"collection_code": "C-EX-A", "score_name": "BVAS", "score": score})
            for score in (3.0, 4.0)
        ],
        ["Activity scores!A3"],
        "'C-EX-A, BVAS' is entered twice",
    ),
    "two records without a code": (
        [("donor", {"donor_code": "", "sex": sex}) for sex in ("male", "female")],
        ["Donors!A2", "Donors!A3"],
        "Donor code is empty",
    ),
    "an unknown collection": (
        [batch("B-7", collection_code="C-NONE")],
        ["Batches!B2"],
        "There is no collection 'C-NONE'",
    ),
    "SEPT2": ([("donor", {"donor_code": "SEPT2", "sex": "male"})], ["Donors!A2"], "'SEPT2'"),
    "1E5": ([batch("1E5")], ["Batches!A2"], "'1E5' is not safe"),
    "00123": ([vial("00123")], ["Vials!A2"], "'00123' is not safe"),
    "a Cyrillic letter": (
        [("recipe", {"recipe_code": "R-А", "title": "x", "recipe_purpose": "arrest"})],
        ["Recipes!A2"],
        "Cyrillic",
    ),
    "an abbreviation of several diseases": (
        [("diagnosis", {"collection_code": "C-EX-A", "other_disease": "SS"})],
        ["Diagnoses!C2"],
        "systemic sclerosis, Sjögren syndrome",
    ),
    "an impossible age": (
        [collection("C-7", age_at_collection_years=340.0)],
        ["Collections!G2"],
        "'340' is out of range",
    ),
    "a day that is yet to come": (
        [collection("C-7", collected_on=date(2062, 6, 2))],
        ["Collections!C2"],
        "'2062-06-02' lies in the future",
    ),
    "a harvest below zero": (
        [passage(2, harvested_viable_cells=-1.0, seeded_viable_cells=6e5)],
        ["Passages!F2"],
        "'-1' is out of range",
    ),
}
