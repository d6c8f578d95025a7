"""The doors of a grader without any wall: answer and checks share one pytest process.

`greenroom bench` copies this file beside an answer, as a pytest plugin. It runs there, never in the
product, and stands for the helpers that a person would write for the same checks.
"""

import asyncio
import importlib
import inspect
import random as randomness
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

SEED = 7


class AnswerError(Exception):
    """What the answer raised, as a grader sees it."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.type = type(cause).__name__
        self.message = str(cause)
        self._family = {base.__name__ for base in type(cause).__mro__}

    def is_a(self, name: str) -> bool:
        """Whether the answer's exception has a class of this name among its bases."""
        return name in self._family


class Reply:
    """A response, under the names that a grader uses."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.content
        self.text = response.text
        self.json = response.json
        self.raised = "Exception" if self.status == 500 else None  # noqa: PLR2004 - the status itself


class Http:
    """The answer's ASGI app, behind the framework's own test client."""

    def __init__(self, app: object, closing: ExitStack) -> None:
        # Only an answer that is an app pays for the test client.
        client = importlib.import_module("fastapi.testclient").TestClient
        self._client = closing.enter_context(client(app, raise_server_exceptions=False))

    def request(self, method: str, path: str, **options: object) -> Reply:
        """Send one request."""
        return Reply(self._client.request(method, path, **options))

    def __getattr__(self, method: str) -> Callable[..., Reply]:
        return lambda path, **options: self.request(method.upper(), path, **options)


class Answer:
    """The answer's module by three doors that are always open."""

    def __init__(self, closing: ExitStack) -> None:
        self._module = importlib.import_module("answer")
        self._closing = closing
        self.files = {"answer.py": Path("answer.py").read_text(encoding="utf-8")}

    @cached_property
    def http(self) -> Http:
        """Requests to the answer's `app`."""
        return Http(self._module.app, self._closing)

    def call(self, name: str, *arguments: object, **options: object) -> Any:
        """Call a function of the answer by its name."""
        return _settled(attrgetter(name)(self._module), *arguments, **options)

    def probe(self, function: Callable[..., Any], *arguments: object, **options: object) -> Any:
        """Run a function that is given the answer's module."""
        return _settled(function, self._module, *arguments, **options)


def _settled(function: Callable[..., Any], *arguments: object, **options: object) -> Any:
    try:
        value = function(*arguments, **options)
        return asyncio.run(_awaited(value)) if inspect.isawaitable(value) else value
    except Exception as error:
        raise AnswerError(error) from error


async def _awaited(value: Any) -> Any:
    return await value


@contextmanager
def raises(name: str, message: str = "") -> Iterator[None]:
    """Pass when the answer raises an exception of this type."""
    with pytest.raises(AnswerError) as caught:
        yield
    assert caught.value.is_a(name), message


@pytest.fixture
def answer() -> Iterator[Answer]:
    """Give a check its doors; its test client, if it used one, ends with it."""
    with ExitStack() as closing:
        yield Answer(closing)


@pytest.fixture
def random() -> randomness.Random:
    """Give a check its random numbers."""
    return randomness.Random(SEED)  # noqa: S311 - repeatable on purpose, as in a judgement
