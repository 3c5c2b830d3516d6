"""Attention received: over the samples in their order, or over the positions of the map.

Sensor tokens with samples get one strip for each sensor; every other map gets one curve over
its positions. Uniform attention (under the same mask) is marked; teal is above it.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from generator.colours import BELOW_UNIFORM
from generator.figures.labels import label_columns, shorten_names
from generator.figures.paper import (
    ACCENT,
    INK,
    LABEL_SIZE,
    MARK,
    MUTED,
    RULE,
    make_sheet,
    use_house_style,
)
from generator.figures.view import MapView
from generator.kinds import TokenKind
from generator.words import token_singular

TITLE = "Time series"
WORDS = "attention received by each position, with uniform attention marked."
MOST_STRIPS = 12
OUTLINED = 100  # with more steps an outline would hide the fill


def draw(view: MapView, figsize: tuple[float, float]) -> Figure:
    """Strips over samples for sensor tokens, else one curve over positions."""
    samples = view.received_by_sample
    with use_house_style():
        if samples is not None and view.tokens is TokenKind.SENSORS:
            return draw_over_samples(view, samples, figsize)
        return draw_over_positions(view, figsize)


def draw_over_samples(view: MapView, samples: np.ndarray, figsize: tuple[float, float]) -> Figure:
    """One strip for each sensor: (samples, keys) attention received, samples in order."""
    count, keys = samples.shape
    kept = sorted(np.argsort(-samples.mean(axis=0), kind="stable")[:MOST_STRIPS])
    which = f"the {len(kept)} highest of {keys} sensors" if len(kept) < keys else "every sensor"
    caption = (
        f"{count:,} samples in order, {which}, one scale. Teal: above uniform "
        f"attention (line, {view.uniform:.3g}); grey: below it. Right: mean over the samples."
    )
    instead = "" if view.head is None else f", not head {view.head} alone"
    subtitle = f"Attention received, sample by sample (mean over all heads{instead})"
    figure = make_sheet(figsize, view.title, subtitle, caption, view.banner)
    figure.get_layout_engine().set(h_pad=0.02, hspace=0.0)  # type: ignore[union-attr, call-arg]
    strips = figure.subplots(len(kept), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    names = shorten_names([view.key_names[key] for key in kept], [int(key) for key in kept])
    for axes, key, name in zip(strips, kept, names, strict=True):
        strip(axes, name, samples[:, key], float(view.expected[key]))
    top = float(samples[:, kept].max(initial=view.uniform)) * 1.08
    strips[0].set(ylim=(0, top), xlim=(-0.5, count - 0.5))
    label_samples(strips[-1], view, 0.7 * figsize[0])
    return figure


def strip(axes: Axes, name: str, values: np.ndarray, expected: float) -> None:
    """One sensor's (samples,) attention, filled from uniform attention."""
    fill_steps(axes, values, np.full(len(values), expected))
    axes.set_ylabel(name, rotation=0, ha="right", va="center", color=INK, size=LABEL_SIZE)
    axes.annotate(f"{values.mean():.2f}", (1.01, 0.5), xycoords="axes fraction", va="center",
                  size=LABEL_SIZE, color=MUTED)  # fmt: skip
    axes.tick_params(axis="y", labelsize=7, labelcolor=MUTED, length=2)
    axes.tick_params(axis="x", length=2)
    axes.locator_params(axis="y", nbins=2)
    axes.spines["left"].set_visible(False)


def fill_steps(axes: Axes, values: np.ndarray, expected: np.ndarray) -> None:
    """A step for each of (values,): teal above, grey below what uniform attention gives."""
    edges = np.arange(len(values) + 1) - 0.5
    for part, colour in ((np.maximum, ACCENT), (np.minimum, BELOW_UNIFORM)):
        axes.stairs(part(values, expected), edges, baseline=expected, fill=True, color=colour)
    if len(values) <= OUTLINED:
        axes.stairs(values, edges, baseline=None, color=INK, linewidth=0.7)
    axes.stairs(expected, edges, baseline=None, color=MARK, linewidth=1.2)


def label_samples(axes: Axes, view: MapView, inches: float) -> None:
    """Sample labels where they were given, else their numbers."""
    if view.sample_labels:
        label_columns(axes, view.sample_labels, inches)
    axes.set_xlabel("sample")


def draw_over_positions(view: MapView, figsize: tuple[float, float]) -> Figure:
    """Attention received by each position, with its spread over the samples where known."""
    kind = token_singular(view.tokens)
    received, expected = view.received, view.expected
    subtitle = f"Attention received by each {kind}, mean over queries"
    figure = make_sheet(figsize, view.title, subtitle, compose_caption(view), view.banner)
    axes = figure.add_subplot()
    fill_steps(axes, received, expected)
    top = max(float(received.max(initial=0.0)), float(expected.max(initial=0.0)))
    if view.head is None and view.received_by_sample is not None:
        top = max(top, draw_whiskers(axes, view.received_by_sample))
    axes.set(xlim=(-0.5, len(received) - 0.5), ylim=(0, top * 1.15 or 1.0))
    label_columns(axes, view.key_names, 0.8 * figsize[0])
    axes.set_xlabel(f"{kind} (key)")
    axes.set_ylabel("attention received")
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=2)
    return figure


def draw_whiskers(axes: Axes, samples: np.ndarray) -> float:
    """Whiskers from the 10th to the 90th percentile of (samples, keys); the highest of them."""
    low, high = np.percentile(samples, (10, 90), axis=0)
    axes.vlines(np.arange(len(low)), low, high, color=INK, linewidth=0.9, alpha=0.55)
    return float(high.max(initial=0.0))


def compose_caption(view: MapView) -> str:
    """What line, colours and whiskers mean."""
    masked = not view.visible.all()
    line = "under the same mask" if masked else f"{view.uniform:.3g}"
    words = f"Line: uniform attention ({line}). Teal: above it; grey: below it."
    if view.head is None and view.received_by_sample is not None:
        count = len(view.received_by_sample)
        words += f" Whiskers: 10th to 90th percentile over {count:,} samples."
    return words
