"""The database migrations of lims-msc; installed as ``lims_msc.migrations``."""
