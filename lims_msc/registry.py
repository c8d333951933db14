"""Entry points as named objects: openers, importers, assay types, exporters, templates.

A plugin that does not load is reported by name and takes nobody else down; two packages that
claim the same key are an error that names both.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, TypeVar

from lims_msc.domain.assay import AssayType
from lims_msc.domain.exporting import Exporter
from lims_msc.domain.importing import Importer, Opener
from lims_msc.domain.plate_map_template import Template
from lims_msc.domain.registry_template import RegistryTemplate
from lims_msc.errors import ConfigurationError, NotFound

log = logging.getLogger(__name__)

Plugin = TypeVar("Plugin")

GROUPS = (
    "lims_msc.openers",
    "lims_msc.importers",
    "lims_msc.assay_types",
    "lims_msc.exporters",
    "lims_msc.templates",
)


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A plugin that could not be loaded: where it is declared and what went wrong."""

    group: str
    name: str
    distribution: str
    problem: str

    def __str__(self) -> str:
        return f"{self.group} '{self.name}' of {self.distribution}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Registry:
    """All plugins that loaded, by key, and those that did not."""

    importers: Mapping[str, Importer]
    assay_types: Mapping[str, AssayType]
    exporters: Mapping[str, Exporter]
    openers: Mapping[str, Opener]
    templates: Mapping[str, Any]
    broken: tuple[BrokenPlugin, ...] = ()

    @property
    def open_workbook(self) -> Opener:
        """The opener of uploads.

        :raises ConfigurationError: if it did not load.
        """
        return _get(self.openers, "workbook", "opener", self.broken)

    def assay(self, key: str) -> AssayType:
        """Return an assay type.

        :raises NotFound: if there is none of that key; lists those there are.
        """
        return _find(self.assay_types, key, "assay")

    def exporter(self, key: str) -> Exporter:
        """Return an exporter.

        :raises NotFound: if there is none of that key; lists those there are.
        """
        return _find(self.exporters, key, "export format")

    def importer(self, key: str) -> Importer:
        """Return an importer.

        :raises NotFound: if there is none of that key; lists those there are.
        """
        return _find(self.importers, key, "importer")

    @property
    def plate_map_template(self) -> Template:
        """The writer of the plate-map template.

        :raises ConfigurationError: if it did not load.
        """
        found: Template = _get(self.templates, "plate_map", "template", self.broken)
        return found

    @property
    def registry_template(self) -> RegistryTemplate:
        """The writer of the workbook of all records.

        :raises ConfigurationError: if it did not load.
        """
        found: RegistryTemplate = _get(self.templates, "registry", "template", self.broken)
        return found


def load_registry(found: Iterable[EntryPoint] | None = None) -> Registry:
    """Load every plugin of our groups, each on its own.

    :raises ConfigurationError: if two packages claim the same key.
    """
    declared = (
        [e for group in GROUPS for e in entry_points(group=group)] if found is None else found
    )
    loaded: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    owners: dict[tuple[str, str], str] = {}
    broken: list[BrokenPlugin] = []
    for entry in declared:
        owner = entry.dist.name if entry.dist is not None else "an unnamed package"
        other = owners.setdefault((entry.group, entry.name), owner)
        if entry.name in loaded[entry.group] and other != owner:
            raise ConfigurationError(
                f"Both {other} and {owner} provide '{entry.name}' in {entry.group}.",
                hint="Uninstall one of them; a key may belong to one package only.",
            )
        try:
            loaded[entry.group][entry.name] = _load(entry)
        except Exception as error:
            # Whatever a third party's module does while it loads, the others must stay usable.
            problem = f"{type(error).__name__}: {error}"
            details = log.isEnabledFor(logging.DEBUG)
            log.error(  # noqa: TRY400 (the traceback is for those who ask for details)
                "The plugin '%s' of %s does not load: %s",
                entry.name,
                owner,
                problem,
                exc_info=details,
            )
            broken.append(BrokenPlugin(entry.group, entry.name, owner, problem))
    openers, importers, assay_types, exporters, templates = (
        MappingProxyType(dict(sorted(loaded[group].items()))) for group in GROUPS
    )
    return Registry(importers, assay_types, exporters, openers, templates, tuple(broken))


def _load(entry: EntryPoint) -> object:
    plugin = entry.load()
    if not isinstance(plugin, type):
        return plugin
    made = plugin()
    key = getattr(made, "key", entry.name)
    if key != entry.name:
        raise ValueError(f"its key '{key}' differs from its entry point")
    return made


def _find(plugins: Mapping[str, Plugin], key: str, what: str) -> Plugin:
    try:
        return plugins[key]
    except KeyError:
        known = ", ".join(plugins) or "none"
        raise NotFound(f"There is no {what} '{key}'.", hint=f"There are: {known}.") from None


def _get(
    plugins: Mapping[str, Plugin], key: str, what: str, broken: tuple[BrokenPlugin, ...]
) -> Plugin:
    try:
        return plugins[key]
    except KeyError:
        reasons = "; ".join(str(b) for b in broken) or "it is not installed"
        raise ConfigurationError(f"The {what} '{key}' is missing: {reasons}.") from None
