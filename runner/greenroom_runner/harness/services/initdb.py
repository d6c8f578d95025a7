"""Makes PostgreSQL's data folder: `python initdb.py PROGRAMS FOLDER`.

The image is built with one, made by this file alone. Where there is none, the service makes it when
it starts.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

SUPERUSER = "greenroom"
SECONDS = 60


def make(programs: Path, folder: Path, **identity: Any) -> None:
    """Make the data folder by the `initdb` among `programs`, as the user that `identity` gives
    `subprocess`. Raises CalledProcessError, whose `stderr` is text.
    """
    subprocess.run(
        [
            str(programs / "initdb"),
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--wal-segsize=1",
            "--no-sync",
            "--no-instructions",
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=folder.parent,
        **identity,
    )


if __name__ == "__main__":
    make(*map(Path, sys.argv[1:]))
