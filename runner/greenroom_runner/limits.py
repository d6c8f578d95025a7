"""What one judgement may use. A question may lower or raise each within the stated bounds."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Bounds of one judgement: seconds of wall clock, MiB of memory and disk, KiB of output."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    total_seconds: Annotated[float, Field(gt=0, le=300)] = 20.0
    memory_mib: Annotated[int, Field(ge=64, le=2048)] = 256
    output_kib: Annotated[int, Field(ge=1, le=1024)] = 64
    disk_mib: Annotated[int, Field(ge=1, le=512)] = 32
    pids: Annotated[int, Field(ge=8, le=256)] = 64
