"""Laboratory data of MSC immunomodulation, as a Flask plugin or on its own."""

__version__ = "0.1.0"
