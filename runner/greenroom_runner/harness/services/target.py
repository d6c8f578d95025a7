"""What a load test of the answer is aimed at."""

from greenroom_runner.harness.services.process import ProcessService


class Target(ProcessService):
    """An HTTP server that counts its requests."""

    name = "target"
