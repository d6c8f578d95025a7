"""What each service needs beyond what a question gives its answer, and what it brings along."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Needs:
    """MiB of memory, MiB of disk and tasks at most. Files are memory too: the disk is a tmpfs."""

    memory_mib: int = 0
    disk_mib: int = 0
    pids: int = 0
    shared_memory: bool = False
    """System V shared memory, by which PostgreSQL knows that it runs once."""

    def __add__(self, other: "Needs") -> "Needs":
        return Needs(
            self.memory_mib + other.memory_mib,
            self.disk_mib + other.disk_mib,
            self.pids + other.pids,
            self.shared_memory or other.shared_memory,
        )


NOTHING = Needs()
NEEDS = {
    "redis": Needs(memory_mib=48, disk_mib=1, pids=8),
    "postgres": Needs(memory_mib=192, disk_mib=112, pids=64, shared_memory=True),
    "celery": Needs(memory_mib=128, disk_mib=4, pids=16),
    "kafka": Needs(memory_mib=64, disk_mib=1, pids=24),
    "otlp": Needs(memory_mib=32, disk_mib=1, pids=8),
    "mail": Needs(memory_mib=32, disk_mib=1, pids=8),
    "target": Needs(memory_mib=32, disk_mib=1, pids=8),
    "suite": Needs(memory_mib=32),
}
IMPLIED = {"celery": ("redis",)}


def with_implied(names: Iterable[str]) -> tuple[str, ...]:
    """Return the services that `names` come to, each once and after those that it relies on."""
    found: dict[str, None] = {}
    for name in names:
        found |= dict.fromkeys((*IMPLIED.get(name, ()), name))
    return tuple(found)


def together(names: Iterable[str]) -> Needs:
    """Return what these services, and those that they imply, need in all."""
    return sum((NEEDS[name] for name in with_implied(names)), NOTHING)
