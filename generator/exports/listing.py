"""What lies in a folder of downloads: a folder in, an Artifact for each file out.

Never: a file left out, a file of a kind that nothing writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from generator.exports import read_media_type
from generator.hashing import sha256_file
from generator.kinds import ExportFormat
from generator.records import Artifact

KINDS = {"figures": "Figure", "maps": "Map for the interactive figures"}
"""What lies in a folder of that name; other files are exports."""
OTHER_MEDIA_TYPES = {".js": "text/javascript", ".safetensors": "application/octet-stream"}


def list_artifacts(folder: Path, titles: Mapping[str, str]) -> tuple[Artifact, ...]:
    """Every file below `folder` with size and digest; `titles` by path, others by their kind."""
    return tuple(
        Artifact(
            path=name,
            title=titles.get(name) or f"{KINDS.get(path.parent.name, 'Export')}: {path.stem}",
            media_type=media_types()[path.suffix],
            size=path.stat().st_size,
            sha256=sha256_file(path),
        )
        for path in sorted(each for each in folder.rglob("*") if each.is_file())
        for name in [path.relative_to(folder).as_posix()]
    )


@cache
def media_types() -> Mapping[str, str]:
    """Suffix -> what such a file is served as."""
    return {f".{kind.value}": read_media_type(kind) for kind in ExportFormat} | OTHER_MEDIA_TYPES
