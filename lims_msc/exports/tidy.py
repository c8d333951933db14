"""Single tables for download, and the dictionary that explains every column of all tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lims_msc.domain.exporting import PublicationBundle
from lims_msc.exports.columns import EMPTY_RULE, NUMBER_RULE, TEXT_RULE, Column, Table
from lims_msc.exports.curve_tables import CURVES, POINTS
from lims_msc.exports.record_tables import MATERIALS, REVIEWS
from lims_msc.exports.tables import READINGS, WELLS
from lims_msc.exports.value_tables import STANDARD_CURVES, VALUES

DATA_TABLES: tuple[Table[Any], ...] = (
    READINGS,
    WELLS,
    CURVES,
    POINTS,
    VALUES,
    STANDARD_CURVES,
    MATERIALS,
    REVIEWS,
)


class TableCsv:
    """Base of the exporters that write one table."""

    media_type: ClassVar[str] = "text/csv; charset=utf-8"
    suffix: ClassVar[str] = ".csv"
    table: ClassVar[Table[Any]]

    def write(self, bundle: PublicationBundle, options: Mapping[str, str]) -> bytes:  # noqa: ARG002 - the contract of exporters has options
        """Return the table; there are no options."""
        return self.table.write(bundle)


class ReadingsCsv(TableCsv):
    """Writes all readings, one row per value of the instrument files."""

    key: ClassVar[str] = "readings_csv"
    title: ClassVar[str] = "Readings (CSV)"
    table = READINGS


class CurvesCsv(TableCsv):
    """Writes all curves in all background modes with summaries and fits."""

    key: ClassVar[str] = "curves_csv"
    title: ClassVar[str] = "Curves (CSV)"
    table = CURVES


class ValuesCsv(TableCsv):
    """Writes all results that are no curve: concentrations, lysis, activities, ratios."""

    key: ClassVar[str] = "values_csv"
    title: ClassVar[str] = "Values (CSV)"
    table = VALUES


class StandardCurvesCsv(TableCsv):
    """Writes the standard curves with every level and what it reads back."""

    key: ClassVar[str] = "standard_curves_csv"
    title: ClassVar[str] = "Standard curves (CSV)"
    table = STANDARD_CURVES


@dataclass(frozen=True, slots=True)
class DictionaryRow:
    """One explained column, or a rule for all files."""

    file: str
    column: str
    meaning: str
    unit: str = ""
    type: str = ""
    ontology_id: str = ""


DICTIONARY: Table[DictionaryRow] = Table(
    path="data/dictionary.csv",
    one_row_per="column of a table",
    columns=(
        Column("file", "path of the table in the pack", lambda r: r.file),
        Column("column", "name of the column", lambda r: r.column),
        Column("meaning", "what its cells mean", lambda r: r.meaning),
        Column("unit", "unit of its numbers (UCUM)", lambda r: r.unit),
        Column("type", "what its cells hold", lambda r: r.type),
        Column("ontology_id", "term of OBI or BAO that comes nearest", lambda r: r.ontology_id),
    ),
    rows=lambda _: (),
)


def write_dictionary(tables: tuple[Table[Any], ...]) -> bytes:
    """Return the data dictionary of these tables and of itself as CSV."""
    return DICTIONARY.write_rows(_dictionary_rows((*tables, DICTIONARY)))


def _dictionary_rows(tables: tuple[Table[Any], ...]) -> Iterator[DictionaryRow]:
    for name, rule in (("text", TEXT_RULE), ("empty", EMPTY_RULE), ("number", NUMBER_RULE)):
        yield DictionaryRow("all tables", f"any {name} cell", rule)
    for table in tables:
        yield DictionaryRow(table.path, "", f"one row per {table.one_row_per}")
        for column in table.columns:
            yield DictionaryRow(
                table.path,
                column.name,
                column.meaning,
                column.unit,
                column.type.value,
                column.ontology_id,
            )
