"""The data folder: made at the first start, refused with a sentence where it cannot be written."""

import tempfile
from pathlib import Path

from greenroom.core.errors import ConfigurationError


def prepare(folder: Path) -> Path:
    """Make the data folder, for its owner alone, and see that a file can really be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {folder} cannot be written: {error.strerror}. "
            "Make it writable, or set GREENROOM_DATA_DIR to another folder."
        ) from None
