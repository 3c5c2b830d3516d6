"""Site, store and inputs lie apart, or nothing runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.build.pipeline import build
from generator.build.places import refuse_places
from generator.errors import UsageError
from generator.manifest import load_manifest
from generator.site.digests import MARKER
from tests.pipeline.conftest import Listener, Project, make_starter


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_starter(tmp_path_factory.mktemp("places") / "project")


def a_site(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / MARKER).write_text('{"schema": "attention-reports/site/1"}')
    return folder


def refuse(project: Project, store: Path, site: Path) -> str:
    """What is said of two folders; one sentence."""
    manifest = load_manifest(project.folder / "reports.yaml")
    with pytest.raises(UsageError) as caught:
        refuse_places(manifest, store, site)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_folders_that_lie_apart_pass(project: Project, tmp_path: Path) -> None:
    """The usual ones, and a store that a link leads to."""
    manifest = load_manifest(project.folder / "reports.yaml")
    refuse_places(manifest, project.store, project.site)
    (tmp_path / "link").symlink_to(project.store)
    refuse_places(manifest, tmp_path / "link", tmp_path / "deep" / "site")


@pytest.mark.parametrize("below", ["", "store", "deep/store"])
def test_a_store_in_the_site_is_refused(project: Project, tmp_path: Path, below: str) -> None:
    """Each build would take it away with the old site."""
    said = refuse(project, tmp_path / "site" / below, tmp_path / "site")
    assert "lies in the site" in said
    assert "--store" in said


def test_a_site_in_the_store_is_refused(project: Project, tmp_path: Path) -> None:
    assert "lies in the store" in refuse(project, tmp_path, tmp_path / "site")


def test_links_hide_nothing(project: Project, tmp_path: Path) -> None:
    """A store that a link leads into the site is in the site."""
    a_site(tmp_path / "site")
    (tmp_path / "link").symlink_to(tmp_path / "site")
    assert "lies in the site" in refuse(project, tmp_path / "link" / "store", tmp_path / "site")
    assert "lies in the store" in refuse(project, tmp_path, tmp_path / "link" / "x")


def test_nothing_is_put_into_another_site(project: Project, tmp_path: Path) -> None:
    """That one's next build would take it away, and its sums would not hold."""
    other = a_site(tmp_path / "other")
    said = refuse(project, tmp_path / "store", other / "deep" / "site")
    assert "another site of this program" in said
    assert "another site of this program" in refuse(project, other / "store", tmp_path / "site")


def test_inputs_in_the_site_are_refused(tmp_path: Path) -> None:
    """A manifest inside the site, and its default store, would be lost at the first build."""
    project = make_starter(tmp_path / "site" / "project")
    a_site(tmp_path / "site-of-ours")
    (tmp_path / "site" / MARKER).write_text('{"schema": "attention-reports/site/1"}')
    said = refuse(project, project.store, tmp_path / "site")
    assert said.startswith(f"{project.folder / 'reports.yaml'} lies in the site")


def test_a_build_refuses_before_anything_runs(project: Project) -> None:
    """No store is made, no stage begins."""
    listener = Listener()
    manifest = load_manifest(project.folder / "reports.yaml")
    with pytest.raises(UsageError, match="lies in the site"):
        build(manifest, (), 1, project.site / "store", project.site, listener)
    assert (listener.stages, listener.ends) == ([], [])
    assert not project.site.exists()
