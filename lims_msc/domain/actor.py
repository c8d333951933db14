"""Who acts, and with which roles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lims_msc.errors import NotAllowed


class Role(StrEnum):
    """What a person may do; a person may have several roles."""

    READER = "reader"
    TECHNICIAN = "technician"
    REVIEWER = "reviewer"
    DATA_MANAGER = "data_manager"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf a service acts.

    ``user_id`` is the host's opaque identifier, ``name`` what is shown and kept with each record so
    that the record stays readable after the user is gone.
    """

    user_id: str
    name: str
    roles: frozenset[Role]

    def may(self, *roles: Role) -> bool:
        """Return whether the actor has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: Role, action: str) -> None:
        """Refuse unless the actor has one of these roles.

        :raises NotAllowed: naming the action and the roles that allow it.
        """
        if not self.may(*roles):
            names = " or ".join(role.value.replace("_", " ") for role in roles)
            raise NotAllowed(f"{self.name} may not {action}.", hint=f"This needs the role {names}.")


ALL_ROLES = frozenset(Role)
