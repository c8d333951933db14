"""Assay types, one module each: roles, formula, checks, units and direction."""
