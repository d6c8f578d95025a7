"""`greenroom bench`: how long a submission takes, beside plain pytest with the same checks."""

import typer

TARGET = 0.15
WARM_UPS = 2
DEFAULT_QUESTIONS = ("full-name-hybrid", "validation-error-handler")

app = typer.Typer(help="Measure the way of a submission beside plain pytest.")
