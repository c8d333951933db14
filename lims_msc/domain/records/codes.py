"""Opaque codes: what a code may look like, what Excel makes of it, and codes that look alike."""

from __future__ import annotations

import re

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,38}", re.ASCII)


def code_problem(code: str) -> tuple[str, str] | None:
    """Return what is wrong with a new code and what to do, or ``None``."""
    if _CODE.fullmatch(code) is None:
        hint = "Use letters, digits, dot, dash, plus and underscore; at most 39; no spaces."
        return f"'{code}' is not a code.", hint
    return None
