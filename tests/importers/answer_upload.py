"""Answers one upload as the product does, for the runner of the hostile files.

The runner names the file in CASE_FILE and the client's name for it in CASE_UPLOAD_NAME; the answer
is one line of JSON: what became of the file, what was said, and how long and how much it took.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from lims_msc.cli_output import refusal_text
from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Source
from lims_msc.errors import InputError
from lims_msc.registry import load_registry
from lims_msc.services.reading_files import read_file


def megabytes() -> float:
    """Return the most memory that this process and its reading process have held."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return own / 1024


def main() -> None:
    registry = load_registry()
    # A server is warm when an upload comes.
    read_file(registry, Source("warm.csv", b"<>,1,2,3\nA,0.1,0.2,0.3\nB,0.1,0.2,0.3\n"))
    answer: dict[str, object] = {"base_rss_mb": megabytes()}
    source = Source(os.environ["CASE_UPLOAD_NAME"], Path(os.environ["CASE_FILE"]).read_bytes())
    start = time.perf_counter()
    try:
        found = read_file(registry, source)
    except InputError as refusal:
        answer |= {"outcome": "rejected", "message": refusal_text(refusal), "stored": 0}
    else:
        told = [str(f) for f in found.findings if f.level is not Level.NOTE]
        outcome = "flagged" if told else "accepted"
        answer |= {"outcome": outcome, "message": "\n".join(told)}
    answer |= {"seconds": time.perf_counter() - start, "peak_rss_mb": megabytes()}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
