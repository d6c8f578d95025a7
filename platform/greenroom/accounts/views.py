"""What the sign-in page shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SignInPage:
    """The sign-in form.

    `next` is the address on this site to go to afterwards, `email` what was typed before, `problem`
    why that did not work.
    """

    next: str = "/"
    email: str = ""
    problem: str = ""
