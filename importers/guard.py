"""What an upload is, and whether it may be opened: size, container and zip limits.

The guard decides by content.  It reads the zip directory itself, trusts no size that the file
declares, and counts while it unpacks.  The XML inside is watched by ``safe_xml.py``; what the cells
mean is not known here.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from lims_msc.errors import UnreadableWorkbook

MIB = 1 << 20
UPLOAD_BYTES = 10 * MIB
UNPACKED_BYTES = 32 * MIB
PART_BYTES = 24 * MIB
PARTS = 500
SHEETS = 64
ROWS = 25_000
COLUMNS = 16_384
CELLS = 300_000
MERGES = 2_000
CELL_CHARACTERS = 4_096

_STORED, _DEFLATED = 0, 8
_CHUNK = 1 << 16
_SAVE_AS = "Open it in Excel, choose 'Save as', take 'Excel workbook (.xlsx)' and upload that file."
_DAMAGED_HINT = (
    "Export it from the instrument again, or copy it from the instrument computer again."
)


def refuse(message: str, hint: str = "") -> NoReturn:
    """Refuse the file with a sentence for people.

    :raises UnreadableWorkbook: always.
    """
    raise UnreadableWorkbook(message, hint=hint)


def damaged(what: str) -> NoReturn:
    """Refuse the file as damaged, saying what is wrong with it.

    :raises UnreadableWorkbook: always.
    """
    refuse(f"The file is damaged: {what}.", _DAMAGED_HINT)


def too_large(what: str, limit: str) -> NoReturn:
    """Refuse the file because it goes over a limit.

    :raises UnreadableWorkbook: always.
    """
    refuse(
        f"The file is too large: {what}; the limit is {limit}.",
        "Upload the instrument's own export, with the unused sheets deleted.",
    )


def check_size(data: bytes) -> None:
    """Refuse an empty file and one over the upload limit.

    :raises UnreadableWorkbook: if the file is empty or too large.
    """
    if not data:
        refuse(
            "The file is empty (0 bytes).",
            "Export it from the instrument again and look at its size.",
        )
    if len(data) > UPLOAD_BYTES:
        too_large(f"it has {len(data) / MIB:.1f} MiB", f"{UPLOAD_BYTES // MIB} MiB")


@dataclass(frozen=True, slots=True)
class Part:
    """One member of the archive as its directory describes it; nothing is unpacked yet."""

    name: str
    method: int
    crc: int
    start: int
    packed_bytes: int


class Package:
    """The parts of a zip archive, checked against the directory and unpacked within limits."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._unpacked = 0
        self.parts: dict[str, Part] = {}
        _read_directory(data, self.parts)

    def find(self, name: str) -> Part | None:
        """Return the part of that name, compared without regard to case, as Excel does."""
        return self.parts.get(name.casefold())

    def stream(self, part: Part) -> Iterator[bytes]:
        """Yield the unpacked bytes of a part in pieces, counted, and checked at the end.

        :raises UnreadableWorkbook: if the part is damaged or unpacks beyond a limit.
        """
        crc = size = 0
        for piece in _inflate(self._data, part):
            size += len(piece)
            self._unpacked += len(piece)
            if size > PART_BYTES:
                too_large(
                    f"its part '{part.name}' unpacks to more than {PART_BYTES // MIB} MiB",
                    f"{PART_BYTES // MIB} MiB",
                )
            if self._unpacked > UNPACKED_BYTES:
                too_large(
                    f"it unpacks to more than {UNPACKED_BYTES // MIB} MiB",
                    f"{UNPACKED_BYTES // MIB} MiB",
                )
            crc = zlib.crc32(piece, crc)
            yield piece
        if crc != part.crc:
            damaged(f"the checksum of its part '{part.name}' is wrong")

    def read(self, part: Part) -> bytes:
        """Return the unpacked bytes of a part.

        :raises UnreadableWorkbook: as :meth:`stream`.
        """
        return b"".join(self.stream(part))


def _inflate(data: bytes, part: Part) -> Iterator[bytes]:
    packed = memoryview(data)[part.start : part.start + part.packed_bytes]
    if part.method == _STORED:
        for at in range(0, len(packed), _CHUNK):
            yield bytes(packed[at : at + _CHUNK])
        return
    inflater = zlib.decompressobj(-15)
    at = 0
    try:
        while not inflater.eof:
            feed = inflater.unconsumed_tail
            if not feed:
                feed = bytes(packed[at : at + _CHUNK])
                at += len(feed)
                if not feed:
                    damaged(f"its part '{part.name}' is cut off")
            piece = inflater.decompress(feed, _CHUNK)
            if piece:
                yield piece
    except zlib.error as problem:
        raise UnreadableWorkbook(
            f"The file is damaged: its part '{part.name}' cannot be unpacked.", hint=_DAMAGED_HINT
        ) from problem


# --- the directory ---------------------------------------------------------------------------

_END = struct.Struct("<4sHHHHIIH")
_END64_PLACE = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_FOUR_BYTES_FULL = 0xFFFFFFFF
_SYMBOLIC_LINK = 0o120000


def _read_directory(data: bytes, parts: dict[str, Part]) -> None:
    count, start, end = _directory_place(data)
    if count > PARTS:
        too_large(f"its archive has {count} parts, too many entries", f"{PARTS} parts")
    at, spans = start, []
    for _ in range(count):
        entry = _entry(data, at, end)
        at = entry.next_at
        if entry.is_folder:
            continue
        part, span = _locate(data, entry, start)
        spans.append(span)
        if part.name.casefold() in parts:
            damaged(f"its archive holds the part '{part.name}' twice")
        parts[part.name.casefold()] = part
    spans.sort()
    for (_, stop), (begin, _) in itertools.pairwise(spans):
        if begin < stop:
            damaged("its archive is malformed, entries overlap")


def _directory_place(data: bytes) -> tuple[int, int, int]:
    at = data.rfind(b"PK\5\6", max(0, len(data) - 65_557))
    if at < 0 or at + _END.size > len(data):
        damaged("the end of its archive is missing; the copy may have been interrupted")
    _, disk, _, _, count, size, offset, comment = _END.unpack_from(data, at)
    if at + _END.size + comment != len(data):
        damaged("something was added after the end of its archive, or the end is cut off")
    directory_end = at
    if _FOUR_BYTES_FULL in (size, offset) or count == 0xFFFF:
        count, size, offset, directory_end = _large_directory(data, at)
    if disk not in (0, 0xFFFF) or offset + size != directory_end:
        damaged("the table of contents of its archive is not where it should be")
    return count, offset, directory_end


def _large_directory(data: bytes, at: int) -> tuple[int, int, int, int]:
    place = at - _END64_PLACE.size
    if place >= 0 and data[place : place + 4] == b"PK\6\7":
        record = _END64_PLACE.unpack_from(data, place)[2]
        if record + _END64.size == place and data[record : record + 4] == b"PK\6\6":
            fields = _END64.unpack_from(data, record)
            return fields[7], fields[8], fields[9], record
    damaged("the table of contents of its archive is broken")


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    raw_name: bytes
    method: int
    crc: int
    packed_bytes: int
    local_at: int
    next_at: int
    is_folder: bool


def _entry(data: bytes, at: int, end: int) -> _Entry:
    if at + _CENTRAL.size > end:
        damaged("the table of contents of its archive is cut off")
    fields = _CENTRAL.unpack_from(data, at)
    signature, _, _, flags, method = fields[:5]
    crc, packed, unpacked, name_size, extra_size, comment_size = fields[7:13]
    external, local_at = fields[15], fields[16]
    name_end = at + _CENTRAL.size + name_size
    next_at = name_end + extra_size + comment_size
    if signature != b"PK\1\2" or next_at > end:
        damaged("the table of contents of its archive is broken")
    raw_name = data[at + _CENTRAL.size : name_end]
    name = _safe_name(raw_name, is_utf8=bool(flags & 0x800))
    if _FOUR_BYTES_FULL in (packed, unpacked, local_at):
        extra = data[name_end : name_end + extra_size]
        packed, local_at = _large_sizes(extra, unpacked, packed, local_at)
    if flags & 0x41:
        refuse(
            f"The part '{name}' of the workbook is encrypted.",
            "Remove the password in Excel, save the workbook again and upload it.",
        )
    if (external >> 16) & 0o170000 == _SYMBOLIC_LINK:
        refuse(
            f"The part '{name}' of the workbook is a link to another file, which is not allowed.",
            _SAVE_AS,
        )
    if method not in (_STORED, _DEFLATED):
        refuse(
            f"The part '{name}' uses a compression method that is not allowed in workbooks.",
            _SAVE_AS,
        )
    is_folder = name.endswith("/") and not unpacked
    return _Entry(name, raw_name, method, crc, packed, local_at, next_at, is_folder)


def _large_sizes(extra: bytes, unpacked: int, packed: int, local_at: int) -> tuple[int, int]:
    """Read the 64-bit sizes; Excel and .NET write them even for small files."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            values = list(
                struct.unpack_from(f"<{size // 8}Q", extra[at + 4 : at + 4 + size // 8 * 8])
            )
            wanted = [v == _FOUR_BYTES_FULL for v in (unpacked, packed, local_at)]
            if len(values) < sum(wanted):
                break
            real = [
                values.pop(0) if w else v
                for w, v in zip(wanted, (unpacked, packed, local_at), strict=True)
            ]
            if real[0] > UNPACKED_BYTES:
                too_large(
                    "one of its parts claims to be over the limit", f"{PART_BYTES // MIB} MiB"
                )
            return real[1], real[2]
        at += 4 + size
    damaged("the sizes in its archive make no sense")


def _safe_name(raw: bytes, *, is_utf8: bool) -> str:
    try:
        name = raw.decode("utf-8" if is_utf8 else "cp437")
    except UnicodeDecodeError as problem:
        raise UnreadableWorkbook(
            "The file is damaged: a part name in its archive is not text.", hint=_DAMAGED_HINT
        ) from problem
    name = name.replace("\\", "/")
    steps = name.rstrip("/").split("/")
    if (
        not name
        or ":" in name
        or any(ord(c) < 32 for c in name)
        or any(step in ("", ".", "..") for step in steps)
    ):
        refuse(
            f"The part name {name[:80]!a} in the archive is not allowed in a workbook.",
            f"A workbook never contains such names. {_SAVE_AS}",
        )
    return name


def _locate(data: bytes, entry: _Entry, directory_at: int) -> tuple[Part, tuple[int, int]]:
    if entry.local_at + _LOCAL.size > directory_at:
        damaged(f"its part '{entry.name}' lies outside the archive")
    fields = _LOCAL.unpack_from(data, entry.local_at)
    name_size, extra_size = fields[9], fields[10]
    name_at = entry.local_at + _LOCAL.size
    start = name_at + name_size + extra_size
    stop = start + entry.packed_bytes
    if fields[0] != b"PK\3\4" or stop > directory_at:
        damaged(f"its part '{entry.name}' lies outside the archive")
    if data[name_at : name_at + name_size] != entry.raw_name or fields[3] != entry.method:
        damaged(f"its archive gives two descriptions of the part '{entry.name}'")
    part = Part(entry.name, entry.method, entry.crc, start, entry.packed_bytes)
    return part, (entry.local_at, stop)
