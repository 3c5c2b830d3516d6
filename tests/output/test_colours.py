"""Colours stand once, are used, and can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.colours import ALONE, COLOURS, SITE, format_style
from generator.exports.html_inline import read_styles
from generator.figures import paper
from generator.render import TEMPLATES

GENERATOR = Path(paper.__file__).parents[1]
HEX = re.compile(r"(?<!&)#[0-9a-fA-F]{3,8}\b")
LOGOS = ("logo.svg", "logo.html")
"""A picture of its own, and the same inline."""
TEXT = ("ink", "muted", "accent", "warn", "good", "bad")
GROUNDS = ("surface", "page", "raised")


def find_sources() -> Iterator[Path]:
    """Style sheets, drawings, templates of the theme and Python files."""
    yield from (path for path in TEMPLATES.rglob("*") if path.suffix in {".css", ".js", ".svg"})
    yield from (TEMPLATES / "theme").rglob("*.html")
    yield from (path for path in GENERATOR.rglob("*.py") if "templates" not in path.parts)


def test_no_colour_stands_anywhere_else() -> None:
    """Only the list of colours, and the logo, hold a colour by its value."""
    others = [path for path in find_sources() if path.name not in ("colours.py", *LOGOS)]
    assert len(others) > 100
    assert [path.name for path in others if HEX.search(path.read_text(encoding="utf-8"))] == []


def test_every_role_is_used_and_every_name_is_a_role() -> None:
    """What sheets and drawings call `--rp-...` is in the list, and nothing in it is dead."""
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.css")]
    names = set(re.findall(r"var\(--rp-([a-z-]+)", "".join(texts)))
    theme = (TEMPLATES / "assets/figures/theme.js").read_text(encoding="utf-8")
    drawn = set(re.findall(r'"([a-z]+)"', theme.partition("COLOURS = [")[2].partition("]")[0]))
    assert names | drawn | {"series"} == set(COLOURS)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2: 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_every_ground(scheme: str) -> None:
    """At least 4.5:1, in light and in dark."""
    value = {role: getattr(colour, scheme) for role, colour in COLOURS.items()}
    ratios = {(t, g): contrast(value[t], value[g]) for t in TEXT for g in GROUNDS}
    ratios["mark", "surface"] = contrast(value["mark"], value["surface"])
    ratios["warn", "warn-soft"] = contrast(value["warn"], value["warn-soft"])
    ratios["on-bar", "bar"] = contrast(value["on-bar"], value["bar"])
    ratios["on-bar-muted", "bar"] = contrast(value["on-bar-muted"], value["bar"])
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_pages_and_pictures_have_the_same_values() -> None:
    """Site, stand-alone page and pictures: one value for a role."""
    for style in (format_style(SITE), format_style(ALONE), str(read_styles())):
        assert f"--rp-accent: {paper.ACCENT};" in style
        assert f"--rp-accent: {COLOURS['accent'].dark};" in style
        assert f"--rp-ink: {paper.INK};" in style
