"""Readers of instrument files, one module per program; installed as ``lims_msc.importers``."""
