"""The real site and its fake runner."""

from tests.support.site import runner, site

__all__ = ["runner", "site"]
