"""The built folder: whole, summed, reproducible, and closed to the outside."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.errors import IntegrityError, UsageError
from generator.hashing import sha256_file
from generator.records import Artifact, RunRecord
from generator.site import SiteBuildError, build_site
from generator.site.downloads import place_artifacts
from generator.site.mkdocs import COMMAND
from generator.site.policy import add_policy, format_policy, script_hash
from generator.verify import verify_site
from tests.site import records_for_pages as hand_made
from tests.site.conftest import BuiltSite


def files_of(folder: Path) -> dict[str, str]:
    """Digest of every file below a folder."""
    found = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): sha256_file(p) for p in found}


def test_a_built_site_has_no_findings(built: BuiltSite) -> None:
    """Digests, links, policies and resources are all in order, hostile names and all."""
    assert verify_site(built.folder) == []


def test_stock_tools_check_the_site(built: BuiltSite) -> None:
    """`sha256sum -c` passes, and the list names every file but itself."""
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("sha256sum is not installed")
    run = subprocess.run([tool, "-c", "--quiet", "SHA256SUMS"], cwd=built.folder, check=False)
    listed = (built.folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert run.returncode == 0
    assert len(listed) == len(files_of(built.folder)) - 1


def test_the_same_input_gives_the_same_bytes(built: BuiltSite, tmp_path: Path) -> None:
    """A second build, into another folder, is equal byte for byte."""
    build_site(hand_made.SITE, built.records, built.artifacts, tmp_path / "elsewhere")
    assert files_of(tmp_path / "elsewhere") == files_of(built.folder)


def test_a_second_build_replaces_the_first(built: BuiltSite, tmp_path: Path) -> None:
    """The target is exchanged whole: nothing of the old site stays, nothing lies beside it."""
    build_site(hand_made.SITE, built.records, built.artifacts, tmp_path / "site")
    build_site(hand_made.SITE, [hand_made.make_failed_run()], {}, tmp_path / "site")
    assert [p.name for p in (tmp_path / "site/reports").iterdir() if p.is_dir()] == [
        "patchtst-boiler-house"
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_a_failing_builder_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error shows the builder's last lines; the old site stands untouched."""
    build_site(hand_made.SITE, [hand_made.make_failed_run()], {}, tmp_path / "site")
    before = files_of(tmp_path / "site")
    monkeypatch.setattr("generator.site.mkdocs.COMMAND", (*COMMAND[:3], "--no-such-flag"))
    with pytest.raises(SiteBuildError, match="no-such-flag"):
        build_site(hand_made.SITE, [], {}, tmp_path / "site")
    assert files_of(tmp_path / "site") == before
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_each_report_carries_its_record(built: BuiltSite) -> None:
    """`provenance.json` is the record, read back equal."""
    for record in built.records:
        path = built.folder / "reports" / record.id / "provenance.json"
        assert RunRecord.model_validate_json(path.read_bytes()) == record


def test_the_marker_names_every_run(built: BuiltSite) -> None:
    """The marker lists each report with its state, failed ones too."""
    marker = json.loads((built.folder / "attention-reports.json").read_bytes())
    assert marker["schema"] == "attention-reports/site/2"
    assert [run["state"] for run in marker["runs"]] == ["built", "built", "failed", "built"]


def test_runs_do_not_swell_other_pages(built: BuiltSite, tmp_path: Path) -> None:
    """Reports are not in the navigation: an unrelated page is the same with more of them."""
    records = [hand_made.make_failed_run(), hand_made.make_failed_run("another")]
    build_site(hand_made.SITE, records[:1], {}, tmp_path / "one")
    build_site(hand_made.SITE, records, {}, tmp_path / "two")
    one, two = ((tmp_path / name / "agents/index.html").read_bytes() for name in ("one", "two"))
    assert one == two


def test_nothing_unpublished_stays(built: BuiltSite) -> None:
    """No error page, site map, source map or other language's stemmer is published."""
    names = files_of(built.folder)
    unwanted = ("404.html", "sitemap", ".map", "javascripts/lunr")
    assert [name for name in names if any(word in name for word in unwanted)] == []


def listed(path: str, sha256: str = "0" * 64) -> RunRecord:
    """A failed run that nevertheless lists one file."""
    artifact = Artifact(path=path, title="t", media_type="text/csv", size=2, sha256=sha256)
    return hand_made.make_failed_run("r").model_copy(update={"artifacts": (artifact,)})


def test_a_changed_artifact_is_refused(tmp_path: Path) -> None:
    """A file that is not what its record says stops the build and names both digests."""
    (tmp_path / "a.csv").write_text("x\n")
    with pytest.raises(IntegrityError, match="its record says 0000"):
        place_artifacts([listed("a.csv")], {"r": tmp_path}, tmp_path / "site")


def test_an_artifact_may_not_be_a_link(tmp_path: Path) -> None:
    """A symbolic link in the store is not followed."""
    (tmp_path / "a.csv").symlink_to("/etc/hostname")
    with pytest.raises(IntegrityError, match="is not a file"):
        place_artifacts([listed("a.csv")], {"r": tmp_path}, tmp_path / "site")


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "a/../b", "index.html", "a//b", "a\nb", "a\\b", ".", "C:x"]
)
def test_an_artifact_stays_in_its_folder(tmp_path: Path, path: str) -> None:
    """A path that leaves the report's folder, or takes the place of its page, is refused."""
    with pytest.raises(UsageError, match="cannot be a file of the report"):
        place_artifacts([listed(path)], {"r": tmp_path}, tmp_path / "site")


def test_only_the_themes_scripts_get_a_hash() -> None:
    """A page that holds any other inline script is not published."""
    page = "<html><head></head><body><script>alert(1)</script></body></html>"
    with pytest.raises(IntegrityError, match="alert"):
        add_policy(page, "p.html")


def test_a_data_block_needs_no_hash() -> None:
    """JSON in a script element is data; the policy stays without hashes."""
    page = '<html><head></head><body><script type="application/json">{}</script></body></html>'
    assert format_policy([]) in add_policy(page, "p.html")


def test_a_script_hash_is_what_browsers_compute() -> None:
    """The hash of the example in the CSP specification's introduction."""
    expected = "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
    assert script_hash("alert('Hello, world.');") == expected
