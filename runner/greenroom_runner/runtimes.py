"""Which program of the engine runs the sandboxes: the engine's default, or another that it knows.

`crun` starts containers with less processor time than the usual `runc`. `runsc` is gVisor: it puts
a kernel of its own between an answer and the machine's, and is slower.
"""

from collections.abc import Collection, Mapping
from typing import Any

WORTH_KNOWING = {
    "crun": "starts sandboxes with less processor time",
    "runsc": "keeps answers from the machine's own kernel (gVisor), and is slower",
}
_USUAL_PATHS = {"crun": "/usr/bin/crun", "runsc": "/usr/local/bin/runsc"}


class RuntimeMissingError(RuntimeError):
    """The engine does not know the runtime; the message says how it learns of it."""


def names(info: Mapping[str, Any]) -> list[str]:
    """Return the runtimes of an engine by what it says of itself (`docker info`)."""
    return sorted(info.get("Runtimes") or {})


def require(wanted: str, known: Collection[str]) -> None:
    """Raise RuntimeMissingError where `wanted` is none of the `known`. Empty is the default's."""
    if wanted and wanted not in known:
        path = _USUAL_PATHS.get(wanted, f"/path/to/{wanted}")
        raise RuntimeMissingError(
            f"The container engine knows no runtime {wanted}, only {', '.join(sorted(known))}. "
            f'Install it, write "runtimes": {{"{wanted}": {{"path": "{path}"}}}} into '
            "/etc/docker/daemon.json and restart the engine, or leave GREENROOM_SANDBOX_RUNTIME "
            "empty."
        )


def advice(default: str, known: Collection[str]) -> list[str]:
    """Return a sentence for each runtime that is there, is not the default and might be wanted."""
    return [
        f"{name} is there too: it {merit}. Set GREENROOM_SANDBOX_RUNTIME={name} to use it."
        for name, merit in WORTH_KNOWING.items()
        if name in known and name != default
    ]
