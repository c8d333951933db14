"""Potency in the dish beside the effect in vivo."""

from __future__ import annotations

from flask import render_template, request

from lims_msc.errors import InputError
from lims_msc.services import in_vivo
from lims_msc.web.addresses import Address
from lims_msc.web.state import state


def show() -> str:
    """Show the uses of batches with their outcomes, and potency beside effect."""
    lab = state()
    chosen = in_vivo.Choices(
        disease=request.args.get("disease", "").strip(),
        model=request.args.get("model", "").strip(),
        measure=request.args.get("measure", "").strip(),
        day=_day(request.args.get("day", "").strip()),
        series=request.args.get("series", "").strip(),
    )
    with lab.database.reading() as session:
        page = in_vivo.in_vivo_page(session, lab.registry, chosen)
    return render_template("lims_msc/in_vivo.html", page=page)


def _day(entered: str) -> int | None:
    """Return the day of the effect, ``None`` where none is chosen.

    :raises InputError: if it is no whole number.
    """
    if not entered:
        return None
    digits = entered.removeprefix("-").removeprefix("−")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5):
        raise InputError(
            f"The day '{entered}' cannot be read.", hint="Write a whole number of days, such as 28."
        )
    return int(digits) if digits == entered else -int(digits)


ADDRESSES: tuple[Address, ...] = (("GET", "/in-vivo", "in_vivo", show),)
