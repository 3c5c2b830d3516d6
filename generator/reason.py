"""Why something failed, in one line that may be published.

In: an error and the manifest's folder. Out: a line; paths below the folder stand as the manifest
gives them, so that it is the same on every machine. Never: a traceback.
"""

from __future__ import annotations

import os
from pathlib import Path


def reason(error: Exception, folder: Path) -> str:
    """The error's own words; for what is no ValueError, or says nothing, its kind before them."""
    words = " ".join(_as_given(str(error), folder).split())
    if isinstance(error, ValueError) and words:
        return words
    return f"{type(error).__name__}: {words}".removesuffix(": ")


def _as_given(text: str, folder: Path) -> str:
    roots = {root for root in (folder, folder.resolve()) if root != Path(root.anchor)}
    for root in sorted(map(str, roots), key=len, reverse=True):
        text = text.replace(f"{root}{os.sep}", "")
    return text
