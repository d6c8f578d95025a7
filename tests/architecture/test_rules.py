"""Each rule sees what it forbids, and lets pass what only looks like it."""

import ast

import pytest

from tests.architecture import rules


@pytest.mark.parametrize(
    "text",
    [
        "def save(db):\n    db.commit()\n",
        "class A:\n    def x(self):\n        self.db.rollback()\n",
    ],
)
def test_sees_the_end_of_a_transaction(text: str) -> None:
    assert list(rules.commits(ast.parse(text)))


def test_a_flush_is_no_commit() -> None:
    assert not list(rules.commits(ast.parse("def save(db):\n    db.flush()\n")))


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import json\n",
        "async def f():\n    from os import path\n",
        "class A:\n    def f(self):\n        if self:\n            import json\n",
    ],
)
def test_sees_an_import_inside_a_function(text: str) -> None:
    assert list(rules.local_imports(ast.parse(text)))


def test_an_import_under_type_checking_is_fine() -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import json\n"
    assert not list(rules.local_imports(ast.parse(text)))


def test_tells_what_a_module_imports_at_start() -> None:
    text = """
import json, fastapi
try:
    import redis
except ImportError: ...
def f():
    import celery
"""
    assert [name for _, name in rules.imported_at_start(ast.parse(text))] == [
        "json",
        "fastapi",
        "redis",
    ]


def test_tells_every_import_by_its_whole_name() -> None:
    text = "from greenroom.practice import service\ndef f():\n    import json\n"
    assert list(rules.imported_modules(ast.parse(text))) == [
        (1, "greenroom.practice.service"),
        (3, "json"),
    ]


def test_a_package_holds_what_is_below_it() -> None:
    assert rules.is_below("greenroom.web.pages", ("greenroom.web",))
    assert not rules.is_below("greenroom.webhooks", ("greenroom.web",))


def test_sees_a_router_and_a_statement() -> None:
    text = "router = APIRouter()\nrows = session.scalars(select(Question))\n"
    assert list(rules.calls(ast.parse(text), {"APIRouter", "select"})) == [1, 2]


def test_sees_a_table() -> None:
    assert list(rules.tables(ast.parse('class A(Base):\n    __tablename__ = "a"\n'))) == [2]


def test_sees_a_view_that_could_change() -> None:
    text = """
@dataclass(frozen=True, slots=True)
class Good: ...
@dataclass
class Changeable: ...
class Bare: ...
class Kind(StrEnum): ...
"""
    assert list(rules.changeable_classes(ast.parse(text))) == [5, 6]


def test_knows_the_standard_library() -> None:
    assert rules.is_standard_library("multiprocessing.connection")
    assert not rules.is_standard_library("fastapi.sse")


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.com/htmx.js"></script>',
        '<link href="//fonts.example.com/inter.css">',
        "@import url(//fonts.example.com/inter.css);",
        "src: url('https://fonts.example.com/a.woff2')",
    ],
)
def test_sees_an_address_of_someone_else(text: str) -> None:
    assert list(rules.foreign_addresses(text))


@pytest.mark.parametrize(
    "text",
    [
        '<svg xmlns="http://www.w3.org/2000/svg">',
        "// a comment about index.html",
        '<a href="/topics/sqlalchemy">',
        "http://127.0.0.1:8000",
    ],
)
def test_lets_pass_what_is_ours(text: str) -> None:
    assert not [found for _, found in rules.foreign_addresses(text) if "127.0.0.1" not in found]


@pytest.mark.parametrize("host", rules.REGISTRY_HOSTS)
def test_sees_a_registry(host: str) -> None:
    assert list(rules.registry_hosts(f"--index-url https://{host}/simple"))
    assert not list(rules.registry_hosts(f"x{host}x"))
