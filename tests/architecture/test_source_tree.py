"""The shape of the tree: folders, file names and sizes."""

import re
import statistics
import subprocess
import sys

from tests.architecture.source import ANSWERS, ROOT, committed_files, place, product_modules

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def test_platform_is_a_plain_folder() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists(), (
        "platform/__init__.py shadows the standard library's module. Remove it."
    )


def test_the_standard_library_still_has_its_platform_module() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import platform; platform.system()"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_question_folders_are_kebab_case() -> None:
    bank = ROOT / "question_bank"
    wrong = {
        place(folder)
        for path in committed_files()
        if path.is_relative_to(bank)
        for folder in list(path.parents)[: len(path.relative_to(bank).parts) - 1]
        if not (KEBAB.fullmatch(folder.name) or ANSWERS & set(folder.parts))
    }
    assert not wrong, f"not kebab-case: {sorted(wrong)}"


def test_no_generated_or_third_party_folder_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    unwanted = [
        name
        for name in listed
        if re.search(r"(^|/)(node_modules|dist|__pycache__|vendor|\.venv)/", name)
    ]
    assert not unwanted


def test_files_stay_small() -> None:
    sizes = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in product_modules())
    assert statistics.median(sizes) <= 100
    assert sizes[int(len(sizes) * 0.95)] <= 300
    assert sizes[-1] <= 500


def test_every_module_says_what_it_is() -> None:
    silent = [
        place(path)
        for path in product_modules()
        if not path.read_text(encoding="utf-8").lstrip().startswith(('"""', "#!"))
    ]
    assert not silent, f"no opening paragraph: {silent}"
