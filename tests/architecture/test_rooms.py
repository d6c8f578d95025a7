"""Inside a room: what a file is called says what it may do.

`routes`, `api`, `tasks`, `guard` and `<screen>_routes` are edges; `service`, `queries` and every
module of rules stand behind them.
"""

from collections.abc import Iterator
from pathlib import Path

from tests.architecture import rules
from tests.architecture.source import PACKAGES, place, tree_of

ROOMS = ("accounts", "bank", "judging", "practice", "interviews", "authoring")
ROUTES = ("routes", "api")
EDGES = (*ROUTES, "tasks", "guard")
WEB = ("fastapi", "starlette", "jinja2", "jinja2_fragments", "greenroom.web")
PLAIN_TEXT = "greenroom.web.text"  # pure: how text that people wrote is shown
VAGUE = {"base", "common", "handlers", "helpers", "manager", "misc", "tools", "util", "utils"}
STATEMENTS = {"select", "insert", "update", "delete"}


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((PACKAGES[0] / room).glob("*.py"))


def kind(path: Path) -> str:
    """What a module is, by its name: `code_routes` is `routes`."""
    return path.stem.rpartition("_")[2]


def test_only_edges_know_the_web() -> None:
    found = [
        f"{place(path, line)} {module}"
        for path in modules()
        if kind(path) not in EDGES
        for line, module in rules.imported_modules(tree_of(path))
        if rules.is_below(module, WEB) and not rules.is_below(module, (PLAIN_TEXT,))
    ]
    assert not found, f"what a route alone should know: {found}"


def test_nothing_behind_an_edge_reaches_forward() -> None:
    edges = tuple(module_name(path) for path in modules() if kind(path) in EDGES)
    found = [
        f"{place(path, line)} {module}"
        for path in modules()
        if kind(path) not in EDGES
        for line, module in rules.imported_modules(tree_of(path))
        if rules.is_below(module, edges)
    ]
    assert not found, f"imports go from routes and tasks to rules, never back: {found}"


def test_routers_and_tables_stand_where_their_name_says() -> None:
    strays = [
        place(path, line)
        for path in modules()
        for line in (
            *(rules.calls(tree_of(path), {"APIRouter"}) if kind(path) not in ROUTES else ()),
            *(rules.tables(tree_of(path)) if kind(path) != "models" else ()),
        )
    ]
    assert not strays, f"a router belongs in routes or api, a table in models: {strays}"


def test_edges_ask_queries_instead_of_writing_sql() -> None:
    found = [
        place(path, line)
        for path in modules()
        if kind(path) in EDGES
        for line in rules.calls(tree_of(path), STATEMENTS)
    ]
    assert not found, f"a statement belongs in queries: {found}"


def test_what_templates_are_given_does_not_change() -> None:
    found = [
        place(path, line)
        for path in modules()
        if kind(path) == "views"
        for line in rules.changeable_classes(tree_of(path))
    ]
    assert not found, f"a view is a frozen dataclass: {found}"


def test_names_say_something() -> None:
    vague = [place(path) for path in modules() if {path.stem, kind(path)} & VAGUE]
    assert not vague, f"call a module after what it knows: {vague}"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGES[0].parent).with_suffix("").parts)
