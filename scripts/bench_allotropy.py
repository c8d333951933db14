"""Times allotropy on files named on the command line as VENDOR=PATH; prints JSON of seconds.

Runs in the environment of the benchmarks, in one warm process; a file that it cannot read is null.
"""

import json
import logging
import sys
import time
import warnings
from pathlib import Path

REPEATS = 3


def main(arguments: list[str]) -> int:
    """Time each file and print path → best of a few runs, in seconds."""
    from allotropy.parser_factory import Vendor
    from allotropy.to_allotrope import allotrope_from_file

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    best: dict[str, float | None] = {}
    for argument in arguments:
        vendor, path = argument.split("=", 1)
        times = []
        for _ in range(REPEATS + 1):
            start = time.perf_counter()
            try:
                allotrope_from_file(path, Vendor[vendor])
            except Exception:  # noqa: BLE001 (whatever a parser raises, it has not read the file)
                break
            times.append(time.perf_counter() - start)
        best[path] = min(times[1:]) if len(times) > 1 else None
    json.dump({Path(path).as_posix(): seconds for path, seconds in best.items()}, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
