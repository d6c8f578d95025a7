# catches: stores_a_plain_address
from pydantic import BaseModel, ConfigDict, field_validator


class Signup(BaseModel):
    model_config = ConfigDict(validate_assignment=True)

    name: str
    email: str

    @field_validator("email")
    def _address(cls, value: str) -> str:
        local, domain = value.strip().split("@").lower()
        return f"{local}@{domain}"
