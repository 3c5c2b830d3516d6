"""The summary sheet shows the summary's own numbers."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.patches import Rectangle

from generator.attention import AttentionSummary
from generator.exports.panel import MISSING, draw_panel
from generator.measures.summary import summarise
from generator.notice import NOTICE, SIMULATED
from tests.output.maps_by_hand import draw_weights, make_weights


def test_the_four_panels_show_map_importance_focus_and_spread() -> None:
    """Mean map, bars in rank order, focus grid, histogram: each with the summary's values."""
    summary = summarise(make_weights())
    heat, bars, grid, spread = draw_panel(summary).axes[:4]
    np.testing.assert_allclose(
        summary.aggregated_weights.mean(axis=0), heat.images[0].get_array(), atol=1e-7
    )
    widths = [bar.get_width() for bar in bars.patches if isinstance(bar, Rectangle)]
    np.testing.assert_allclose(np.sort(summary.feature_importance)[::-1], widths)
    assert list(bars.lines[0].get_xdata()) == [0.25, 0.25]
    focus = np.stack([summary.head_importance[layer] for layer in (0, 1)])
    np.testing.assert_allclose(focus, grid.images[0].get_array())
    assert sum(bar.get_height() for bar in spread.patches) == 2 * 16


def test_notice_and_banner_are_printed() -> None:
    """A sheet that travels alone still says what it is not for."""
    figure = draw_panel(summarise(make_weights()), SIMULATED)
    words = " ".join(text.get_text() for text in figure.findobj(mpl.text.Text))
    assert SIMULATED in words
    assert NOTICE in words.replace("\n", " ")


def test_what_a_summary_does_not_hold_is_said_to_be_missing() -> None:
    """An empty summary has four empty panels that say so."""
    figure = draw_panel(AttentionSummary())
    words = [text.get_text() for text in figure.findobj(mpl.text.Text)]
    assert words.count(MISSING) == 4


@pytest.mark.filterwarnings("error::UserWarning", "error::RuntimeWarning")
@pytest.mark.parametrize("shape", [(1, 1), (4, 10), (512, 512)])
def test_the_sheet_takes_any_shape(shape: tuple[int, int]) -> None:
    """One position, many, or a map that is not square: no warning, no error."""
    draw_panel(summarise(draw_weights(*shape))).draw_without_rendering()
