"""The version of this release; stored with every result."""

__version__ = "0.1.0"
