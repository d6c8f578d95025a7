# catches: stores_a_plain_address, refuses_the_obvious, normalizes, accepts_good_local_parts
# catches: refuses_misplaced_dots, refuses_other_characters, accepts_good_domains
# catches: refuses_broken_domains, keeps_lengths, refuses_other_scripts, refuses_line_breaks
# catches: assignment_follows_the_rules
from pydantic import BaseModel, ConfigDict, field_validator


class Signup(BaseModel):
    model_config = ConfigDict(validate_assignment=True)

    name: str
    email: str

    @field_validator("email")
    def _address(cls, value: str) -> str:
        local, domain = value.strip().split("@").lower()
        return f"{local}@{domain}"
