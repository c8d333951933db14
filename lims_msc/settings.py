"""Every setting of lims-msc: its key, type, default, check, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lims_msc.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one application.

    ======================== ======== =========================================================
    key                      default  meaning
    ======================== ======== =========================================================
    LIMS_MSC_DATABASE_URL    (none)   where the data are: ``sqlite:///path/to/lab.sqlite``
    LIMS_MSC_URL_PREFIX      /msc     where the pages are mounted; empty for the root
    LIMS_MSC_BASE_TEMPLATE   our own  the template that pages extend (blocks title, content)
    LIMS_MSC_MAX_UPLOAD_MIB  10       the largest upload taken, in mebibytes
    ======================== ======== =========================================================
    """

    database_url: str
    url_prefix: str = "/msc"
    base_template: str = "lims_msc/base.html"
    max_upload_mib: int = 10

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Read the settings of an application.

        :raises ConfigurationError: naming the setting that is missing or wrong.
        """
        url = config.get("LIMS_MSC_DATABASE_URL")
        if not isinstance(url, str) or not url:
            raise ConfigurationError(
                "LIMS_MSC_DATABASE_URL is not set.", hint="Set it to sqlite:///path/to/lab.sqlite."
            )
        prefix = config.get("LIMS_MSC_URL_PREFIX", "/msc")
        if not isinstance(prefix, str) or (prefix and not prefix.startswith("/")):
            raise ConfigurationError(
                f"LIMS_MSC_URL_PREFIX '{prefix}' is not a path.", hint="Write /msc, or nothing."
            )
        most = config.get("LIMS_MSC_MAX_UPLOAD_MIB", 10)
        if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= 10:
            raise ConfigurationError(
                f"LIMS_MSC_MAX_UPLOAD_MIB '{most}' is not a size.", hint="A number from 1 to 10."
            )
        if not config.get("SECRET_KEY"):
            raise ConfigurationError(
                "SECRET_KEY is not set.",
                hint="Forms are protected with it: set it to a long random text.",
            )
        template = config.get("LIMS_MSC_BASE_TEMPLATE", "lims_msc/base.html")
        return cls(url, prefix.rstrip("/"), str(template), most)
