"""What an address of ours is: method, rule, endpoint and view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Address = tuple[str, str, str, Callable[..., Any]]
