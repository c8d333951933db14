"""Export formats, one module each: a frozen bundle in, bytes out."""
