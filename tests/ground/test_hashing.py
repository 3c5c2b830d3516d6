"""Digests are those of sha256sum and of RFC 8785, not our own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from generator.hashing import canonical_json, sha256_array, sha256_file, sha256_json


def test_a_files_digest_is_sha256sums(tmp_path: Path) -> None:
    """The digest is what `sha256sum` prints."""
    path = tmp_path / "data.bin"
    path.write_bytes(bytes(range(256)) * 999)
    told = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True)
    assert sha256_file(path) == told.stdout.split()[0]


def test_canonical_json_is_rfc_8785() -> None:
    """The vector of RFC 8785, appendix B and section 3.2.2."""
    value = {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27], "literals": [None, True]}
    expected = '{"literals":[null,true],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}'
    assert canonical_json(value).decode() == expected


def test_nan_is_refused() -> None:
    """There is no canonical NaN."""
    with pytest.raises(ValueError, match=r".*"):
        sha256_json({"x": float("nan")})


def test_an_arrays_digest_knows_dtype_and_shape_not_memory_layout() -> None:
    """Transposed memory is the same array; another shape or dtype is not."""
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert sha256_array(array) == sha256_array(np.asfortranarray(array))
    assert sha256_array(array) == sha256_array(array.astype(">f4"))
    assert sha256_array(array) != sha256_array(array.reshape(3, 2))
    assert sha256_array(array) != sha256_array(array.astype(np.float64))
