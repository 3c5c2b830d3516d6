"""Labels and links: what is left out is left out fairly."""

from __future__ import annotations

import numpy as np

from generator.figures.labels import LONGEST, choose_labels, label_step, shorten_names
from generator.figures.links import select_links
from generator.figures.view import make_map_view
from tests.output.maps_by_hand import draw_weights, make_uniform, make_weights


def test_even_attention_has_no_strongest_links() -> None:
    """Of 4,096 equal links none is drawn: the first 200 would look like a pattern."""
    links = select_links(make_map_view(make_uniform(64), 0, 0))
    assert len(links.weight) == 0
    assert links.words() == "No link is drawn: none of the 4,096 stands out."


def test_few_equal_links_are_all_drawn() -> None:
    """Where all links fit, ties are no reason to hide one."""
    links = select_links(make_map_view(make_uniform(4), 0, 0))
    assert links.words() == "Every link is drawn (16), down to weight 0.25."


def test_the_strongest_links_are_the_largest_weights_weak_ones_first() -> None:
    """200 of 1,600, and none left out is larger than one drawn."""
    view = make_map_view(draw_weights(40, 40), 0, 0)
    links = select_links(view)
    expected = np.sort(view.matrix.ravel())[-200:]
    np.testing.assert_array_equal(expected, links.weight)
    np.testing.assert_array_equal(view.matrix[links.query, links.key], links.weight)
    assert "The 200 strongest of 1,600 links are drawn" in links.words()


def test_only_links_above_a_floor_count_when_asked() -> None:
    """MAP has 9 links of at least 1/4."""
    assert len(select_links(make_map_view(make_weights(), 0, 0), above=0.25).weight) == 9


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
