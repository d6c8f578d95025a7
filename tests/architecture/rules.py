"""The rules themselves: pure functions from source to the lines that break them."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Set

# Joined here, so that this file does not hold what it forbids.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("registry-1", "docker", "io"),
        ("hub", "docker", "com"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("proxy", "golang", "org"),
    )
)
# Names that XML gives to a vocabulary: nothing is ever fetched from them.
NAMESPACES = ("http://www.w3.org/", "https://www.w3.org/")
# An address needs a host with a dot; the part before `//` may be missing inside quotes or url().
ADDRESS = re.compile(
    r"""(?:https?:|(?<=["'(]))//[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}[^\s"')<]*""", re.IGNORECASE
)


def commits(tree: ast.AST) -> Iterator[int]:
    """Lines that end a transaction: `anything.commit(...)` or `anything.rollback(...)`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"commit", "rollback"}
        ):
            yield node.lineno


def local_imports(tree: ast.AST) -> Iterator[int]:
    """Lines that import inside a function, where a cycle can hide."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node.lineno


def imported_at_start(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Top-level package names that importing the module brings in, with their lines."""
    for node in tree.body:
        for inner in ast.walk(node):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if isinstance(inner, ast.Import):
                yield from ((inner.lineno, alias.name) for alias in inner.names)
            elif isinstance(inner, ast.ImportFrom) and inner.module:
                yield inner.lineno, inner.module


def imported_modules(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What is imported anywhere, with its line; `from a import b` is told as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def is_below(module: str, packages: Iterable[str]) -> bool:
    """Whether a dotted name is one of `packages` or inside one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def calls(tree: ast.Module, names: Set[str]) -> Iterator[int]:
    """Lines that call one of `names`, as a plain name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node.lineno


def tables(tree: ast.Module) -> Iterator[int]:
    """Lines that name a database table."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if "__tablename__" in names:
                yield node.lineno


def changeable_classes(tree: ast.Module) -> Iterator[int]:
    """Lines of classes without bases that are no frozen dataclasses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.bases:
            told = [ast.unparse(each) for each in node.decorator_list]
            if not any(each.startswith("dataclass(") and "frozen=True" in each for each in told):
                yield node.lineno


def is_standard_library(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def foreign_addresses(text: str) -> Iterator[tuple[int, str]]:
    """Addresses of other people's servers, with their lines."""
    for number, line in enumerate(text.splitlines(), start=1):
        for found in ADDRESS.findall(line):
            if not found.startswith(NAMESPACES):
                yield number, found


def registry_hosts(text: str) -> Iterator[tuple[int, str]]:
    """Package registries named in a text, with their lines."""
    if not any(host in text for host in REGISTRY_HOSTS):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        for host in REGISTRY_HOSTS:
            if re.search(rf"(?<![\w-]){re.escape(host)}(?!\w)", line):
                yield number, host
