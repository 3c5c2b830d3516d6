"""The one owner of output files: a path in, a whole file there or none at all.

Never: a half-written file under the name it was asked for, or a left-over beside it; a device, a
pipe or a link replaced.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import UsageError
from generator.inputs import find_obstacle


@contextmanager
def open_whole_file(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the name when the block ends without an error.

    Raises:
        UsageError: a folder, a device, a pipe or a link has that name.
    """
    obstacle = find_obstacle(path)
    if obstacle:
        raise UsageError(f"{path}: is {obstacle}, and only a file is replaced; name another path")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name[:200]}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
