"""Writes each dataset's profile beside its page, where SHA256SUMS covers it.

Never: a file that the page does not list.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.records.dataset_profile import DatasetProfile
from generator.exports.profile import make_profile_files


def place_profiles(profiles: Sequence[DatasetProfile], site: Path) -> None:
    """Writes `site/datasets/<id>/profile.json` and `sensors.csv`; the ids were checked before."""
    for profile in profiles:
        for name, data in make_profile_files(profile).items():
            (site / "datasets" / profile.id / name).write_bytes(data)
