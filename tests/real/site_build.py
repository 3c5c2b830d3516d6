"""One build of the whole manifest of this room, and what it left behind.

In: a folder to build in. Out: records, files, the site. Never: a build where the data is absent.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generator.build.pipeline import build
from generator.build.plan import make_plan
from generator.build.progress import PlainProgress
from generator.manifest import load_manifest
from generator.records import DatasetRecord, Quality, RunRecord
from generator.spec.manifest import Manifest
from generator.store import Store
from tests.real.attention_by_hand import NumpyModel

ROOM = Path(__file__).parent
DATA = ROOM.parents[2] / "shared/data"
FILES = (
    "gas_turbine_emissions/gas_turbine_emissions.csv.gz",
    "district_heat_dk/district_heat_dk.csv.gz",
    "hydraulic_rig/hydraulic_rig_1hz.csv.gz",
    "hydraulic_rig/hydraulic_rig_labels.csv.gz",
    "solar_thermal_plant/solar_thermal_10min.csv.gz",
)
COUNT, SEED = 200, 0
"""Explained windows and the seed of their sample, of every report here."""


@dataclass(frozen=True)
class SiteBuild:
    """What one build left behind."""

    manifest: Manifest
    site: Path
    records: Mapping[str, RunRecord]
    files: Mapping[str, Path]

    def dataset(self, report: str) -> DatasetRecord:
        """The dataset's record in a report."""
        found = self.records[report].dataset
        assert found is not None
        return found

    def quality(self, report: str) -> Quality:
        """The held-out figures of a report."""
        found = self.records[report].quality
        assert found is not None
        return found


def list_absent() -> list[str]:
    """The data files that are not here."""
    return [name for name in FILES if not (DATA / name).is_file()]


def build_site(home: Path) -> SiteBuild:
    """Every report and the site, built by the program."""
    manifest, store = load_manifest(ROOM / "reports.yaml"), Store(home / "store")
    told = io.StringIO()
    build(manifest, (), 1, home / "store", home / "site", PlainProgress(told))
    keys = {planned.run.id: planned.run.key for planned in make_plan(manifest, store.has).runs}
    records = {report: store.read(key) for report, key in keys.items()}
    kept = {report: record for report, record in records.items() if record is not None}
    assert set(kept) == set(records), told.getvalue()
    files = {report: store.files(key) for report, key in keys.items()}
    return SiteBuild(manifest, home / "site", kept, files)


def load_numpy_model(model: str) -> NumpyModel:
    """A model of this room, in numpy."""
    return NumpyModel(ROOM / "models" / model)


def sample_explained(held_rows: np.ndarray) -> np.ndarray:
    """The manifest's seeded sample of the held-out windows, in order."""
    picked = np.random.default_rng(SEED).choice(len(held_rows), size=COUNT, replace=False)
    return held_rows[np.sort(picked)]


def read_page(folder: Path) -> str:
    """A page as read by people: tags dropped, entities resolved, spaces joined."""
    source = (folder / "index.html").read_text(encoding="utf-8")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", source)).split())
