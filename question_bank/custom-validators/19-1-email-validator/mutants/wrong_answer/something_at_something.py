# catches: refuses_misplaced_dots, refuses_other_characters, refuses_broken_domains, keeps_lengths
# catches: refuses_other_scripts, refuses_line_breaks
import re

from pydantic import BaseModel, ConfigDict, field_validator


class Signup(BaseModel):
    model_config = ConfigDict(validate_assignment=True)

    name: str
    email: str

    @field_validator("email")
    @classmethod
    def _address(cls, value: str) -> str:
        value = value.strip()
        if not re.match(r"[^@]+@[^@]+\.[^@]+$", value):
            raise ValueError("not an email address")
        local, domain = value.split("@")
        return f"{local}@{domain.lower()}"
