"""A first project: manifest, data and trained models that build at once.

In: an empty or new folder. Out: copies of `starter/`, links resolved.
Never: a file overwritten, anything fetched.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.errors import UsageError

STARTER = Path(__file__).parents[1] / "starter"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.py", "*.pyc")


def write_starter(folder: Path) -> list[Path]:
    """Writes the starter project and returns its files, sorted, below `folder`.

    Raises:
        UsageError: the folder holds something already, is a file, or cannot be written.

    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is not an empty folder; name a new one")
        shutil.copytree(STARTER, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
