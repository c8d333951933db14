"""The tables, one subject per module; importing this package makes all of them known."""
