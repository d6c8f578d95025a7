from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator


def tidy(value: Any) -> Any:
    return value.translate({ord(" "): None, ord("-"): None}) if isinstance(value, str) else value


def checked(value: str) -> str:
    *digits, last = map(int, value)
    if sum(digits) % 10 != last:
        raise ValueError("the last digit does not fit the others")
    return value


type MemberNumber = Annotated[
    str,
    Field(pattern=r"^[0-9]{8}$"),
    AfterValidator(checked),
    AfterValidator(lambda value: value[:4] + "-" + value[4:]),
    BeforeValidator(tidy),
]


class Pair(BaseModel):
    climber: MemberNumber
    partner: MemberNumber

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if len({self.climber, self.partner}) == 1:
            raise ValueError("nobody climbs with themselves")
        return self
