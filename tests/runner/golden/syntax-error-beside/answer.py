"""An answer of two files, of which the second cannot be read."""

from sums import add

__all__ = ["add"]
