"""The stand-alone HTML file in a real browser: opened from disk, with no network at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.attention import AttentionWeights
from generator.exports.html import write_html
from generator.kinds import TokenKind, VisualizationType
from generator.measures.summary import summarise
from generator.notice import SIMULATED
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

TRACES = {
    VisualizationType.HEATMAP: {"heatmap"},
    VisualizationType.FLOW: {"scatter"},
    VisualizationType.NETWORK: {"scatter"},
    VisualizationType.DISTRIBUTION: {"bar"},
    VisualizationType.TIMESERIES: {"scatter"},
}
HOSTILE = [
    "</script><script>window.broken=1</script>",
    "<img src=x onerror=window.broken=1>",
    "\"'><b>bold</b>",
    "[x](javascript:window.broken=1)",
    "__proto__",
    "<a href='https://example.org'>link</a>",
    "&lt;i&gt; %{z} $x^2$",
    "a|b_c*d`e\\",
]


def attention(names: list[str], samples: int = 5) -> AttentionWeights:
    random = np.random.default_rng(3)
    size = len(names)
    weights = random.dirichlet(np.full(size, 0.5), (2, 3, size)).astype(np.float32)
    received = random.dirichlet(np.full(size, 2.0), (samples, 2)).astype(np.float32)
    return AttentionWeights(
        weights=weights,
        feature_names=names,
        tokens=TokenKind.SENSORS,
        model_name="combustion",
        received_by_sample=received,
        samples=samples,
    )


SENSORS = [f"sensor_{index}" for index in range(8)]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "report.html"
    return write_html(summarise(attention(SENSORS)), path, banner=SIMULATED)


@pytest.fixture(scope="module")
def visit(browser: Any, export: Path) -> Visit:
    return Visit(browser, export)


@pytest.mark.parametrize("head", [0, 2])
@pytest.mark.parametrize("figure", list(VisualizationType), ids=lambda figure: figure.value)
def test_every_figure_is_drawn_with_the_traces_it_names(
    visit: Visit, figure: VisualizationType, head: int
) -> None:
    """No trace is turned into another kind, nothing is said in the console, nobody is called."""
    visit.choose(figure, 1, head)
    types = visit.read("document.querySelector('.ar-plot')._fullData.map(trace => trace.type)")
    drawn = visit.page.locator(".ar-explorer").get_attribute("data-drawn")
    assert set(types) == TRACES[figure]
    assert drawn == f"{figure.value} l1-h{head}"
    assert visit.page.locator(".ar-plot .main-svg").first.bounding_box()["height"] > 300
    assert (visit.messages, visit.outside) == ([], [])


@pytest.mark.parametrize(("layer", "head"), [(0, 0), (1, 2)])
def test_the_page_shows_the_weights_within_the_error_it_prints(
    visit: Visit, layer: int, head: int
) -> None:
    """Each cell of the heatmap equals the float32 weight to within the stated rounding."""
    visit.choose(VisualizationType.HEATMAP, layer, head)
    shown = visit.read("document.querySelector('.ar-plot').data[0].z.map(row => [...row])")
    error = float(visit.page.locator(".ar-explorer").get_attribute("data-error"))
    exact = attention(SENSORS).weights[layer, head].astype(np.float64)
    assert error < 1e-5
    assert np.abs(np.array(shown) - exact).max() <= error * (1 + 1e-9)
    assert "Shown values are rounded by at most" in visit.page.inner_text(".ar-caption")


def test_means_are_shown_as_means(visit: Visit) -> None:
    """'mean of all layers' is the mean over layers and heads, and has no head to choose."""
    visit.page.select_option(".ar-layer", "")
    visit.page.click("#ar-tab-heatmap")
    visit.wait()
    shown = visit.read("document.querySelector('.ar-plot').data[0].z.map(row => [...row])")
    exact = attention(SENSORS).weights.mean(axis=(0, 1), dtype=np.float64)
    assert visit.page.locator(".ar-head").is_disabled()
    assert np.allclose(np.array(shown), exact, atol=1e-5, rtol=0)


def test_the_series_is_the_attention_received_in_each_sample(visit: Visit) -> None:
    """The line of the most attended sensor holds the mean over layers, sample by sample."""
    visit.choose(VisualizationType.TIMESERIES, 0, 0)
    line = visit.read(
        "(() => { const one = document.querySelector('.ar-plot').data[0];"
        " return [one.name, [...one.y]]; })()"
    )
    received = attention(SENSORS).received_by_sample
    assert received is not None
    means = received.mean(axis=1)
    best = int(means.mean(axis=0).argmax())
    assert line[0] == f"sensor_{best}"
    assert np.allclose(line[1], means[:, best], atol=1e-5)


def test_the_histogram_counts_every_weight(visit: Visit) -> None:
    """The bars add up to the number of weights; uniform attention is marked at 1/n."""
    visit.choose(VisualizationType.DISTRIBUTION, 0, 1)
    total = visit.read("document.querySelector('.ar-plot').data[0].y.reduce((a, b) => a + b, 0)")
    line = visit.read("document.querySelector('.ar-plot').layout.shapes[0].x0")
    assert total == 64
    assert line == 1 / 8


def test_every_picture_carries_the_banner(visit: Visit) -> None:
    """The simulated-data sentence is drawn inside the picture, so that a saved image keeps it."""
    for figure in VisualizationType:
        visit.choose(figure, 0, 0)
        texts = visit.read(
            "[...document.querySelectorAll('.ar-plot .annotation-text')].map(a => a.textContent)"
        )
        assert SIMULATED in texts


def test_nothing_offers_to_send_the_figure_away(visit: Visit) -> None:
    """The tool bar has no share button and no logo."""
    visit.page.hover(".ar-plot")
    titles = visit.read(
        "[...document.querySelectorAll('.modebar-btn')].map(one => one.dataset.title || '')"
    )
    assert titles
    assert not [
        title for title in titles if "hare" in title or "loud" in title or "Plotly" in title
    ]


def test_a_thumbnail_chooses_its_head(visit: Visit) -> None:
    """The grid's buttons have names; clicking one draws that head."""
    visit.page.get_by_role("button", name="layer 1, head 1", exact=True).click()
    visit.wait()
    pressed = visit.page.locator(".ar-tile[aria-pressed=true]")
    assert pressed.get_attribute("aria-label") == "layer 1, head 1"
    assert str(visit.page.locator(".ar-explorer").get_attribute("data-drawn")).endswith("l1-h1")


def test_tabs_and_grid_work_by_keyboard(visit: Visit) -> None:
    """Arrow keys, Home and End choose figures; arrows and Enter choose heads."""
    page = visit.page
    page.focus("#ar-tab-heatmap")
    for key, chosen in (("End", "timeseries"), ("ArrowRight", "heatmap"), ("ArrowRight", "flow")):
        page.keyboard.press(key)
        visit.wait()
        assert page.locator("[role=tab][aria-selected=true]").get_attribute("data-figure") == chosen
    page.get_by_role("button", name="layer 0, head 0", exact=True).focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    visit.wait()
    assert page.input_value(".ar-layer") == "1"
    assert page.input_value(".ar-head") == "1"


def test_pointing_at_a_cell_says_both_names_and_times_uniform(visit: Visit) -> None:
    """The box beside the pointer names query and key and compares with uniform attention."""
    visit.choose(VisualizationType.HEATMAP, 0, 0)
    box = visit.page.locator(".ar-plot .nsewdrag").first.bounding_box()
    visit.page.mouse.move(box["x"] + box["width"] / 16, box["y"] + box["height"] / 16)
    visit.page.wait_for_selector(".ar-tip:not([hidden])")
    weight = float(attention(SENSORS).weights[0, 0, 0, 0])
    said = visit.page.inner_text(".ar-tip")
    assert "sensor_0 → sensor_0" in said
    assert f"{8 * weight:.3g} × uniform" in said


def test_hostile_names_are_inert(browser: Any, tmp_path: Path) -> None:
    """Names full of markup are shown as text in tables, figures and the pointer's box."""
    path = write_html(summarise(attention(HOSTILE)), tmp_path / "hostile.html")
    visit = Visit(browser, path)
    for figure in VisualizationType:
        visit.choose(figure, 0, 0)
        links = visit.read("document.querySelectorAll('.ar-explorer a[href], .ar-plot a').length")
        assert links == 0
    visit.choose(VisualizationType.FLOW, 0, 0)
    texts = visit.read(
        "[...document.querySelectorAll('.ar-plot .textpoint')].map(one => one.textContent)"
    )
    assert "<a href='https://exampl" in " ".join(texts)
    assert visit.read("window.broken") is None
    assert (visit.messages, visit.outside) == ([], [])


@pytest.mark.parametrize(
    ("queries", "keys"), [(1, 1), (4, 10), (140, 140)], ids=["one", "cross", "many"]
)
def test_unusual_shapes_are_drawn(browser: Any, tmp_path: Path, queries: int, keys: int) -> None:
    """A single position, cross attention and many positions all draw all five figures."""
    weights = np.random.default_rng(0).dirichlet(np.full(keys, 0.3), (1, 2, queries))
    kept = AttentionWeights(weights=weights.astype(np.float32))
    visit = Visit(browser, write_html(summarise(kept), tmp_path / "shape.html"))
    for figure in VisualizationType:
        visit.choose(figure, 0, 1)
        assert visit.page.locator(".ar-explorer").get_attribute("data-state") == "drawn"
    assert visit.read("document.querySelectorAll('*').length") < 3000
    assert (visit.messages, visit.outside) == ([], [])


def test_a_phone_in_the_dark_needs_no_sideways_scrolling(browser: Any, export: Path) -> None:
    """At 390 pixels the page fits, and the figure takes the dark colours."""
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "is_mobile": True}
    visit = Visit(browser, export, **phone)
    assert visit.read("document.documentElement.scrollWidth") == 390
    assert visit.read("document.querySelector('.ar-plot').layout.paper_bgcolor") == "#161c21"
    assert visit.messages == []


def test_paper_is_light_whatever_the_screen_is(browser: Any, export: Path) -> None:
    """A reader with a dark screen prints dark text and figures on a light ground."""
    visit = Visit(browser, export, color_scheme="dark")
    visit.page.emulate_media(media="print", color_scheme="dark")
    visit.page.wait_for_timeout(50)
    visit.wait()
    assert visit.read("document.querySelector('.ar-plot').layout.paper_bgcolor") == "#ffffff"
    assert visit.read("getComputedStyle(document.body).color") == "rgb(29, 36, 41)"
    assert visit.read("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_without_scripts_the_tables_stand(browser: Any, export: Path) -> None:
    """With scripts off the tables, the thumbnails and the notice are there, and no dead control."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(export.as_uri())
    assert page.locator("table").count() == 3
    assert page.locator(".ar-heads img").is_visible()
    assert not page.locator(".ar-controls").is_visible()
    assert "Scripts are off" in page.inner_text("main")
    context.close()
