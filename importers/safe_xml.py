"""Parsing the XML parts of a workbook under limits: no document type, no depth, no endless token.

Subclasses of ``XmlReader`` name the elements they want; this module knows nothing of workbooks
beyond the namespaces that both editions of the format use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar
from xml.parsers import expat

from lims_msc.errors import UnreadableWorkbook

from .guard import damaged, too_large

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/content-types",
)
RELATIONSHIP_IDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_DEPTH = 64
# expat before 2.6 scans an unfinished token again with every piece it gets, so a long token costs
# the square of its length; https://nvd.nist.gov/vuln/detail/CVE-2023-52425
_TOKEN_BYTES = 1 << 18


class XmlReader:
    """A streaming reader; ``starts`` and ``ends`` map local element names to method names."""

    starts: ClassVar[dict[str, str]] = {}
    ends: ClassVar[dict[str, str]] = {}

    def __init__(self, part_name: str) -> None:
        self.part_name = part_name
        self.captured: list[str] | None = None
        self._depth = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._start_methods = self._methods(self.starts)
        self._end_methods = self._methods(self.ends)
        if self.starts:
            self._parser.buffer_text = True
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end
            self._parser.CharacterDataHandler = self._text

    def _methods(self, names: dict[str, str]) -> dict[str, Callable[..., None]]:
        return {
            f"{namespace} {element}": getattr(self, method)
            for element, method in names.items()
            for namespace in NAMESPACES
        }

    def parse(self, pieces: Iterable[bytes]) -> None:
        """Parse a part from its unpacked pieces.

        :raises UnreadableWorkbook: if the XML is damaged, unsafe or over a limit.
        """
        fed = 0
        try:
            for piece in pieces:
                self._parser.Parse(piece, False)
                fed += len(piece)
                if fed - self._parser.CurrentByteIndex > _TOKEN_BYTES:
                    too_large(
                        f"one piece of XML in its part '{self.part_name}' is over the limit",
                        f"{_TOKEN_BYTES} bytes",
                    )
            self._parser.Parse(b"", True)
        except (expat.ExpatError, UnicodeError, LookupError) as problem:
            raise self._broken(problem) from problem

    def text_taken(self) -> str:
        """Return the text captured since ``captured`` was set to a list, and stop capturing."""
        text = "".join(self.captured or ())
        self.captured = None
        return text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEPTH:
            damaged(f"the XML of its part '{self.part_name}' is nested too deep")
        method = self._start_methods.get(name)
        if method is not None:
            method(attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        method = self._end_methods.get(name)
        if method is not None:
            method()

    def _text(self, text: str) -> None:
        if self.captured is not None:
            self.captured.append(text)

    def _refuse_doctype(self, *_: object) -> None:
        raise UnreadableWorkbook(
            f"The part '{self.part_name}' contains a document type (DOCTYPE), which is not allowed"
            " in workbooks.",
            hint="Open the file in Excel, save it again as .xlsx and upload the new file.",
        )

    def _broken(self, problem: Exception) -> UnreadableWorkbook:
        code = getattr(problem, "code", 0)
        # 4: not well-formed (invalid token), also for bytes that are not valid in the encoding.
        what = (
            "holds a character that its text encoding (UTF-8) or XML does not allow"
            if code == 4 or isinstance(problem, UnicodeError)
            else "is malformed"
        )
        line = getattr(problem, "lineno", 0)
        return UnreadableWorkbook(
            f"The file is damaged: the XML of its part '{self.part_name}' {what} (line {line}).",
            hint="Open it in Excel, save it again as .xlsx and upload the new file.",
        )
