import re
from typing import Any

from pydantic import BaseModel, field_validator
from pydantic_core import PydanticCustomError

ADDRESS = re.compile(
    r"""
    (?P<local> [a-z0-9!#$%&'*+/=?^_`{|}~-]+ (?: \. [a-z0-9!#$%&'*+/=?^_`{|}~-]+ )* )
    @
    (?P<domain> [a-z0-9-]+ (?: \. [a-z0-9-]+ )+ )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


class Signup(BaseModel):
    model_config = {"validate_assignment": True, "str_strip_whitespace": True}

    name: str
    email: str

    @field_validator("email", mode="before")
    @classmethod
    def parse(cls, value: Any) -> Any:
        if not isinstance(value, str):
            raise PydanticCustomError("email", "an address is text")
        found = ADDRESS.fullmatch(value.strip())
        if found is None or len(value.strip()) > 254 or len(found["local"]) > 64:
            raise PydanticCustomError("email", "not an address")
        for label in found["domain"].split("."):
            if len(label) > 63 or label.startswith("-") or label.endswith("-"):
                raise PydanticCustomError("email", "not a domain")
        return found["local"] + "@" + found["domain"].lower()
