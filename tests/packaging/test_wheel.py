"""The built wheel is whole: installed alone, it runs from any folder without the checkout."""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(folder),
            str(ROOT),
        ]
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed script, in an environment that has the dependencies and not the checkout."""
    home = tmp_path_factory.mktemp("installed")
    run([sys.executable, "-m", "venv", "--without-pip", str(home)])
    python = home / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "--disable-pip-version-check",
        "--quiet",
    ]
    run([*pip, "install", "--no-deps", "--no-index", str(wheel)])
    # This adds the dependencies; their own .pth files, so the editable install, are not read.
    packages = next((home / "lib").glob("python3*/site-packages"))
    (packages / "dependencies.pth").write_text(
        sysconfig.get_path("purelib") + "\n", encoding="utf-8"
    )
    return home / "bin" / "greenroom"


def test_holds_what_the_program_reads(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "greenroom/cli.py",
        "greenroom_runner/harness/__init__.py",
        "greenroom/_data/templates/base.html",
        "greenroom/_data/migrations/env.py",
        "greenroom/_data/static/dist/manifest.json",
        "greenroom/_data/question_bank/file-uploads/topic.toml",
        "greenroom/_data/runner/images/python/Dockerfile",
    ):
        assert needed in names
    assert not [
        name
        for name in names
        if "__pycache__" in name or "node_modules" in name or name.startswith("tests/")
    ]


def test_is_imported_from_its_own_place(program: Path, tmp_path: Path) -> None:
    where = run(
        [
            str(program.parent / "python"),
            "-c",
            "import greenroom, greenroom_runner as r; print(greenroom.__file__, r.__file__)",
        ],
        cwd=tmp_path,
    )
    assert str(ROOT) not in where.replace(str(program.parents[1]), "")


def test_finds_its_own_bank_in_order(program: Path, tmp_path: Path) -> None:
    said = run([str(program), "bank", "check", "--static"], cwd=tmp_path)
    written = len(list((ROOT / "question_bank").glob("*/*/question.toml")))
    assert f"{written} questions read; their files are in order." in said


def test_serves_from_any_folder(program: Path, tmp_path: Path) -> None:
    with served(program, tmp_path) as address:
        home = httpx2.get(address + "/")
        assert home.status_code == 200
        assert "Greenroom" in home.text
        questions = httpx2.get(address + "/questions")
        assert "Hybrid Properties" in questions.text


@contextmanager
def served(program: Path, folder: Path) -> Iterator[str]:
    """`greenroom serve` on a free port with an empty data folder; ended by Ctrl-C's signal."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {
        "GREENROOM_DATA_DIR": str(folder / "data"),
        "GREENROOM_PORT": str(port),
    }
    log = folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(program), "serve"],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_it_answers(address, process, log)
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) is not None


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        try:
            if httpx2.get(address + "/healthz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    pytest.fail(f"no answer in {PATIENCE} s:\n{log.read_text(encoding='utf-8', errors='replace')}")


def run(command: list[str], cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
