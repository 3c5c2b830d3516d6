"""The local server: what it answers, to whom, and when it builds again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from http.client import HTTPConnection
from pathlib import Path

import pytest

from generator.doors.serve import list_watched_files, read_stamps, serve_in_background
from generator.errors import UsageError
from generator.manifest import load_manifest

ROOT = Path(__file__).parents[2]
SOURCES = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
ENVIRONMENT = {**os.environ, "PYTHONPATH": SOURCES}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of one page, and a folder without one."""
    folder = tmp_path / "site"
    (folder / "figures").mkdir(parents=True)
    (folder / "index.html").write_text("<p>first</p>")
    return folder


def fetch(address: str) -> str:
    """The text at an address."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        return str(answer.read().decode())


def test_the_site_is_served_on_loopback(site: Path) -> None:
    """The index is the page of the root; the address is this machine's own."""
    with serve_in_background(site, 0) as address:
        assert address.startswith("http://127.0.0.1:")
        assert fetch(address) == "<p>first</p>"


def test_an_exchanged_site_is_served_at_once(site: Path) -> None:
    """The folder is looked up at each request."""
    with serve_in_background(site, 0) as address:
        fetch(address)
        site.rename(site.with_name("old"))
        site.mkdir()
        (site / "index.html").write_text("<p>second</p>")
        assert fetch(address) == "<p>second</p>"


@pytest.mark.parametrize("path", ["figures/", "../secret", "%2e%2e/secret", "none.html"])
def test_nothing_else_is_served(site: Path, path: str) -> None:
    """No listing, nothing outside the folder."""
    site.with_name("secret").write_text("secret")
    with serve_in_background(site, 0) as address, pytest.raises(urllib.error.HTTPError) as refused:
        fetch(address + path)
    assert refused.value.code == 404


def test_a_foreign_name_is_refused(site: Path) -> None:
    """A page elsewhere that had its name resolve to this machine gets nothing."""
    with serve_in_background(site, 0) as address:
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/", headers={"Host": f"evil.example:{port}"})
        assert connection.getresponse().status == 403
        connection.close()


def test_a_taken_port_is_told(site: Path) -> None:
    """The next step is in the message."""
    with serve_in_background(site, 0) as address:
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        with (
            pytest.raises(UsageError, match=rf"port {port} cannot be used .*--port"),
            serve_in_background(site, port),
        ):
            pass


def test_the_manifest_and_its_inputs_are_watched(project: Path) -> None:
    """A change of any of them is a change of the stamps."""
    files = list_watched_files(load_manifest(project / "reports.yaml"))
    names = {path.name for path in files}
    assert names == {"reports.yaml", "plant.csv", "config.json", "model.safetensors"}
    before = read_stamps(files)
    assert read_stamps(files) == before
    (project / "plant.csv").write_text("oxygen,air,warning\n1,2,0\n")
    assert read_stamps(files) != before


SERVED = """
import sys
from pathlib import Path
from generator.doors import serve
serve.POLL_SECONDS = 0.1
site = Path("site")
def rebuild(manifest, tree):
    site.mkdir(exist_ok=True)
    (site / "index.html").write_text(Path("plant.csv").read_text())
say = lambda text: print(text, flush=True)
serve.serve_site("reports.yaml", site, 0, rebuild, announce=say, log=say)
print("clean", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_change_rebuilds_and_ctrl_c_ends_cleanly(project: Path) -> None:
    """Build, serve, change, build again, serve that; then stop without a traceback.

    While the manifest is wrong its mistake is said once, and the files known before are watched.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", SERVED],
        cwd=project,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert fetch(address) == "oxygen,air,warning\n"
    (project / "plant.csv").write_text("changed")
    assert process.stdout.readline() == "rebuilt\n"
    assert fetch(address) == "changed"
    right = (project / "reports.yaml").read_text()
    (project / "reports.yaml").write_text("version: 2\n" + right.removeprefix("version: 1\n"))
    assert process.stdout.readline().startswith("reports.yaml:1:10: version: must be 1")
    (project / "plant.csv").write_text("again")
    assert process.stdout.readline().startswith("reports.yaml:1:10: version: must be 1")
    (project / "reports.yaml").write_text(right)
    assert process.stdout.readline() == "rebuilt\n"
    assert fetch(address) == "again"
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=30)
    assert (said, errors, process.returncode) == ("stopped\nclean\n", "", 0)
