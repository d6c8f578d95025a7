from pydantic import BaseModel

MemberNumber = str  # the steps go here


class Pair(BaseModel):
    climber: MemberNumber
    partner: MemberNumber
