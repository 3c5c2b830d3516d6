"""SHA256SUMS: a list of files with their digests, as `sha256sum -c` reads it.

In: files below a folder. Out: the list's text, and the list read back. Never: a name that a line
cannot hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from generator.errors import IntegrityError
from generator.hashing import sha256_file

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n\\]+)")


def digest_files(paths: Iterable[Path], folder: Path) -> dict[str, str]:
    """Name below the folder -> digest, in the order given.

    Raises:
        IntegrityError: a name that a line of the list cannot hold.
    """
    return {_relative_name(path, folder): sha256_file(path) for path in paths}


def compose_sums(digests: Mapping[str, str]) -> str:
    """The text of a list, a line for each file."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items())


def parse_sums(text: str) -> dict[str, str]:
    """Name -> digest of a list that `compose_sums` wrote.

    Raises:
        ValueError: it did not write this.
    """
    found = [_LINE.fullmatch(line) for line in text.removesuffix("\n").split("\n") if text]
    digests = {line[2]: line[1] for line in found if line}
    if compose_sums(digests) != text:
        raise ValueError("it is not a list of digests")
    return digests


def _relative_name(path: Path, folder: Path) -> str:
    name = path.relative_to(folder).as_posix()
    if set(name) & {"\n", "\r", "\\"}:
        raise IntegrityError(f"{name!r} cannot be listed in {SUMS}")
    return name
