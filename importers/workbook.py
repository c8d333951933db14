"""The one door through which files enter: bytes in, a safely opened workbook out."""

from __future__ import annotations

import logging

from lims_msc.domain.importing import Source
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import UnreadableWorkbook

from .guard import check_size, refuse
from .raw_sheet import workbook_from_json
from .reading_process import ReadingPool

logger = logging.getLogger(__name__)

_pool = ReadingPool("lims_msc.importers.opening:answer")


def open_workbook(source: Source) -> Workbook:
    """Open an upload in a process of its own, under limits of size, time and memory.

    :raises UnreadableWorkbook: if the bytes are refused or cannot be read; nothing else is raised.
    """
    check_size(source.data)
    try:
        answer = _pool.read(source.file_name[-255:], source.data)
        if "refused" in answer:
            refuse(answer["refused"], answer["hint"])
        return workbook_from_json(source.file_name, answer)
    except UnreadableWorkbook:
        raise
    except Exception as problem:
        logger.exception("A file could not be opened")
        raise UnreadableWorkbook(
            "The file could not be opened.",
            hint="Try again; if it stays so, ask whoever runs this.",
        ) from problem
