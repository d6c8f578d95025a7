"""A Kafka broker beside the answer."""

from greenroom_runner.harness.services.process import ProcessService


class Kafka(ProcessService):
    """Keeps topics and records in memory."""

    name = "kafka"
