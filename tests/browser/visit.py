"""One page opened from disk in a headless browser, with everything it says and asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.kinds import VisualizationType

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Visit:
    """One page opened from disk; collects every message and every request that leaves it."""

    def __init__(self, browser: Any, path: Path, *, reach: bool = True, **options: Any) -> None:
        self.messages: list[str] = []
        self.outside: list[str] = []
        self.asked: list[str] = []
        self.context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, **options}
        )
        self.context.route("**/*", self.guard)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.goto(path.as_uri())
        if reach:
            self.reach()

    def reach(self) -> None:
        """Scroll to the explorer and wait for its first drawing."""
        self.page.locator(".ar-explorer").scroll_into_view_if_needed()
        self.wait()

    def guard(self, route: Any) -> None:
        """Let files through; note and stop everything else."""
        self.asked.append(route.request.url)
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def wait(self) -> None:
        """Until the last choice is drawn, or could not be."""
        states = ("drawn", "failed")
        selector = ", ".join(f".ar-explorer[data-state={state}]" for state in states)
        self.page.wait_for_selector(selector, timeout=30_000)

    def choose(self, figure: VisualizationType, layer: int, head: int) -> None:
        """Choose as a reader does, and wait."""
        self.page.select_option(".ar-layer", str(layer))
        self.page.select_option(".ar-head", str(head))
        self.page.click(f"#ar-tab-{figure.value}")
        self.wait()

    def read(self, code: str) -> Any:
        """What an expression of the page's own language gives."""
        return self.page.evaluate(code)
