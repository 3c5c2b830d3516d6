"""Profiles of datasets in the store: one file per key, beside the runs.

In: a profile. Out: the same, found again by key. Never: a half-written file; a failed profile.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pydantic import ValidationError

from generator.dataset_profile import DatasetProfile


class ProfileStore:
    """Profiles by key, below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "profiles"

    def read(self, key: str) -> DatasetProfile | None:
        """The profile of a key; None when there is none, or one this version cannot read."""
        try:
            return DatasetProfile.model_validate_json(self._path(key).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def keep(self, profile: DatasetProfile) -> None:
        """Writes a profile under its key, in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".profile-", dir=self.folder) as name:
            beside = Path(name) / "profile.json"
            beside.write_text(profile.model_dump_json(by_alias=True), encoding="utf-8")
            beside.replace(self._path(profile.key))

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"
