import string
from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints

LABEL = frozenset(string.ascii_letters + string.digits + "-")
ATOM = LABEL | frozenset("!#$%&'*+/=?^_`{|}~")


def check_local(local: str) -> None:
    if not 1 <= len(local) <= 64:
        raise ValueError("1 to 64 characters before the @")
    for atom in local.split("."):
        if not atom or not set(atom) <= ATOM:
            raise ValueError("a character or a dot is out of place before the @")


def check_domain(domain: str) -> None:
    labels = domain.split(".")
    if len(labels) < 2:
        raise ValueError("the domain needs a dot")
    for label in labels:
        if not 1 <= len(label) <= 63 or not set(label) <= LABEL:
            raise ValueError("the domain has a bad label")
        if label[0] == "-" or label[-1] == "-":
            raise ValueError("a label starts or ends with a hyphen")


def normalize(value: str) -> str:
    if value.count("@") != 1:
        raise ValueError("one @ is needed")
    local, domain = value.split("@")
    check_local(local)
    check_domain(domain)
    if len(value) > 254:
        raise ValueError("too long")
    return f"{local}@{domain.lower()}"


Address = Annotated[str, StringConstraints(strip_whitespace=True, strict=True), AfterValidator(normalize)]


class Signup(BaseModel, validate_assignment=True):
    name: str
    email: Address
