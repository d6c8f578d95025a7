"""The data folder: made at the first start, refused with a sentence where it cannot be written."""

import errno
import tempfile
from pathlib import Path

from greenroom.core.errors import ConfigurationError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def prepare(folder: Path) -> Path:
    """Make the data folder, for its owner alone, and see that a file can really be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
    except OSError as error:
        remedy = "Make room there" if error.errno in _FULL else "Make it writable"
        raise ConfigurationError(
            f"The data folder {folder} cannot be written: {error.strerror}. "
            f"{remedy}, or set GREENROOM_DATA_DIR to another folder."
        ) from None
    return folder
