"""Plain dataclasses and rules of the laboratory; imports the standard library and nothing else."""
