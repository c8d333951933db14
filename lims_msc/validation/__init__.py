"""Recomputes numeric reference cases, one module for each kind of case.

The module of a kind has the name of the kind and one function, ``answer``, that takes a case (its
``input``, and ``expected`` for the names of what is asked) and returns what the science floor
computes, with the keys and the nesting of ``expected``.  A number that does not exist is ``None``
and has a status or a reason beside it.  No answer is ever read from ``expected``.
"""
