"""A manifest that was compared with its files: what `check` and `build` begin with.

In: the path of a manifest. Out: a Manifest, parsed once. Never: polars for a manifest that has
mistakes of its own.
"""

from __future__ import annotations

from generator.manifest.load import read_manifest
from generator.spec.manifest import Manifest


def load_checked_manifest(file: str) -> Manifest:
    """Read a manifest and compare it with the headers of its files.

    Raises:
        ManifestError: with all mistakes of the manifest, else with all that its files tell.
    """
    manifest, tree = read_manifest(file)
    from generator.build.contents import check_contents

    check_contents(manifest, tree)
    return manifest
