import pytest

from greenroom_runner import runtimes
from greenroom_runner.runtimes import RuntimeMissingError

INFO = {"Runtimes": {"runc": {"path": "runc"}, "io.containerd.runc.v2": {"path": "runc"}}}


def test_the_names_are_what_the_engine_lists() -> None:
    assert runtimes.names(INFO) == ["io.containerd.runc.v2", "runc"]
    assert runtimes.names({}) == []


@pytest.mark.parametrize("wanted", ["", "runc"])
def test_takes_the_default_and_what_is_listed(wanted: str) -> None:
    runtimes.require(wanted, runtimes.names(INFO))


@pytest.mark.parametrize(
    ("wanted", "path"),
    [("crun", "/usr/bin/crun"), ("runsc", "/usr/local/bin/runsc"), ("kata", "/path/to/kata")],
)
def test_says_how_the_engine_learns_of_another(wanted: str, path: str) -> None:
    with pytest.raises(RuntimeMissingError) as raised:
        runtimes.require(wanted, runtimes.names(INFO))
    assert str(raised.value) == (
        f"The container engine knows no runtime {wanted}, only io.containerd.runc.v2, runc. "
        f'Install it, write "runtimes": {{"{wanted}": {{"path": "{path}"}}}} into '
        "/etc/docker/daemon.json and restart the engine, or leave GREENROOM_SANDBOX_RUNTIME empty."
    )


def test_tells_of_others_that_might_be_wanted() -> None:
    assert runtimes.advice("runc", ["runc", "io.containerd.runc.v2"]) == []
    assert runtimes.advice("crun", ["runc", "crun"]) == []
    crun, runsc = runtimes.advice("runc", ["runc", "crun", "runsc"])
    assert crun.endswith("less processor time. Set GREENROOM_SANDBOX_RUNTIME=crun to use it.")
    assert "gVisor" in runsc
