"""Pure functions of the analysis; formula and source stand in each docstring."""
