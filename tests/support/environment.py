"""Settings of a test."""

import pytest

from greenroom.core.config import Settings, settings
from tests.support import processes


class Environment:
    """Changes settings by the environment, which is how everybody else changes them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Undo everything at the test's end."""
        self._monkeypatch = monkeypatch

    def set(self, **values: str) -> Settings:
        """Set `mode="multi-user"` as GREENROOM_MODE and so on; return the settings as they are."""
        self.leave(**values)
        return settings()

    def leave(self, **values: str) -> None:
        """Set the same without reading them: they may be wrong."""
        for name, value in values.items():
            self._monkeypatch.setenv(f"GREENROOM_{name.upper()}", value)
        processes.forget()
