"""For whom something is done: every query on a person's or organization's rows takes a Scope."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Scope:
    """A person in one of their organizations, with the role they have there."""

    user_id: UUID
    organization_id: UUID
    role: str
    name: str
