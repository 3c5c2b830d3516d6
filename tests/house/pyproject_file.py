"""What `pyproject.toml` declares, read from the file: an installed copy may be older."""

from __future__ import annotations

import tomllib

from tests.conftest import ROOT


def read_entry_points(group: str) -> dict[str, str]:
    """Name → where, of the package's entry points in a group."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared: dict[str, str] = tomllib.loads(text)["project"]["entry-points"][group]
    return declared
