"""The exceptions that callers may expect from lims-msc; anything else is a bug of ours.

::

    LimsMscError                 code, message (for people), hint, findings, http_status
    ├── InputError        422    the file or form is wrong; carries Findings with sheet and cell
    │   ├── UnreadableWorkbook   the bytes cannot be opened, or are refused by the guard
    │   ├── UnknownFormat        no importer knows the file
    │   │   ├── AmbiguousFormat      several importers know it: a person chooses
    │   │   └── ChoiceNeeded         several parts may be measured: a person chooses
    │   └── LayoutMismatch       file and plate map do not describe the same plate
    ├── NotFound          404
    ├── Conflict          409
    │   ├── DuplicateUpload      these bytes were imported before
    │   └── StaleVersion         somebody changed it since the page was opened
    ├── NotAllowed        403    says which role is needed
    ├── IllegalTransition 409    says the state, the action, and what is allowed now
    └── ConfigurationError 500   names the setting; raised at start, not at first use

A curve that cannot be fitted is not an exception: it is a result with a status and a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from lims_msc.domain.findings import Finding


class LimsMscError(Exception):
    """Base of all expected failures.

    :param message: one sentence for people: what is wrong, the offending value in quotes, where.
    :param hint: what was expected and what to do now.
    :param findings: every finding that led here, not only the first.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.findings: tuple[Finding, ...] = tuple(findings)

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments are lost by the default pickling of exceptions, and these
        # errors travel from the reading process back to the one that asked.
        return (_rebuild, (type(self), self.message, self.hint, self.findings))


def _rebuild(
    kind: type[LimsMscError], message: str, hint: str, findings: tuple[Finding, ...]
) -> LimsMscError:
    return kind(message, hint=hint, findings=findings)


class InputError(LimsMscError):
    """The file or the form cannot be taken as it is."""

    code = "input_error"
    http_status = 422


class UnreadableWorkbook(InputError):
    """The bytes cannot be opened safely as a workbook or as text."""

    code = "unreadable_workbook"


class UnknownFormat(InputError):
    """No importer knows this file; the findings say why each declined."""

    code = "unknown_format"


class AmbiguousFormat(UnknownFormat):
    """Several importers know this file; a person must choose."""

    code = "ambiguous_format"


class ChoiceNeeded(UnknownFormat):
    """Several parts of the file may have been measured; a person must say which.

    Its findings with the code ``option.<importer>.<key>`` are the parts to choose from.
    """

    code = "choice_needed"


class LayoutMismatch(InputError):
    """The reader file and the plate map do not describe the same plate."""

    code = "layout_mismatch"


class NotFound(LimsMscError):
    """There is no such record."""

    code = "not_found"
    http_status = 404


class Conflict(LimsMscError):
    """The change collides with what is stored already."""

    code = "conflict"
    http_status = 409


class DuplicateUpload(Conflict):
    """The same bytes were imported before."""

    code = "duplicate_upload"


class StaleVersion(Conflict):
    """Somebody changed the record since the page was opened."""

    code = "stale_version"


class NotAllowed(LimsMscError):
    """The actor lacks the role that the action needs."""

    code = "not_allowed"
    http_status = 403


class IllegalTransition(LimsMscError):
    """The action is not possible in the state that the record is in."""

    code = "illegal_transition"
    http_status = 409


class ConfigurationError(LimsMscError):
    """A setting is missing or wrong; raised when the application starts."""

    code = "configuration_error"
    http_status = 500
