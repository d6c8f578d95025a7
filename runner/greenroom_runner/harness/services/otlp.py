"""An OpenTelemetry collector beside the answer."""

from greenroom_runner.harness.services.process import ProcessService


class Otlp(ProcessService):
    """Keeps what is exported to it."""

    name = "otlp"
