"""The explorer of a report page: side files, late loading, dark mode, failures said aloud."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generator.attention import AttentionWeights
from generator.colours import SITE, format_style
from generator.figures.explorer import make_explorer_view
from generator.figures.maps import write_maps
from generator.figures.thumbnails import write_thumbnails
from generator.kinds import TokenKind, VisualizationType
from generator.measures.record import record_attention
from generator.measures.summary import summarise
from generator.records import Artifact, RunRecord
from generator.render import TEMPLATES, render
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'none'"
)


def weights() -> AttentionWeights:
    random = np.random.default_rng(5)
    names = [f"sensor_{index}" for index in range(6)]
    maps = random.dirichlet(np.full(6, 0.5), (2, 2, 6)).astype(np.float32)
    return AttentionWeights(weights=maps, feature_names=names, tokens=TokenKind.SENSORS)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A report page as the site has it: files beside it, assets two folders up."""
    assets = tmp_path / "assets"
    shutil.copytree(TEMPLATES / "assets" / "figures", assets / "figures")
    plotly = files("plotly").joinpath("package_data/plotly.min.js")
    (assets / "plotly.min.js").write_bytes(plotly.read_bytes())
    (assets / "colours.css").write_text(format_style(SITE))
    folder = tmp_path / "reports" / "one"
    paths = [
        *write_maps(weights(), folder / "maps", []),
        write_thumbnails(weights(), folder / "figures" / "heads.png"),
    ]
    for kind in VisualizationType:
        paths.append(folder / "figures" / f"{kind.value}.png")
        Image.new("RGB", (1000, 800), "white").save(paths[-1])
    listed = tuple(
        Artifact(
            path=path.relative_to(folder).as_posix(),
            title="",
            media_type="",
            size=path.stat().st_size,
            sha256="0" * 64,
        )
        for path in paths
    )
    record = RunRecord(
        id="one", key="k", attention=record_attention(summarise(weights())), artifacts=listed
    )
    body = render("parts/figures.html.j2", {"explorer": make_explorer_view(record)})
    made = folder / "index.html"
    made.write_text(
        f'<!DOCTYPE html><html lang="en"><head><meta http-equiv="Content-Security-Policy" '
        f'content="{POLICY}"><meta charset="utf-8"><title>one</title>'
        '<link rel="stylesheet" href="../../assets/colours.css"></head>'
        f'<body data-md-color-scheme="default"><div style="height:3000px"></div>{body}'
        "</body></html>"
    )
    return made


def test_nothing_heavy_is_loaded_before_the_figures_are_in_view(browser: Any, page: Path) -> None:
    """Plotly and the maps come when the reader gets there, not with the page."""
    visit = Visit(browser, page, reach=False)
    visit.page.wait_for_timeout(300)
    before = [Path(url).name for url in visit.asked]
    visit.reach()
    after = [Path(url).name for url in visit.asked]
    assert not {"plotly.min.js", "mean.js"} & set(before)
    assert after.count("plotly.min.js") == 1
    assert after.count("mean.js") == 1
    assert not {"l0-h0.js", "l1-mean.js"} & set(after)


def test_each_map_is_read_once_and_equals_the_weights(browser: Any, page: Path) -> None:
    """Choosing a head reads its side file, draws its weights, and one plot is alive at a time."""
    visit = Visit(browser, page)
    for figure in VisualizationType:
        visit.choose(figure, 1, 0)
    visit.choose(VisualizationType.HEATMAP, 1, 0)
    shown = visit.read("document.querySelector('.ar-plot').data[0].z.map(row => [...row])")
    assert np.allclose(np.array(shown), weights().weights[1, 0], atol=1e-5, rtol=0)
    assert [Path(url).name for url in visit.asked].count("l1-h0.js") == 1
    assert visit.read("document.querySelectorAll('.js-plotly-plot').length") == 1
    assert (visit.messages, visit.outside) == ([], [])


def test_the_figure_follows_the_page_into_the_dark(browser: Any, page: Path) -> None:
    """When the colour scheme of the page changes, the live figure is drawn in its colours."""
    visit = Visit(browser, page)
    paper = "document.querySelector('.ar-plot').layout.paper_bgcolor"
    light = visit.read(paper)
    visit.read("document.body.setAttribute('data-md-color-scheme', 'slate')")
    visit.page.wait_for_timeout(50)
    visit.wait()
    assert (light, visit.read(paper)) == ("#ffffff", "#161c21")


@pytest.mark.parametrize("lost", ["maps/l0-h1.js", "../../assets/plotly.min.js"])
def test_a_lost_file_is_said_aloud_and_the_picture_stays(
    browser: Any, page: Path, lost: str
) -> None:
    """A missing file is named in the page, and the still picture is shown in its place."""
    (page.parent / lost).unlink()
    visit = Visit(browser, page)
    visit.choose(VisualizationType.HEATMAP, 0, 1)
    assert visit.page.locator(".ar-explorer").get_attribute("data-state") == "failed"
    assert Path(lost).name in visit.page.inner_text(".ar-problem")
    assert visit.page.locator("#ar-panel-heatmap img").is_visible()


def test_a_trace_the_library_does_not_know_is_an_error(browser: Any, page: Path) -> None:
    """A trace type that Plotly would quietly replace is reported instead."""
    visit = Visit(browser, page)
    visit.read(
        "(() => { const draw = AttentionReports.figures.flow; AttentionReports.figures.flow ="
        " view => { const made = draw(view); made.traces[0].type = 'unheard'; return made; }; })()"
    )
    visit.choose(VisualizationType.FLOW, 0, 0)
    said = visit.page.inner_text(".ar-problem")
    assert "The drawing library has no unheard traces." in said


def test_without_scripts_every_still_picture_is_shown(browser: Any, page: Path) -> None:
    """With scripts off: five pictures and the sprite, described in words, and no controls."""
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(page.as_uri())
    pictures = opened.locator(".ar-explorer img")
    assert pictures.count() == 6
    assert all(pictures.nth(index).is_visible() for index in range(6))
    assert all(pictures.nth(index).get_attribute("alt") for index in range(6))
    assert not opened.locator(".ar-controls").is_visible()
    context.close()
