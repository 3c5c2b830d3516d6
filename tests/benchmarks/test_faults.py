"""A seeded tenth of the campaigns of faults: no damage is used, nothing half-written stays."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from benchmarks.faults.damages import HARMLESS, Harm, run_campaign
from benchmarks.faults.hook import FAULTS, KILLED, fork, list_acts, strike
from benchmarks.faults.project import Project
from benchmarks.faults.surroundings import Blow, strike_store
from generator.records import Artifact, RunRecord
from generator.records.dataset_profile import DatasetProfile
from generator.store import ProfileStore, Store
from tests.site.test_site_exchange import a_site, replace_with

FILES = {
    "summary.json": b"{}",
    "heads.csv": b"layer\n0\n",
    "figures/map.png": b"\x89PNG map",
}


def keep_run(store: Store, key: str) -> None:
    """A run with a file of each kind."""
    with store.open_scratch() as entry:
        for name, data in FILES.items():
            (entry / "files" / name).parent.mkdir(exist_ok=True)
            (entry / "files" / name).write_bytes(data)
        files = tuple(
            Artifact(
                path=name,
                title=name,
                media_type="text/plain",
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
            for name, data in FILES.items()
        )
        record = RunRecord(id="one", key=key, settings={}, versions={}, artifacts=files)
        store.keep(record, entry)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A store with three runs and a profile, and a site that nobody builds."""
    project = Project(tmp_path / "project")
    for letter in "abc":
        keep_run(Store(project.store), letter * 64)
    about = {"id": "plant", "key": "d" * 64, "sha256": "", "licence": "", "credit": ""}
    profile = DatasetProfile.model_validate({**about, "files": (), "simulated": True})
    ProfileStore(project.store).keep(profile)
    project.site.mkdir()
    (project.site / "SHA256SUMS").touch()
    return project


def test_no_damage_is_used_and_nothing_healthy_is_refused(project: Project) -> None:
    """Fifty damages of every kind: each is told in one line; other times and rights are none."""
    found = run_campaign(project, 60, seed=1)
    assert [harm for harm in found if harm.published or harm.refused] == []
    assert [harm for harm in found if bool(harm.said) == (harm.kind in HARMLESS)] == []
    assert all("\n" not in harm.said for harm in found)
    assert len({harm.kind for harm in found}) == 15


def test_a_damage_that_is_not_told_is_counted(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The campaign would see a store that looks at nothing."""
    monkeypatch.setattr("generator.store.entry._check", lambda *_: None)
    found: list[Harm] = run_campaign(project, 30, seed=1)
    assert any(harm.published for harm in found)


def test_a_fault_at_any_write_of_the_store_leaves_it_whole(project: Project) -> None:
    """Each write, rename and removal, with each fault and with a kill."""
    found: list[Blow] = list(strike_store(project.store))
    assert {blow.fault for blow in found} == {"ENOSPC", "EROFS", "EIO", KILLED}
    assert [blow for blow in found if not (blow.whole and blow.healed and blow.told)] == []
    assert [blow for blow in found if blow.lost] == []


@pytest.mark.parametrize("fault", [*FAULTS, KILLED])
def test_a_fault_at_any_act_of_an_exchange_leaves_one_whole_site(
    tmp_path: Path, fault: str
) -> None:
    """The old one or the new one, and the next exchange leaves nothing else behind."""
    target = tmp_path / "site"
    a_site(target, "old")

    def exchange() -> int:
        replace_with(target, "new")
        return 0

    acts = list_acts(exchange, tmp_path)
    assert "exchange" in acts
    for number in range(1, len(acts) + 1):
        replace_with(target, "old")
        fork(lambda n=number: strike(tmp_path, fault, n) or exchange())  # type: ignore[misc]
        assert (target / "page.html").read_text() in ("old", "new")
        assert sorted(p.name for p in target.iterdir()) == ["attention-reports.json", "page.html"]
        replace_with(target, "next")
        assert [p.name for p in tmp_path.iterdir()] == ["site"]
