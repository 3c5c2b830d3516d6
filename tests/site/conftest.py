"""One site for all tests here: a sensor run, a timestep run, a failed and a hostile one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from generator.records import RunRecord
from generator.site import build_site
from tests.site import records_for_pages as hand_made
from tests.site.files_for_pages import write_artifacts
from tests.site.hostile_names import make_hostile_run


class BuiltSite(NamedTuple):
    """A built site, what it was built from, and where its artifacts lie."""

    folder: Path
    records: tuple[RunRecord, ...]
    artifacts: dict[str, Path]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """The site; read it, never change it."""
    home = tmp_path_factory.mktemp("site")
    made = []
    for record, weights in (hand_made.make_sensor_run(), hand_made.make_timestep_run()):
        made.append(write_artifacts(record, weights, home / record.id))
    hostile, weights = make_hostile_run()
    made += [hand_made.make_failed_run(), write_artifacts(hostile, weights, home / "hostile")]
    artifacts = {record.id: home / record.id for record in made if record.artifacts}
    build_site(hand_made.SITE, made, artifacts, home / "site")
    return BuiltSite(home / "site", tuple(made), artifacts)
