"""Times the list of batches at 100 and at 100,000 batches, alternately in one run.

The pages are asked for through Flask's test client, so that everything a browser waits for is in
the time.  Ratios count, not seconds.  Writes docs/benchmarks/lists.md.
"""

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from lims_msc import LimsMsc, models
from lims_msc.database import make_engine
from lims_msc.domain.actor import ALL_ROLES, Actor
from lims_msc.migrate import upgrade
from lims_msc.services.record_filters import FEW as MOST

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "lists.md"
FEW, MANY = 100, 100_000
REPEATS = 25
PERSON = Actor("1", "Ben Chmark", ALL_ROLES)
PAGES = {
    "plain": "",
    "last page": "?last=1",
    "sorted by passage": "?sort=passage",
    "sorted by day, last first": "?sort=isolated_on&down=1",
    "newest first": "?sort=newest",
    "tissue: every second batch": "?tissue=BM",
    "disease: 3 in 10 batches": "?disease={common}",
    "disease: 1 in 50 batches": "?disease={rare}",
    "tissue and disease, sorted by day": "?tissue=BM&disease={common}&sort=isolated_on",
    "tissue and disease that never meet": "?tissue=BM&disease={rare}",
    "tissue and disease that never meet, both common": "?tissue=AT&disease={odd}",
    "serum and passage": "?serum_source=FBS&passage=3",
    "code, whole": "?q=B-000050",
    "code, beginning of all": "?q=B-",
    "donor's code, whole": "?q=D-000020",
    "no such code": "?q=X-",
}
COMMON, RARE, OTHER, ODD = "MONDO:0005301", "MONDO:0008558", "MONDO:0007915", "MONDO:0005100"
HEAD = """# Lists, at 100 and at 100,000 records

Written by `make bench`, all in one run. Each line is one address of the list of batches, asked for
through the whole application {repeats} times at each size, alternately. Read the ratios; the times
are those of one machine. Where the page has fewer rows at {few}, its page is a shorter one.
Goal: no page takes more than 2 times as long at {many} batches.

| page | rows at {few} | rows at {many} | ms at {few} | ms at {many} | ratio |
| --- | --- | --- | --- | --- | --- |
{lines}

A page is found by a range of an index, behind the last record of the page before, and never by
counting records. A filter or search that finds up to {most} records is read whole and sorted; of
more, the index of the order is followed and each record is checked. So one case grows with the
number of records: two filters that tens of
thousands of records meet each, and hardly any together.
"""


def main() -> int:
    """Measure, print and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        clients = [make_client(Path(folder) / f"{count}.sqlite", count) for count in (FEW, MANY)]
        lines = [f"| {name} | {time_page(clients, address)} |" for name, address in PAGES.items()]
    text = "\n".join(lines)
    print(text)
    REPORT.write_text(
        HEAD.format(few=FEW, many=f"{MANY:,}", repeats=REPEATS, most=f"{MOST:,}", lines=text),
        "utf-8",
    )
    return 0


def make_client(path: Path, count: int) -> FlaskClient:
    """Return a client of an application whose database has so many batches."""
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.begin() as connection:
        for table, rows in rows_of(count):
            connection.execute(insert(table), rows)
    engine.dispose()
    app = Flask("bench")
    app.config.update(SECRET_KEY=secrets.token_hex(), LIMS_MSC_DATABASE_URL=f"sqlite:///{path}")
    LimsMsc(app, current_actor=lambda: PERSON)
    return app.test_client()


def rows_of(count: int) -> Iterator[tuple[type, list[dict[str, object]]]]:
    """Yield the rows of each table: a donor for five batches, diagnoses of half of them."""
    donors = range(1, count // 5 + 1)
    yield (
        models.Donor,
        [{"id": n, "code": f"D-{n:06}", "sex": "female", "note": ""} for n in donors],
    )
    yield from _rows_of_collections(donors)
    yield (
        models.Batch,
        [
            {
                "id": n,
                "code": f"B-{n:06}",
                "collection_id": (n - 1) // 5 + 1,
                "parent_id": n - 1 if n % 5 != 1 else None,
                "passage": n % 5,
                "isolated_on": day(n * 7919) if n % 7 else None,
                "medium": "DMEM",
                "serum_source": "FBS" if n % 3 else "human platelet lysate",
            }
            for n in range(1, count + 1)
        ],
    )


def _rows_of_collections(donors: range) -> Iterator[tuple[type, list[dict[str, object]]]]:
    yield (
        models.Collection,
        [
            {
                "id": n,
                "code": f"C-{n:06}",
                "donor_id": n,
                "tissue": "BM" if n % 2 else "AT",
                "health_status": "patient" if n % 10 < 5 else "healthy",
                "collected_on": day(n),
            }
            for n in donors
        ],
    )
    yield (
        models.Diagnosis,
        [
            {
                "collection_id": n,
                "disease": RARE if n % 50 == 4 else COMMON if n % 10 < 3 else OTHER,
            }
            for n in donors
            if n % 10 < 5
        ]
        + [{"collection_id": n, "disease": ODD} for n in donors if n % 2],
    )


def day(number: int) -> date:
    """Return one of 3,000 days."""
    return date(2015, 1, 1) + timedelta(days=number % 3000)


def time_page(clients: list[FlaskClient], address: str) -> str:
    """Return the row of one page: milliseconds at both sizes, and the ratio of the medians."""
    path = f"/msc/records/batch{address.format(common=COMMON, rare=RARE, odd=ODD)}"
    seconds: list[list[float]] = [[], []]
    rows: list[int] = []
    for _ in range(REPEATS):
        for client, measured in zip(clients, seconds, strict=True):
            start = time.perf_counter()
            answer = client.get(path)
            measured.append(time.perf_counter() - start)
            if answer.status_code != 200:
                raise RuntimeError(answer.text)
            rows.append(answer.text.count("<tr>") - 1)
    few, many = (statistics.median(measured) for measured in seconds)
    shown = f"{max(rows[-2], 0)} | {max(rows[-1], 0)}"
    return f"{shown} | {few * 1000:.1f} | {many * 1000:.1f} | **{many / few:.2f}**"


if __name__ == "__main__":
    sys.exit(main())
