"""Checks for 19.1: what is an address, what is stored of it, and when the rule applies."""

import ast
import string
from random import Random

from greenroom_runner.harness.grading import Answer, check, probe

ATOM = string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~-"


@probe
def stored(answer, addresses):
    """Return for each address what is stored, or where it was refused."""
    from pydantic import ValidationError

    results = []
    for address in addresses:
        try:
            results.append(answer.Signup(name="Ada", email=address).email)
        except ValidationError as error:
            results.append({"refused": [str(part) for part in error.errors()[0]["loc"]]})
    return results


@probe
def assigned(answer, address):
    """Assign an address to a good signup; return what is stored then, or where it was refused."""
    from pydantic import ValidationError

    signup = answer.Signup(name="Ada", email="ada@example.org")
    try:
        signup.email = address
    except ValidationError as error:
        return {"refused": [str(part) for part in error.errors()[0]["loc"]]}
    return signup.email


@probe
def is_model_with_text(answer):
    """Return whether Signup is a Pydantic model, and a good signup as a plain dict."""
    from pydantic import BaseModel

    signup = answer.Signup(name="Grace", email="grace@example.org")
    return [issubclass(answer.Signup, BaseModel), signup.model_dump()]


REFUSED = {"refused": ["email"]}


def refuses(answer: Answer, *addresses: object) -> None:
    """Expect each address to be refused at `email`."""
    for address, seen in zip(addresses, answer.probe(stored, list(addresses)), strict=True):
        assert seen == REFUSED, f"{address!r} should be refused."


def keeps(answer: Answer, *addresses: str) -> None:
    """Expect each address to be stored as it is."""
    for address, seen in zip(addresses, answer.probe(stored, list(addresses)), strict=True):
        assert seen == address, f"{address!r} is a good address."


@check("A plain address is stored", group="basics", visible=True)
def stores_a_plain_address(answer: Answer) -> None:
    assert answer.probe(is_model_with_text) == [
        True,
        {"name": "Grace", "email": "grace@example.org"},
    ], "A signup with a good address should hold both fields."


@check("Text without an @ and a domain without a dot are refused", group="basics", visible=True)
def refuses_the_obvious(answer: Answer) -> None:
    refuses(answer, "ada", "ada@example", "@example.org", "ada@", "", "   ")


@check("White space is removed and the domain lower-cased", group="basics", visible=True)
def normalizes(answer: Answer) -> None:
    seen = answer.probe(stored, ["  Ada.L@Example.ORG "])
    assert seen == ["Ada.L@example.org"], "The part before the @ stays as it was typed."


@check(
    "Any good local part is accepted",
    group="local part",
    hint="The statement lists the characters.",
)
def accepts_good_local_parts(answer: Answer, random: Random) -> None:
    made = []
    for _ in range(30):
        atoms = [
            "".join(random.choices(ATOM, k=random.randint(1, 9)))
            for _ in range(random.randint(1, 4))
        ]
        made.append(f"{'.'.join(atoms)}@example.org")
    keeps(answer, "o'brien+news@example.org", "a@example.org", *made)


@check(
    "Dots in the wrong place are refused", group="local part", hint="First, last, and side by side."
)
def refuses_misplaced_dots(answer: Answer) -> None:
    refuses(answer, ".ada@example.org", "ada.@example.org", "ada..l@example.org")


@check(
    "Spaces, brackets, commas and a second @ are refused",
    group="local part",
    hint="Allow what is listed instead of refusing what comes to mind.",
)
def refuses_other_characters(answer: Answer) -> None:
    refuses(
        answer, "ada l@example.org", "a(d)a@example.org", "ada,l@example.org", "ada@l@example.org"
    )
    refuses(
        answer,
        "ada\\l@example.org",
        'ad"a@example.org',
        "ada\u0000@example.org",
        "ada:l@example.org",
    )


@check(
    "Good domains of any depth are accepted",
    group="domain",
    hint="Digits and hyphens may be in a label.",
)
def accepts_good_domains(answer: Answer) -> None:
    keeps(
        answer,
        "ada@a.b.c.example.org",
        "ada@3com.com",
        "ada@xn--bcher-kva.example",
        "ada@my-site.co.uk",
    )


@check("Broken domains are refused", group="domain", hint="Look at each label by itself.")
def refuses_broken_domains(answer: Answer) -> None:
    refuses(answer, "ada@-example.org", "ada@example-.org", "ada@example..org", "ada@.example.org")
    refuses(answer, "ada@example.org.", "ada@exa_mple.org", "ada@exam ple.org", "ada@[127.0.0.1]")


@check("Lengths are kept to the character", group="edges", hint="64, 63 and 254.")
def keeps_lengths(answer: Answer) -> None:
    longest = "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".com"
    keeps(answer, "a" * 64 + "@example.org", "ada@" + "b" * 63 + ".org")
    keeps(answer, longest)
    refuses(answer, "a" * 65 + "@example.org", "ada@" + "b" * 64 + ".org")
    refuses(answer, "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".comm")


@check("Only ASCII is accepted", group="edges", hint=r"\w and str.isalnum() know every script.")
def refuses_other_scripts(answer: Answer) -> None:
    refuses(
        answer,
        "адa@example.org",
        "ada@exämple.org",
        "ada@example.\u0661\u0662",
        "ad\u00aa@example.org",
    )


@check(
    "A line break inside or after an address is not let through",
    group="edges",
    hint="fullmatch, not match.",
)
def refuses_line_breaks(answer: Answer) -> None:
    refuses(answer, "ada@example.org\nbcc: all@example.org", "ada\n@example.org")
    assert answer.probe(stored, ["ada@example.org\n"]) == ["ada@example.org"], (
        "At the end it is white space."
    )


@check("Anything but text is refused", group="edges", hint="None, a number, a list.")
def refuses_other_types(answer: Answer) -> None:
    refuses(answer, None, 42, ["ada@example.org"])


@check(
    "A later assignment follows the same rules",
    group="assignment",
    hint="It is a setting of the model.",
)
def assignment_follows_the_rules(answer: Answer) -> None:
    assert answer.probe(assigned, "nonsense") == REFUSED, (
        "A bad address should be refused later, too."
    )
    assert answer.probe(assigned, " New@EXAMPLE.org") == "New@example.org", (
        "And a good one normalized."
    )


@check("The rule is your own", group="technique", hint="EmailStr does not count here.")
def rule_is_your_own(answer: Answer) -> None:
    names = {
        part
        for node in ast.walk(ast.parse(answer.files["answer.py"]))
        for part in (getattr(node, "id", ""), getattr(node, "attr", ""), *_imported(node))
    }
    borrowed = sorted(names & {"EmailStr", "NameEmail", "validate_email", "email_validator"})
    assert borrowed == [], "The statement asks for a validator of your own."


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
    return []
