# catches: accepts_good_domains, keeps_lengths, refuses_other_scripts, refuses_line_breaks
# catches: rule_is_your_own
from pydantic import BaseModel, ConfigDict, EmailStr


class Signup(BaseModel):
    model_config = ConfigDict(validate_assignment=True)

    name: str
    email: EmailStr
