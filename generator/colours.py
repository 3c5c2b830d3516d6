"""The one list of colours: pages, figures, the stand-alone report and pictures read it.

In: nothing. Out: a style sheet of custom properties (`--rp-ink`, ...) for light and dark, and the
light values for pictures. Never: a colour that stands in a second place; maps are viridis.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple


class Colour(NamedTuple):
    """A CSS value on light and on dark ground."""

    light: str
    dark: str


COLOURS = MappingProxyType(
    {
        "ink": Colour("#1d2429", "#e4e9ec"),
        "muted": Colour("#57636b", "#a3afb7"),
        "line": Colour("#dce2e6", "#333e46"),
        "page": Colour("#f3f5f6", "#0f1418"),
        "surface": Colour("#ffffff", "#161c21"),
        "raised": Colour("#f4f6f7", "#1f282e"),
        "accent": Colour("#0f6a73", "#62bfc8"),
        "accent-soft": Colour("#0f6a731f", "#62bfc826"),
        "fill": Colour("#2f8f99", "#3f9ea8"),
        "mark": Colour("#b3541e", "#f0955c"),
        "bar": Colour("#18222c", "#0a0e11"),
        "on-bar": Colour("#f4f6f7", "#f4f6f7"),
        "on-bar-muted": Colour("#c3ccd2", "#c3ccd2"),
        "on-map": Colour("#0b0f12", "#0b0f12"),
        "good": Colour("#1d6b43", "#7fd0a3"),
        "good-soft": Colour("#e3f1e8", "#17332560"),
        "warn": Colour("#854408", "#f5bd72"),
        "warn-soft": Colour("#fdf0dc", "#3b290f"),
        "bad": Colour("#a12622", "#f59a92"),
        "bad-soft": Colour("#fbe9e7", "#40191780"),
        "edge": Colour("#18222c4d", "#000000b3"),
        "shadow": Colour("0 1px 2px #18222c14, 0 2px 8px #18222c0d", "none"),
        "series": Colour(
            "#332288 #117733 #aa4499 #cc6677 #2a8fbd #8a6d00 #882255 #44aa99",
            "#88ccee #ddcc77 #e38aa0 #44aa99 #d7a3e0 #b4d455 #f0955c #9db2ff",
        ),
    }
)
"""By role; `mark` is uniform attention and what else stands out, `series` are lines of samples."""

BELOW_UNIFORM = "#aab4bd"
NOT_ALLOWED = "#e9ecef"
MARK_ON_MAP = "#ff8c1a"
"""Of pictures only: less than uniform attention, a link that is masked, a line across viridis."""

MAP_COLOURS = "viridis"
"""Of attention weights: even to the eye, and readable without colour vision."""

SITE = ("@media screen", '[data-md-color-scheme="slate"]')
ALONE = ("@media screen and (prefers-color-scheme: dark)", ":root")
"""Where a page is dark: by the reader's choice on the site, by the system's elsewhere."""


def format_style(dark: tuple[str, str]) -> str:
    """The style sheet, dark below that media query and selector; paper is always light."""
    media, selector = dark
    light_lines, dark_lines = zip(*_list_properties(), strict=True)
    return "\n".join(
        ["/* Colours by role. */", ":root {", *light_lines, "}", f"{media} {{",
         f"{selector} {{", *dark_lines, "}", "}", ""]
    )  # fmt: skip


def _list_properties() -> Iterator[tuple[str, str]]:
    for role, colour in COLOURS.items():
        yield f"  --rp-{role}: {colour.light};", f"  --rp-{role}: {colour.dark};"
