"""What a higher reading means is said of the readout of a plate, not of its assay at large."""

from __future__ import annotations

from dataclasses import replace

from lims_msc.registry import Registry
from lims_msc.services.queries import direction


def test_the_direction_is_that_of_the_readout(registry: Registry) -> None:
    assert "competitive" not in direction(registry, "cytokine_elisa", "pge2")
    assert "a lower signal" in direction(registry, "cytokine_elisa", "pge2")
    assert "suppress" in direction(registry, "cytokine_elisa", "ifn_gamma")


def test_a_readout_that_a_newer_assay_no_longer_has_gets_the_direction_of_the_assay(
    registry: Registry,
) -> None:
    assay = registry.assay("t_cell_proliferation")
    assert direction(registry, assay.key, "gone") == assay.higher_means


def test_an_assay_whose_plugin_is_gone_has_no_direction(registry: Registry) -> None:
    assert not direction(replace(registry, assay_types={}), "t_cell_proliferation", "brdu_od")
