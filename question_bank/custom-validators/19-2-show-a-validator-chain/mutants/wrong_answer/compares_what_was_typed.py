# catches: same_member_is_refused, both_fields_are_told
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, model_validator


def without_separators(value: str) -> str:
    return value.replace(" ", "").replace("-", "")


def eight_digits(value: str) -> str:
    if not re.fullmatch("[0-9]{8}", value):
        raise ValueError("a member number has eight digits")
    return value


def check_digit_fits(value: str) -> str:
    if sum(map(int, value[:7])) % 10 != int(value[7]):
        raise ValueError("the last digit does not fit the others")
    return value


def in_groups(value: str) -> str:
    return f"{value[:4]}-{value[4:]}"


MemberNumber = Annotated[
    str,
    AfterValidator(without_separators),
    AfterValidator(eight_digits),
    AfterValidator(check_digit_fits),
    AfterValidator(in_groups),
]


class Pair(BaseModel):
    climber: MemberNumber
    partner: MemberNumber

    @model_validator(mode="before")
    @classmethod
    def two_people(cls, data: dict) -> dict:
        if data["climber"] == data["partner"]:
            raise ValueError("nobody climbs with themselves")
        return data
