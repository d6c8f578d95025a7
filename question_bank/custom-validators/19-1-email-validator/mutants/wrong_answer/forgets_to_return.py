# catches: stores_a_plain_address, normalizes, accepts_good_local_parts, accepts_good_domains
# catches: keeps_lengths, refuses_line_breaks, assignment_follows_the_rules
import re

from pydantic import BaseModel, ConfigDict, field_validator

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
LOCAL = re.compile(rf"(?=.{{1,64}}$){ATOM}(?:\.{ATOM})*")
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})+")


class Signup(BaseModel):
    model_config = ConfigDict(validate_assignment=True)

    name: str
    email: str

    @field_validator("email")
    @classmethod
    def _address(cls, value: str) -> str:
        local, at, domain = value.strip().rpartition("@")
        address = f"{local}@{domain.lower()}"
        if not at or not LOCAL.fullmatch(local) or not DOMAIN.fullmatch(domain):
            raise ValueError("not an email address")
        if len(address) > 254:
            raise ValueError("an email address has 254 characters at most")
