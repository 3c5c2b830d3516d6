"""The built site on this machine's own address, built again when an input changes.

In: the manifest's path, the site's folder, and how to rebuild. Out: HTTP answers on 127.0.0.1.
Never: another address than loopback, a folder listing, a page asked for under a foreign name.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from generator.build.plan import list_model_files
from generator.errors import ReportsError, UsageError
from generator.manifest.load import read_manifest
from generator.manifest.located import Located
from generator.spec.manifest import Manifest

LOOPBACK = "127.0.0.1"
POLL_SECONDS = 1.0
Stamp = tuple[int, int, int] | None
Stamps = dict[Path, Stamp]
Rebuild = Callable[[Manifest, Located], None]


def serve_site(
    file: str,
    site: Path,
    port: int,
    rebuild: Rebuild,
    *,
    announce: Callable[[str], None],
    log: Callable[[str], None],
) -> None:
    """Builds, serves until Ctrl-C or SIGTERM, and builds again whenever an input changes.

    Args:
        file: the manifest; it is parsed at the start, and again after a change only.
        site: the folder that is served.
        port: of the loopback address; 0 for any that is free.
        rebuild: makes the site from a manifest and the places of its values.
        announce: is told the address once the site stands.
        log: is told what happens later.

    Raises:
        UsageError: the port is taken, or the manifest is wrong at the start.
    """
    manifest, tree = read_manifest(file)
    stamps = read_stamps(list_watched_files(manifest))
    try:
        with serve_in_background(site, port) as address:
            rebuild(manifest, tree)
            announce(address)
            while True:
                time.sleep(POLL_SECONDS)
                manifest, stamps = _renew(manifest, stamps, rebuild, log)
    except KeyboardInterrupt:
        log("stopped")


def _renew(
    manifest: Manifest, before: Stamps, rebuild: Rebuild, log: Callable[[str], None]
) -> tuple[Manifest, Stamps]:
    """Rebuilds when something changed; a mistake is shown, and site and watch stay as they were."""
    now = read_stamps(list_watched_files(manifest))
    if now == before:
        return manifest, before
    try:
        manifest, tree = read_manifest(manifest.file)
        now = read_stamps(list_watched_files(manifest))
        rebuild(manifest, tree)
        log("rebuilt")
    except ReportsError as error:
        log(str(error))
    return manifest, now


def list_watched_files(manifest: Manifest) -> tuple[Path, ...]:
    """The manifest's own file and the files of its datasets and models."""
    data = (path for name in manifest.datasets for path in manifest.find_data_files(name))
    models = (
        path for name in manifest.models for path in list_model_files(manifest.model_folder(name))
    )
    return (Path(manifest.file), *data, *models)


def read_stamps(paths: Iterable[Path]) -> Stamps:
    """What tells that a file changed: its inode, size and time; None where there is none."""
    return {path: _read_stamp(path) for path in paths}


def _read_stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def serve_in_background(site: Path, port: int) -> Iterator[str]:
    """Serves a folder in the background; yields its address. Port 0 takes any free one.

    Raises:
        UsageError: the port cannot be used.
    """
    try:
        server = SiteServer(site, port)
    except OSError as error:
        says = f"port {port} cannot be used ({error.strerror}); choose another with --port"
        raise UsageError(says) from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class SiteServer(ThreadingHTTPServer):
    """A server of one folder, looked up anew at each request: the site may be exchanged."""

    def __init__(self, site: Path, port: int) -> None:
        self.site = site.absolute()
        super().__init__((LOOPBACK, port), SiteHandler)


class SiteHandler(SimpleHTTPRequestHandler):
    """GET and HEAD of the site's files, never cached, for requests by a loopback name."""

    server: SiteServer

    def __init__(self, request: object, address: object, server: SiteServer) -> None:
        super().__init__(request, address, server, directory=str(server.site))  # type: ignore[arg-type]

    def send_head(self) -> BytesIO | BinaryIO | None:
        """The file asked for; 403 when the name asked under is not this machine's own."""
        name = self.headers.get("Host", "").rsplit(":", 1)[0]
        if name not in {LOOPBACK, "localhost"}:
            self.send_error(403)
            return None
        return super().send_head()

    def list_directory(self, _path: object) -> BytesIO | None:
        """Folders without an index have no page."""
        self.send_error(404)
        return None

    def end_headers(self) -> None:
        """Nothing is kept by the browser: the next request shows the next build."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged."""
