"""Faults that a person or a program caused, each with a sentence that says what to do.

The web turns them into problem details or an error page, the command line into one line on
standard error.
"""


class GreenroomError(Exception):
    """Base of all expected faults.

    `title` names the kind, the message says what happened and what to do.
    """

    status = 400
    code = "bad_request"
    title = "That request cannot be carried out"


class NotFoundError(GreenroomError):
    """What was asked for does not exist, or is not this person's."""

    status = 404
    code = "not_found"
    title = "Not found"


class ForbiddenError(GreenroomError):
    """The person is known, and may not do this."""

    status = 403
    code = "forbidden"
    title = "Not allowed"


class UnauthorizedError(GreenroomError):
    """Nobody is signed in, or the token is not good."""

    status = 401
    code = "unauthorized"
    title = "Sign in first"


class ConflictError(GreenroomError):
    """As things stand this cannot be done."""

    status = 409
    code = "conflict"
    title = "Not as things stand"


class InvalidInputError(GreenroomError):
    """What was sent is not well formed. `fields` maps a field to its sentence."""

    status = 422
    code = "invalid_input"
    title = "Something in the input is not right"

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        """Keep the sentence for the whole and one for each field."""
        super().__init__(message)
        self.fields = fields or {}


class TooLargeError(GreenroomError):
    """More was sent than is taken."""

    status = 413
    code = "too_large"
    title = "Too large"


class BusyError(GreenroomError):
    """Too much at once. `retry_after` is in seconds."""

    status = 429
    code = "busy"
    title = "Too many at once"

    def __init__(self, message: str, retry_after: int = 5) -> None:
        """Keep after how many seconds a new try makes sense."""
        super().__init__(message)
        self.retry_after = retry_after


class UnavailableError(GreenroomError):
    """A part of ours does not answer."""

    status = 503
    code = "unavailable"
    title = "A part of this site does not answer"


class ConfigurationError(GreenroomError):
    """A setting, a folder or a file of the installation stands in the way of starting."""

    status = 500
    code = "configuration"
    title = "This installation cannot start like this"
