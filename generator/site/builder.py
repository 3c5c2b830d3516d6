"""What drew a site: this program's own files and the packages whose output pages hold.

Out: versions and one digest, by name. Never: an import of these packages.
"""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from generator.hashing import sha256_files, sha256_json
from generator.render import TEMPLATES

PACKAGES = ("attention-reports", "mkdocs", "mkdocs-material", "markdown", "jinja2", "markupsafe",
            "networkx", "numpy", "plotly", "pydantic")  # fmt: skip
PROGRAM = "program"


@cache
def describe_builder() -> dict[str, str]:
    """Versions of all that draws, and a digest of this program's sources and templates."""
    found = {"python": platform.python_version(), PROGRAM: _digest_program()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = ""
    return found


def _digest_program() -> str:
    root = Path(__file__).parents[1]
    sources = (path for path in root.rglob("*.py") if "__pycache__" not in path.parts)
    digests = [
        sha256_files(sorted(sources), root),
        sha256_files(sorted(p for p in TEMPLATES.rglob("*") if p.is_file()), TEMPLATES),
    ]
    return sha256_json(digests)
