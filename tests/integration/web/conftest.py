"""The real site and its fake runner."""

from tests.support.live_site import runner, session, site, worker

__all__ = ["runner", "session", "site", "worker"]
