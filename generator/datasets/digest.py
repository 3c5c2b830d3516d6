"""The digest that names a dataset: of its files and of those of its labels.

In: files with their digests. Out: one digest. Never: a reading; anything that is slow to load, for
whoever plans asks this too.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.hashing import sha256_json
from generator.records.model import FileDigest


def dataset_sha256(files: Sequence[FileDigest], labels: Sequence[FileDigest] = ()) -> str:
    """A dataset's digest: of its one file, else of the canonical {name: digest} of its files.

    With labels: of {"data": that digest, "labels": the labels' digest, made alike}.
    """
    if labels:
        return sha256_json({"data": dataset_sha256(files), "labels": dataset_sha256(labels)})
    if len(files) == 1:
        return files[0].sha256
    return sha256_json({file.name: file.sha256 for file in files})
