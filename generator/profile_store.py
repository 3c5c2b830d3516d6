"""Profiles of datasets in the store: one entry per key, beside the runs.

In: a profile. Out: the same, found again by key. Never: a half-written entry; a failed profile.
"""

from __future__ import annotations

from pathlib import Path

from generator.dataset_profile import DatasetProfile
from generator.shelf import Shelf


class ProfileStore(Shelf[DatasetProfile]):
    """Profiles by key, below one folder; their files are made anew from them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "profiles", DatasetProfile)

    def keep(self, profile: DatasetProfile) -> None:
        """Puts a profile in under its key, in one step."""
        with self.scratch() as entry:
            self.put(profile.key, profile, entry)
