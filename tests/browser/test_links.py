"""Flow and network draw in the browser the links that pictures are drawn with, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.attention import AttentionWeights
from generator.exports.html import write_html
from generator.figures.links import Links, select_links
from generator.kinds import VisualizationType
from generator.measures.summary import summarise
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

KINDS = (VisualizationType.FLOW, VisualizationType.NETWORK)


def make_even() -> np.ndarray:
    """(16, 16): attention spread evenly."""
    return np.full((16, 16), 1 / 16, dtype=np.float32)


def make_ties() -> np.ndarray:
    """(20, 20): 180 links that differ, then 40 equal ones across the cut at 200."""
    maps = np.full((20, 20), 0.02 / 9)
    maps[:, :9] = 0.1 + np.random.default_rng(1).normal(0, 0.001, (20, 9))
    maps[:, 9:11] = 0.055
    return np.asarray(maps / maps.sum(axis=1, keepdims=True).max(), dtype=np.float32)


def make_uneven() -> np.ndarray:
    """(30, 30): 900 links, all different."""
    return np.random.default_rng(2).dirichlet(np.full(30, 0.4), 30).astype(np.float32)


def open_figure(browser: Any, folder: Path, matrix: np.ndarray) -> Visit:
    weights = AttentionWeights(weights=matrix[None, None])
    return Visit(browser, write_html(summarise(weights), folder / "links.html"))


def draw_links(visit: Visit, kind: VisualizationType) -> set[tuple[int, int]]:
    """(query, key) of each link that can be pointed at."""
    visit.choose(kind, 0, 0)
    points: list[list[int]] = visit.read(
        "[...document.querySelectorAll('.ar-plot')].flatMap(plot => plot.data)"
        ".flatMap(trace => trace.customdata || []).filter(point => point.length === 2)"
    )
    return {(query, key) for query, key in points}


@pytest.mark.parametrize("make", [make_even, make_ties, make_uneven])
def test_page_and_picture_draw_the_same_links(browser: Any, tmp_path: Path, make: Any) -> None:
    """Whatever the map, both draw one choice, and say one sentence of it."""
    matrix = make()
    visit = open_figure(browser, tmp_path, matrix)
    chosen = select_links(matrix, matrix > 0)
    for kind, links in zip(KINDS, (chosen, chosen.above(1 / matrix.shape[1])), strict=True):
        assert draw_links(visit, kind) == pairs(links)
        assert links.words() in visit.page.inner_text(".ar-caption")
    assert (visit.messages, visit.outside) == ([], [])


def pairs(links: Links) -> set[tuple[int, int]]:
    """(query, key) of each link."""
    return set(zip(links.query.tolist(), links.key.tolist(), strict=True))


def test_of_an_even_map_nothing_stands_out(browser: Any, tmp_path: Path) -> None:
    """Of 256 equal links none is drawn, and none is called the strongest."""
    visit = open_figure(browser, tmp_path, make_even())
    for kind in KINDS:
        assert draw_links(visit, kind) == set()
        caption = visit.page.inner_text(".ar-caption")
        assert "No link is drawn: none of the 256 stands out." in caption
        assert "Strongest link" not in caption


def test_ties_at_the_cut_are_left_out_together(browser: Any, tmp_path: Path) -> None:
    """180 links stand out; the 40 equal ones across the cut are no pattern."""
    visit = open_figure(browser, tmp_path, make_ties())
    assert draw_links(visit, VisualizationType.FLOW) == {
        (q, k) for q in range(20) for k in range(9)
    }
