"""SHA-256 of files, arrays and records; JSON in one canonical form (RFC 8785).

Out: 64 lower-case hex digits. Never: a digest of printed text, of a clock or of a random id.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rfc8785

from generator.inputs import open_input


def sha256_bytes(data: bytes) -> str:
    """The digest of some bytes, as `sha256sum` prints it."""
    return hashlib.sha256(data).hexdigest()


def script_hash(text: str) -> str:
    """The digest of a script, as a content policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def sha256_file(path: Path) -> str:
    """The digest of a file, as `sha256sum` prints it."""
    with open_input(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_files(paths: Iterable[Path], root: Path) -> str:
    """One digest for several files: of their canonical {relative name: digest} table."""
    return sha256_json({p.relative_to(root).as_posix(): sha256_file(p) for p in paths})


def canonical_json(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value; NaN and infinities are refused."""
    return rfc8785.dumps(value)


@lru_cache(maxsize=64)
def canonise_text(text: str) -> bytes:
    """RFC 8785 bytes of JSON; kept, for a page tells the size of what is written later."""
    return canonical_json(json.loads(text))


def sha256_json(value: Any) -> str:
    """The digest of a JSON value in its canonical form."""
    return sha256_bytes(canonical_json(value))


def sha256_array(array: np.ndarray) -> str:
    """The digest of an array of any shape: dtype, shape and little-endian C-order bytes."""
    plain = np.ascontiguousarray(array)
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    digest = hashlib.sha256(canonical_json({"dtype": plain.dtype.str, "shape": list(plain.shape)}))
    digest.update(plain.reshape(-1).view(np.uint8).data)  # the bytes themselves, not a copy
    return digest.hexdigest()


def sha256_arrays(arrays: Mapping[str, np.ndarray]) -> str:
    """One digest for named arrays of any shape, whatever their order."""
    return sha256_json({name: sha256_array(array) for name, array in arrays.items()})
