"""Labels and links: what is left out is left out fairly."""

from __future__ import annotations

import numpy as np
import pytest

from generator.figures.labels import LONGEST, choose_labels, label_step, shorten_names
from generator.figures.layout import place_bars, place_nodes
from generator.figures.links import select_links
from generator.figures.view import make_map_view
from tests.output.maps_by_hand import MAP, draw_weights

EVEN = np.ones((16, 16), dtype=bool)


def test_even_attention_has_no_strongest_links() -> None:
    """Of 256 equal links none is drawn: the first 200 would look like a pattern."""
    links = select_links(EVEN / 16, EVEN)
    assert len(links.weight) == 0
    assert links.words() == "No link is drawn: none of the 256 stands out."
    assert links.above(1 / 16).words() == links.words()


def test_few_equal_links_are_all_drawn() -> None:
    """Where all links fit, ties are no reason to hide one."""
    links = select_links(np.full((4, 4), 0.25), np.ones((4, 4), dtype=bool))
    assert links.words() == "Every link is drawn (16), down to weight 0.25."


def test_ties_at_the_cut_are_dropped_together() -> None:
    """190 links are stronger than 20 that tie: the 200th would be one of them."""
    matrix = np.full((16, 16), 0.001)
    matrix.flat[:190] = 0.5
    matrix.flat[190:210] = 0.1 * (1 + np.linspace(0, 1e-7, 20))
    assert len(select_links(matrix, EVEN).weight) == 190
    assert len(select_links(matrix, EVEN, most=210).weight) == 210


def test_the_strongest_links_are_the_largest_weights_strong_ones_first() -> None:
    """200 of 1,600, and none left out is larger than one drawn."""
    view = make_map_view(draw_weights(40, 40), 0, 0)
    links = select_links(view.matrix, view.visible)
    expected = np.sort(view.matrix.ravel())[:-201:-1]
    np.testing.assert_array_equal(expected, links.weight)
    np.testing.assert_array_equal(view.matrix[links.query, links.key], links.weight)
    share = f"{expected.sum() / view.matrix.sum():.0%}"
    assert "The 200 strongest of 1,600 links are drawn, down to weight" in links.words()
    assert links.words().endswith(f"; they carry {share} of the attention.")


def test_only_links_above_a_floor_count_when_asked() -> None:
    """MAP has 9 links of at least 1/4."""
    links = select_links(MAP, np.ones((4, 4), dtype=bool))
    assert len(links.above(0.25).weight) == 9
    assert links.above(0.7).words() == (
        "The strongest of 16 links is drawn, 0.7; it is 18% of the attention."
    )


def test_nodes_stand_clockwise_from_the_top() -> None:
    """Square maps have one ring; in others queries stand left and keys right, from the top down."""
    ring = place_nodes(list("abcd"), list("abcd"))
    assert (ring.query, ring.key) == (((0, 1), (1, 0), (0, -1), (-1, 0)), None)
    arcs = place_nodes(list("ab"), list("xyz"))
    assert [x < 0 for x, _ in arcs.query] == [True, True]
    assert [round(y, 1) for _, y in arcs.keys] == [0.8, 0.0, -0.8]
    assert place_nodes(["a"], ["a"]).query == ((0, 0),)


def test_bars_fill_the_height_but_for_their_gaps() -> None:
    """Two queries with 1 and 3 parts: bars of 0.7 together, a gap of 0.3; one key: a single bar."""
    links = select_links(np.array([[0.1], [0.3]]), np.ones((2, 1), dtype=bool))
    left, right = place_bars(links)
    assert (left.tops, left.scale) == ((1.0, 0.525), pytest.approx(1.75))
    assert (right.tops, right.scale) == ((1.0,), pytest.approx(2.5))


def test_labels_are_thinned_in_round_steps() -> None:
    """Every label, then every 2nd, 5th, 10th, 20th, ..."""
    assert [label_step(n, 30) for n in (30, 60, 150, 300, 1500)] == [1, 2, 5, 10, 50]
    assert choose_labels([str(i) for i in range(20)], 5).places == (0, 5, 10, 15)


def test_short_names_stay_apart() -> None:
    """Two long names that shorten to the same text carry their places."""
    names = ["a" * 40 + end + "a" * 40 for end in "xy"]
    first, second = shorten_names(names, (3, 7))
    assert (first.endswith(" #3"), second.endswith(" #7")) == (True, True)
    assert len(shorten_names(["b" * 90], (0,))[0]) == LONGEST


def test_names_without_a_visible_character_say_so() -> None:
    """An empty label would look like a missing one."""
    assert shorten_names(["\u202e\x00 ", "a\nb"], (0, 1)) == ["(no name)", "a b"]
