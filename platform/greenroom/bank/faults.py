"""What is wrong with a bank on disk: file, line, field and a sentence. All of it, not the first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from greenroom.core.errors import GreenroomError

SHOWN = 30


@dataclass(frozen=True, order=True)
class BankFault:
    """One fault. `file` is below the bank's folder; line 0 is the file as a whole."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        place = self.file + (f", line {self.line}" if self.line else "")
        return f"{place}{f', {self.field}' if self.field else ''}: {self.message}"


class BankFaultsError(GreenroomError):
    """The bank cannot be loaded as it is. `faults` holds every one that was found."""

    status = 422
    code = "bank_faults"
    title = "The question bank has faults"

    def __init__(self, faults: Sequence[BankFault]) -> None:
        """Keep the faults; the message lists the first of them."""
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            lines.append(f"and {len(self.faults) - SHOWN} more")
        super().__init__("\n".join(lines))


@dataclass
class Faults:
    """Collects faults while a bank is read."""

    found: list[BankFault] = field(default_factory=list)

    def add(self, file: str, message: str, *, line: int = 0, field: str = "") -> None:
        """Note a fault."""
        self.found.append(BankFault(file, line, field, message))

    def of(self, prefix: str) -> bool:
        """Whether anything below a folder has a fault."""
        return any(fault.file.startswith(f"{prefix}/") for fault in self.found)

    def __iter__(self) -> Iterator[BankFault]:
        """Go through the faults by file and line."""
        return iter(sorted(self.found))
