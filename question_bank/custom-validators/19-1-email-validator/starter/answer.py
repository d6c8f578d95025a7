from pydantic import BaseModel


class Signup(BaseModel):
    name: str
    email: str
    # your validator goes here
