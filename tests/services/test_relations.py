"""Relations and derived facts from stored records, and what pages and exports say of them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from conftest import People
from factories import take
from statements import sent_statements

from lims_msc.demo.invented import BATCH, RESPONDER
from lims_msc.domain.records.fields import Entry
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.relations import RelationKind
from lims_msc.domain.review import ReviewAction
from lims_msc.registry import Registry
from lims_msc.services import curve_pages, exports, plate_pages, register
from lims_msc.services.donor_facts import facts_of_materials
from lims_msc.services.donor_timelines import timeline
from lims_msc.services.record_tables import ids_of_codes
from lims_msc.services.relations import relations_of
from lims_msc.services.transaction import Database

Put = Callable[..., None]


def entries(**kinds: list[dict[str, object]]) -> list[Entry]:
    return [Entry(kind, values) for kind, found in kinds.items() for values in found]  # type: ignore[arg-type]


def collection(code: str, donor: str, day: date | None, tissue: str = "BM") -> dict[str, object]:
    return {
        "collection_code": code,
        "donor_code": donor,
        "collected_on": day,
        "tissue": tissue,
        "health_status": "unknown",
    }


def responder(code: str, donor: str = "", where: str = "", persons: int = 1) -> dict[str, object]:
    return {
        "responder_code": code,
        "cell_type": "PBMC",
        "donor_code": donor,
        "collection_code": where,
        "pool_size": persons,
    }


def hsct(donor: str, graft: str = "", **changes: object) -> dict[str, object]:
    made = {"donor_code": donor, "transplant_number": 1, "transplant_type": "allogeneic"}
    return {**made, "performed_on": "2019-02", "graft_code": graft, **changes}


FAMILY = entries(
    donor=[{"donor_code": code, "sex": "female"} for code in ("P", "G", "X", "Q", "N")],
    collection=[
        collection("P-bm", "P", date(2020, 5, 10)),
        collection("P-early", "P", date(2018, 1, 1), "PB"),
        collection("P-late", "P", date(2021, 3, 1), "PB"),
        collection("G-bm", "G", date(2017, 1, 1)),
        collection("Q-late", "Q", date(2021, 3, 1), "PB"),
        collection("N-late", "N", date(2021, 3, 1), "PB"),
    ],
    hsc_graft=[
        {
            "graft_code": code,
            "recipient_code": recipient,
            "graft_donor_code": "G",
            "graft_source": "bone marrow",
            "graft_manipulation": "none",
            "infused_on": "2019-02-03",
        }
        for code, recipient in (("HG-P", "P"), ("HG-N", "N"))
    ]
    + [
        {
            "graft_code": "HG-own",
            "recipient_code": "X",
            "graft_donor_code": "X",
            "graft_source": "mobilised peripheral blood",
            "graft_manipulation": "CD34 selection",
            "collected_on": date(2016, 1, 1),
        },
        {
            "graft_code": "HG-bank",
            "recipient_code": "X",
            "graft_source": "cord blood",
            "graft_manipulation": "none",
        },
    ],
    diagnosis=[
        {"collection_code": "P-bm", "disease": "MONDO:0007915", "onset": "2012-06"},
        {"collection_code": "P-bm", "other_disease": "a rare one", "disease_status": "active"},
    ],
    transplant=[hsct("P", "HG-P", performed_on=""), hsct("Q", performed_on="2021")],
    treatment=[
        {
            "donor_code": "P",
            "drug": "methylprednisolone",
            "treatment_class": "glucocorticoid",
            "dose": 8.0,
            "dose_unit": "mg/day",
            "started_on": "2019",
        }
    ],
    batch=[
        {"batch_code": "B-P", "collection_code": "P-bm"},
        {"batch_code": "B-G", "collection_code": "G-bm"},
    ],
    responder=[
        responder("early", "P", "P-early"),
        responder("late", "P", "P-late"),
        responder("undated", "P"),
        responder("of-blood", "", "P-late"),
        responder("perhaps", "Q", "Q-late"),
        responder("no-hsct", "N", "N-late"),
        responder("other", "X"),
        responder("pool", persons=2),
        responder("nobody"),
        {**responder("line"), "cell_type": "K562"},
    ],
    pool_member=[{"responder_code": "pool", "donor_code": code} for code in ("P", "X")],
)


@pytest.fixture
def put(people: People) -> Put:
    def put(database: Database, made: list[Entry]) -> None:
        with database.unit_of_work(people.technician, "test") as session:
            register.register(session, people.technician, made)

    return put


@pytest.fixture
def family(database: Database, put: Put) -> Database:
    put(database, FAMILY)
    return database


EXPECTED = {
    ("B-P", "early"): RelationKind.AUTOLOGOUS,
    ("B-P", "late"): RelationKind.CHIMERIC,
    ("B-P", "of-blood"): RelationKind.CHIMERIC,
    ("B-P", "undated"): RelationKind.UNDECIDED,
    ("B-P", "perhaps"): RelationKind.ALLOGENEIC,
    ("B-P", "other"): RelationKind.ALLOGENEIC,
    ("B-P", "pool"): RelationKind.POOLED,
    ("B-P", "nobody"): RelationKind.UNKNOWN,
    ("B-P", "line"): RelationKind.CELL_LINE,
    ("B-G", "early"): RelationKind.ALLOGENEIC,
    ("B-G", "late"): RelationKind.GRAFT_MATCHED,
    ("B-G", "undated"): RelationKind.UNDECIDED,
    # The graft of G was given to N, and nobody recorded the transplant with its type.
    ("B-G", "no-hsct"): RelationKind.UNDECIDED,
    ("B-G", "pool"): RelationKind.POOLED,
}


def test_stored_records_decide_the_relation_of_each_pair(family: Database) -> None:
    with family.reading() as session:
        found = relations_of(session, EXPECTED)
    assert {pair: relation.kind for pair, relation in found.items()} == EXPECTED
    assert found["B-P", "pool"].text == "pooled; pool includes the MSC donor"
    assert found["B-G", "pool"].text == "pooled"
    assert "'HG-N' given to 'N'" in found["B-G", "no-hsct"].text


def test_the_number_of_statements_does_not_grow_with_the_pairs(family: Database) -> None:
    counts = []
    for pairs in (list(EXPECTED)[:1], list(EXPECTED)):
        with family.reading() as session, sent_statements(family) as seen:
            relations_of(session, pairs)
        counts.append(sum("SELECT" in statement for statement, _ in seen))
    assert counts[0] == counts[1] <= 5


def test_codes_that_are_not_registered_and_empty_ones_have_no_relation(family: Database) -> None:
    with family.reading() as session:
        assert relations_of(session, [("B-P", ""), ("", "late"), ("B-?", "late")]) == {}


def test_facts_of_the_day_come_from_the_donor_of_the_collection(family: Database) -> None:
    with family.reading() as session:
        batches, responders = facts_of_materials(session, ["B-P", "B-G"], ["late", "other"])
    assert batches["B-P"].hsct_relation == "before"
    assert batches["B-P"].transplants[0].days == "462"
    assert batches["B-P"].prednisolone.mg_per_day == pytest.approx(10.0)
    assert batches["B-G"].hsct_relation == "no HSCT recorded"
    assert responders["late"].hsct_relation == "before"
    assert "other" not in responders


def test_the_timeline_of_a_donor_is_in_the_order_of_time(family: Database) -> None:
    with family.reading() as session:
        numbers = ids_of_codes(session, kind_of("donor"), ["P", "G", "X"])
        of_patient = timeline(session, numbers["P"])
        of_giver = timeline(session, numbers["G"])
        of_self = timeline(session, numbers["X"])
    assert [(e.when, e.what) for e in of_patient] == [
        ("2012-06", "Onset of disease"),
        ("2018-01-01", "Collection"),
        ("2019", "Treatment from"),
        ("2019-02-03", "Graft received"),
        ("2019-02-03", "HSCT"),
        ("2020-05-10", "Collection"),
        ("2020-05-10", "Diagnosis"),
        ("2021-03-01", "Collection"),
    ]
    assert [(e.when, e.what) for e in of_giver] == [
        ("2017-01-01", "Collection"),
        ("", "Graft given"),
        ("", "Graft given"),
    ]
    assert "to P" in of_giver[1].text
    assert [(e.when, e.what) for e in of_self] == [
        ("2016-01-01", "Own graft collected"),
        ("", "Graft received"),
    ]
    assert "from a giver not recorded" in of_self[1].text


@pytest.fixture
def chimeric(analysed: Database, put: Put) -> Database:
    """The invented plate, its responder the blood of the MSC donor after an allogeneic HSCT."""
    put(
        analysed,
        entries(
            collection=[collection("D-1.blood", "D-1", date(2021, 3, 1), "PB")],
            transplant=[hsct("D-1")],
            responder=[responder(RESPONDER, "D-1", "D-1.blood")],
        ),
    )
    return analysed


def test_pages_say_that_one_person_is_a_chimera_and_why(
    chimeric: Database, registry: Registry, people: People
) -> None:
    with chimeric.reading() as session:
        plate = plate_pages.plate_page(session, registry, 1)
        curve = curve_pages.curve_page(session, registry, people.reader, 1)
    (pair,) = plate.relations
    assert (pair.batch_code, pair.responder_code) == (BATCH, RESPONDER)
    assert pair.relation.kind is RelationKind.CHIMERIC
    assert curve.relations == plate.relations
    assert "PMID 19155975" in pair.relation.reason


def test_the_relation_leaves_with_every_table_and_the_methods_name_the_pair(
    chimeric: Database, registry: Registry, people: People
) -> None:
    take(chimeric, people.technician, 1, ReviewAction.SUBMIT)
    take(chimeric, people.reviewer, 1, ReviewAction.APPROVE)
    with chimeric.unit_of_work(people.reviewer, "for the paper") as session:
        sent = exports.export_study(session, registry, people.reviewer, 1, "pack")
    with zipfile.ZipFile(io.BytesIO(sent.data)) as pack:
        names = [name for name in pack.namelist() if name.startswith(("data/", "methods"))]
        texts = {name: pack.read(name).decode() for name in names}
    chimera = RelationKind.CHIMERIC.value
    for table in ("curves", "points", "wells", "readings"):
        rows = list(csv.DictReader(io.StringIO(texts[f"data/{table}.csv"])))
        said = {row["msc_responder_relation"] for row in rows if row["batch"] and row["responder"]}
        assert said == {chimera}, table
        assert {row["msc_responder_relation"] for row in rows if not row["batch"]} <= {""}, table
    materials = list(csv.DictReader(io.StringIO(texts["data/materials.csv"])))
    assert [row["hsct_relation_to_collection"] for row in materials] == [
        "cannot be decided",
        "before",
    ]
    assert materials[1]["months_from_hsct_to_collection"] == "HSCT 1: between 24 and 25"
    assert "msc_responder_relation" in texts["data/dictionary.csv"]
    assert (
        f"of 1 pair of batch and responder: 1 {chimera}; {chimera}: {BATCH} with {RESPONDER}."
        in (texts["methods.md"])
    )
