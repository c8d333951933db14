"""What a host application hands to lims-msc: who is acting, and where people sign in."""

from __future__ import annotations

from typing import Protocol

from lims_msc.domain.actor import Actor


class CurrentActor(Protocol):
    """Says on whose behalf the current request acts; asked once a request."""

    def __call__(self) -> Actor | None:
        """Return the person, or ``None`` if nobody is signed in."""
        ...


class SignInUrl(Protocol):
    """Says where a person who is not signed in is sent."""

    def __call__(self, next_path: str) -> str:
        """Return the address of the sign-in page, which leads back to ``next_path``."""
        ...


class SignOutUrl(Protocol):
    """Says where the button that signs out leads (a POST with the token of the form)."""

    def __call__(self) -> str:
        """Return the address."""
        ...


def nobody() -> Actor | None:
    """Return ``None``: the answer of a host that has not said who acts."""
    return None
