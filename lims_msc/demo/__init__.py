"""The demonstration laboratory: simulated, and labelled as simulated wherever it appears."""
