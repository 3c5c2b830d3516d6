"""What a browser needs to open a page: time, elements, memory, requests; the network is cut off.

In: a page on the disk. Out: an Opening, or None where there is no browser. Times are wall clocks
of a headless Chromium without a graphics card: they rank pages and prove nothing else.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DRAWN = ".ar-explorer[data-state=drawn]"
PATIENCE = 120_000  # ms
ALONE = 2_000  # ms a page without a sign of its own gets to draw itself


@dataclass
class Opening:
    """One opened page.

    `load_s` until the load event, `drawn_s` until the figure is there (None: never), `cpu_s` of
    the process that shows the page, until the figure or for two seconds after load, `elements`
    of the document, `shapes` of drawings among them, `heap_mb` of scripts after a collection,
    `file_bytes` read from the disk, `outside` requests refused, `messages` of the console.
    """

    load_s: float = 0.0
    drawn_s: float | None = None
    cpu_s: float = 0.0
    elements: int = 0
    shapes: int = 0
    heap_mb: float = 0.0
    file_bytes: int = 0
    outside: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


def explain_missing() -> str:
    """Why no page can be opened here; '' where one can."""
    if find_spec("playwright") is None:
        return "Playwright is not installed"
    return "" if _find_browser() else f"no browser here (looked for {', '.join(NAMES)})"


def _find_browser() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def open_page(path: Path, drawn: str) -> Opening:
    """Open one page in a browser of its own.

    `drawn` is the selector of a finished figure, scrolled to as a reader would; '' where a page
    has none, and gets a moment to draw itself.
    """
    made, read = Opening(), set[Path]()
    with _start_page(made, read) as page:
        started = time.perf_counter()
        page.goto(path.resolve().as_uri(), wait_until="load", timeout=PATIENCE)
        made.load_s = time.perf_counter() - started
        if drawn:
            page.locator(drawn.split("[")[0]).scroll_into_view_if_needed()
            page.wait_for_selector(drawn, timeout=PATIENCE)
            made.drawn_s = time.perf_counter() - started
        else:
            page.wait_for_timeout(ALONE)
        _count(page, made)
    made.file_bytes = sum(one.stat().st_size for one in read)
    return made


@contextmanager
def _start_page(made: Opening, read: set[Path]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # an extra; asked for only here

    def guard(route: Any) -> None:
        address = urlsplit(route.request.url)
        if address.scheme == "file":
            read.add(Path(unquote(address.path)))
        if address.scheme in {"file", "data", "blob"}:
            route.continue_()
        else:
            made.outside.append(route.request.url)
            route.abort()

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_find_browser(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.route("**/*", guard)
        page.on("console", lambda message: made.messages.append(message.text))
        page.on("pageerror", lambda error: made.messages.append(str(error)))
        yield page
        browser.close()


def _count(page: Any, made: Opening) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    made.cpu_s = _read_metrics(session)["ProcessTime"]
    made.elements = page.evaluate("document.querySelectorAll('*').length")
    made.shapes = page.evaluate("document.querySelectorAll('svg *, canvas').length")
    session.send("HeapProfiler.collectGarbage")
    made.heap_mb = _read_metrics(session)["JSHeapUsedSize"] / 1e6


def _read_metrics(session: Any) -> dict[str, float]:
    return {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
