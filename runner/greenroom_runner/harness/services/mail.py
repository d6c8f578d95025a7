"""A mail server beside the answer."""

from greenroom_runner.harness.services.process import ProcessService


class Mail(ProcessService):
    """Takes every message and sends none on."""

    name = "mail"
