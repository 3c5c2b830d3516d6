"""Each figure draws what its name says, of exactly the map it was given."""

from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle, StepPatch

from generator.attention import AttentionWeights
from generator.figures import draw, load_figure
from generator.figures.view import MapView, make_map_view
from generator.kinds import TokenKind, VisualizationType
from generator.notice import SIMULATED
from tests.output.maps_by_hand import MAP, SENSORS, draw_weights, make_uniform, make_weights

KINDS = list(VisualizationType)


def words(figure: Figure) -> str:
    """All visible text in a drawn figure, one line for each piece."""
    figure.draw_without_rendering()
    texts = (text for text in figure.findobj(mpl.text.Text) if text.get_visible())
    return "\n".join(text.get_text().replace("\n", " ") for text in texts)


def test_every_kind_has_a_figure_and_a_file_of_its_name() -> None:
    """Each file draws, and says what it draws."""
    files = [load_figure(kind) for kind in KINDS]
    assert all(file.draw and file.TITLE and file.WORDS.endswith(".") for file in files)


def test_unknown_kinds_and_sizes_are_refused() -> None:
    """The error names all kinds; a size must be positive."""
    view = make_map_view(make_weights(), 0, 0)
    with pytest.raises(ValueError, match="heatmap, flow, network, distribution, timeseries"):
        draw(view, "pie")
    with pytest.raises(ValueError, match="positive"):
        draw(view, "heatmap", (0, 8))


def test_plain_strings_are_kinds() -> None:
    """'flow' and VisualizationType.FLOW are the same."""
    assert "Attention flow" in words(draw(make_map_view(make_weights(), 0, 0), "flow"))


def test_drawing_leaves_nothing_behind() -> None:
    """No pyplot, no changed settings, in a fresh interpreter."""
    code = (
        "import sys, numpy as np, matplotlib as mpl\n"
        "from generator.attention import AttentionWeights\n"
        "from generator.figures import draw\n"
        "from generator.kinds import VisualizationType\n"
        "from generator.figures.view import make_map_view\n"
        "before = mpl.rcParams.copy()\n"
        "view = make_map_view(AttentionWeights(np.full((1, 1, 3, 3), 1 / 3)), 0, 0)\n"
        "[draw(view, kind).draw_without_rendering() for kind in VisualizationType]\n"
        "assert before == mpl.rcParams.copy()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_heatmap_shows_the_map_from_0_to_its_own_maximum() -> None:
    """Query 0 on top, every weight in its cell, scale 0 to 0.7."""
    axes = draw(make_map_view(make_weights(), 0, 0), "heatmap").axes[0]
    image = axes.images[0]
    np.testing.assert_allclose(MAP, image.get_array(), atol=1e-7)
    np.testing.assert_allclose((0.0, 0.7), image.get_clim(), atol=1e-6)
    assert image.get_cmap().name == "viridis"
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert {"0.40", "0.70"} <= {text.get_text() for text in axes.texts}


def test_heatmap_leaves_hidden_links_blank() -> None:
    """A link that is not allowed is grey, not dark."""
    mask = np.tril(np.ones((4, 4), dtype=bool))
    causal = np.where(mask, MAP, 0) / np.where(mask, MAP, 0).sum(axis=1, keepdims=True)
    figure = draw(
        make_map_view(make_weights(weights=causal[None, None], mask=mask), 0, 0), "heatmap"
    )
    shown = figure.axes[0].images[0].get_array()
    np.testing.assert_array_equal(~mask, np.ma.getmaskarray(shown))
    assert "Grey: the query may not look at the key." in words(figure)


def test_flow_draws_one_band_a_link_as_high_as_its_weight() -> None:
    """14 of the 16 links of MAP have weight; the strongest leads from the last to the first."""
    figure = draw(make_map_view(make_weights(), 0, 0), "flow")
    bands, bars = figure.axes[0].findobj(PolyCollection)
    assert (len(bands.get_paths()), len(bars.get_paths())) == (14, 8)
    edges = np.array([path.vertices[[0, 31, 32, 63], 1] for path in bands.get_paths()])
    heights = edges[:, 0] - edges[:, 3]
    np.testing.assert_allclose(heights, edges[:, 1] - edges[:, 2])
    np.testing.assert_allclose(np.sort(MAP[MAP > 0]) / 4 * 0.7, heights, atol=1e-6)
    assert edges[-1, 0] < 0.2
    assert edges[-1, 1] > 0.8
    assert words(figure).count("fuel_flow") == 2


def test_network_draws_arrows_for_links_above_uniform() -> None:
    """MAP has 9 links of at least 1/4, one of them from a sensor to itself."""
    figure = draw(make_map_view(make_weights(), 0, 0), "network")
    arrows = figure.axes[0].findobj(FancyArrowPatch)
    loops = figure.axes[0].findobj(Circle)
    assert (len(arrows), len(loops)) == (8, 1)
    nodes = figure.axes[0].findobj(PathCollection)[0]
    assert int(np.argmax(nodes.get_sizes())) == 3


def test_network_of_a_map_that_is_not_square_has_two_arcs() -> None:
    """Queries and keys that are not the same positions are not the same nodes."""
    figure = draw(make_map_view(draw_weights(2, 5), 0, 0), "network")
    keys, queries = (
        np.asarray(arc.get_offsets()) for arc in figure.axes[0].findobj(PathCollection)
    )
    assert (len(queries), len(keys)) == (2, 5)
    assert queries[:, 0].max() < 0 < keys[:, 0].min()


def test_distribution_counts_every_visible_weight_once() -> None:
    """The bars add up to the links, and uniform attention is marked at 1/n."""
    figure = draw(make_map_view(make_weights(), 0, 0), "distribution")
    axes = figure.axes[0]
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert sum(bar.get_height() for bar in bars) == 16
    assert list(axes.lines[0].get_xdata()) == [0.25, 0.25]
    assert "uniform attention: 1/4 = 0.25" in words(figure)


def test_timeseries_of_sensors_has_a_strip_for_each_over_the_samples() -> None:
    """Each strip shows the sensor's own values, with the uniform line."""
    samples = np.random.default_rng(1).dirichlet(np.ones(4), size=(30, 2)).astype(np.float32)
    view = make_map_view(make_weights(received_by_sample=samples), 0, None)
    axes = draw(view, "timeseries").axes
    assert [strip.get_ylabel() for strip in axes] == SENSORS
    outline = axes[2].findobj(StepPatch)[2].get_data().values
    np.testing.assert_allclose(samples[:, 0, 2], outline, atol=1e-7)
    np.testing.assert_allclose(0.25, axes[2].findobj(StepPatch)[3].get_data().values)


def test_timeseries_of_timesteps_runs_over_positions() -> None:
    """Timestep tokens are never drawn as sensors."""
    given = make_weights(
        feature_names=None, tokens=TokenKind.TIMESTEPS, timestep_names=list("abcd")
    )
    figure = draw(make_map_view(given, 0, 0), "timeseries")
    curve = figure.axes[0].findobj(StepPatch)[2].get_data().values
    np.testing.assert_allclose([0.2625, 0.2625, 0.1625, 0.3125], curve, atol=1e-7)
    assert figure.axes[0].get_xlabel() == "timestep (key)"


@pytest.mark.parametrize("kind", KINDS)
def test_the_banner_is_in_every_picture(kind: VisualizationType) -> None:
    """Simulated data says so in the picture itself."""
    assert SIMULATED in words(draw(make_map_view(make_weights(), 0, 0, banner=SIMULATED), kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "given",
    [
        make_uniform(1),
        make_uniform(64),
        draw_weights(512, 512),
        draw_weights(4, 10),
        draw_weights(30, 2),
    ],
    ids=["1", "uniform-64", "512", "4x10", "30x2"],
)
@pytest.mark.filterwarnings("error::UserWarning", "error::RuntimeWarning")
def test_any_size_of_map_can_be_drawn(kind: VisualizationType, given: AttentionWeights) -> None:
    """One position, many, or a map that is not square: no warning, no error."""
    draw(make_map_view(given, None, None), kind, (6, 4)).draw_without_rendering()


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_are_shown_as_they_are(kind: VisualizationType) -> None:
    r"""A name is never read as mathematics: $\frac{1}{0}$ stays itself and breaks nothing."""
    names = [r"$\frac{1}{$", r"$x^2$", "</text><script>", "x" * 100_000]
    view = make_map_view(make_weights(feature_names=names), 0, 0)
    shown = words(draw(view, kind))
    if kind is not VisualizationType.DISTRIBUTION:
        assert r"$x^2$" in shown
    assert all(len(line) < 400 for line in shown.splitlines())


def drawn_labels(view: MapView) -> tuple[list[float], list[str]]:
    """Places and labels of a heatmap's rows."""
    axes = draw(view, "heatmap").axes[0]
    return list(axes.get_yticks()), [label.get_text() for label in axes.get_yticklabels()]


def test_thinned_labels_stand_at_their_own_rows() -> None:
    """Of 512 names some are shown, each at its own row."""
    names = [f"step {index}" for index in range(512)]
    places, labels = drawn_labels(make_map_view(draw_weights(512, 512, timestep_names=names), 0, 0))
    assert 5 < len(labels) < 40
    assert [names[int(place)] for place in places] == labels
