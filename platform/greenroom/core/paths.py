"""Where the product's own files are: beside the source in a checkout, else inside the package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = _PACKAGE / "_data"
_CHECKOUT = _PACKAGE.parent.parent


def data_root() -> Path:
    """Return the folder that holds templates, static, migrations and question_bank."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def data_path(*parts: str) -> Path:
    """Return a path below `data_root()`."""
    return data_root().joinpath(*parts)
