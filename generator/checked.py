"""A manifest that was compared with its files: what `check` and `build` begin with.

In: the path of a manifest. Out: a Manifest. Never: polars for a manifest that has mistakes of its
own.
"""

from __future__ import annotations

from generator.manifest import Manifest, load_manifest


def load_checked(file: str) -> Manifest:
    """Reads a manifest and compares it with the headers of its files.

    Raises:
        ManifestError: with all mistakes of the manifest, else with all that its files tell.
    """
    manifest = load_manifest(file)
    from generator.contents import check_contents

    check_contents(manifest)
    return manifest
