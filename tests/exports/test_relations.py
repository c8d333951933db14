"""The relation of MSC and responders, and the facts of collections, in tables and methods."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from lims_msc.domain.collection_facts import GivenDrug, facts_of
from lims_msc.domain.exporting import PublicationBundle
from lims_msc.domain.relations import Relation, RelationKind
from lims_msc.domain.transplants import CollectionDay, Transplantation
from lims_msc.exports.curve_tables import CURVES
from lims_msc.exports.methods import write_methods
from lims_msc.exports.record_tables import MATERIALS

from .bundles import COMMA_BATCH, tricky_bundle

CHIMERIC = Relation(RelationKind.CHIMERIC, RelationKind.CHIMERIC.value, "a transplant")
POOLED = Relation(RelationKind.POOLED, "pooled; pool includes the MSC donor", "a pool")


@pytest.fixture
def bundle() -> PublicationBundle:
    day = CollectionDay("C-1", date(2021, 5, 14), "the collection")
    drugs = (
        GivenDrug("prednisolone", "glucocorticoid", 5.0, "mg/day", "2020"),
        GivenDrug("rituximab", "anti-CD20", started_on="2021-05-14"),
    )
    transplants = (
        Transplantation("D-1", "autologous", 1, "2020-05-14"),
        Transplantation("D-1", "", graft_code="G-1"),
    )
    plain = tricky_bundle()
    oldest, *others = plain.batches
    return replace(
        plain,
        batches=(replace(oldest, age_at_collection_years=93.0), *others),
        relations={(COMMA_BATCH, "PBMC-01"): CHIMERIC, ("MSC-2", "PBMC-01"): POOLED},
        batch_facts={oldest.batch_code: facts_of(day, drugs, transplants)},
    )


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def test_each_curve_says_how_its_cells_are_related(bundle: PublicationBundle) -> None:
    said = {row["batch"]: row["msc_responder_relation"] for row in rows_of(CURVES.write(bundle))}
    assert said == {COMMA_BATCH: CHIMERIC.text, "MSC-2": POOLED.text, "MSC-3": ""}


def test_the_methods_count_the_relations_and_name_what_is_not_plain(
    bundle: PublicationBundle,
) -> None:
    text = write_methods(bundle)
    assert "of 2 pairs of batch and responder: 1 same person, chimeric" in text
    assert f"(allogeneic genotype): {COMMA_BATCH} with PBMC-01." in text
    assert "1 pooled" in text
    assert "Relation of MSC" not in write_methods(tricky_bundle())


def test_ages_from_ninety_leave_as_a_group_only(bundle: PublicationBundle) -> None:
    first = rows_of(MATERIALS.write(bundle))[0]
    assert (first["age_at_collection_years"], first["age_group_years"]) == ("", "90+")


def test_what_was_true_on_the_day_stands_beside_the_batch(bundle: PublicationBundle) -> None:
    first, *others = rows_of(MATERIALS.write(bundle))
    assert first["treatments_at_collection"] == "prednisolone; rituximab"
    assert first["prednisolone_equivalent_mg_per_day"] == "5.0"
    assert first["hsct_relation_to_collection"] == "cannot be decided"
    assert first["months_from_hsct_to_collection"] == "HSCT 1: 12; HSCT ?: cannot be decided"
    assert {row["hsct_relation_to_collection"] for row in others} == {""}
