"""Promises of the self-contained HTML export, read without a browser."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from markupsafe import escape

from generator.attention import AttentionSummary, AttentionWeights
from generator.exports.html import render_page, write_html
from generator.exports.html_inline import to_inline_script
from generator.kinds import TokenKind
from generator.measures.summary import summarise
from generator.notice import NOTICE, SIMULATED
from generator.words import token_sentence

HOSTILE = [
    "</script><script>alert(1)</script>",
    "\"'><b onmouseover=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) | `y` **z**",
    "__proto__",
    "{{ 7 * 7 }} {% raw %}",
    "a\u2028b\u202ec\x00d",
    "&lt;b&gt; %{z} $x^2$",
]


def made(names: list[str] | None = None, **more: object) -> AttentionSummary:
    scores = np.exp(np.random.default_rng(0).normal(0, 2, (2, 3, 8, 8)))
    weights = (scores / scores.sum(-1, keepdims=True)).astype(np.float32)
    kept = AttentionWeights(
        weights=weights,
        feature_names=names,
        model_name="combustion",
        tokens=TokenKind.SENSORS if names else TokenKind.POSITIONS,
        model_digest="a" * 64,
        input_digest="b" * 64,
        **more,  # type: ignore[arg-type]
    )
    return summarise(kept, 5)


class Reader(HTMLParser):
    """Collects start tags, and the text of each script with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag and open a script."""
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        """Close a script."""
        self.inside = False

    def handle_data(self, data: str) -> None:
        """Add to the open script."""
        if self.inside:
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)


def test_the_same_summary_gives_the_same_bytes_whenever_it_is_written(tmp_path: Path) -> None:
    """Neither the clock nor the duration of the summary reaches the file."""
    first, second = made(), made()
    second.processing_time_ms = 1e6
    second.weights.timestamp = datetime(1999, 1, 1, tzinfo=UTC)
    one = write_html(first, tmp_path / "a.html").read_bytes()
    assert one == write_html(second, tmp_path / "deep" / "er" / "b.html").read_bytes()


def test_the_policy_comes_first_and_allows_exactly_the_inline_scripts() -> None:
    """Every executable script, and the waiting library, is allowed by its digest only."""
    reader = Reader(render_page(made()))
    tags = [tag for tag, _ in reader.tags]
    policy = str(reader.tags[tags.index("meta")][1]["content"])
    digests = set(re.findall(r"'sha256-([^']+)'", policy))
    run = [text for attrs, text in reader.scripts if attrs.get("type") != "application/json"]
    expected = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run}
    assert tags[:3] == ["html", "head", "meta"]
    assert len(expected) == 2
    assert digests == expected
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_no_resource_comes_from_outside() -> None:
    """No element but the empty icon and the inline sprite names a source."""
    sources = [
        (tag, attrs[name])
        for tag, attrs in Reader(render_page(made())).tags
        for name in ("src", "href", "srcset", "data", "action", "poster")
        if attrs.get(name)
    ]
    assert [tag for tag, _ in sources] == ["link", "img"]
    assert all(str(source).startswith("data:") for _, source in sources)


def test_hostile_names_are_text_everywhere() -> None:
    """No name becomes an element, an attribute or a script."""
    quiet = Reader(render_page(made([f"s{i}" for i in range(8)])))
    page = render_page(made(HOSTILE, layer_names=(HOSTILE[0], HOSTILE[2])))
    loud = Reader(page)
    assert [tag for tag, _ in loud.tags] == [tag for tag, _ in quiet.tags]
    assert not [a for _, attrs in loud.tags for a in attrs if a.startswith("on")]
    assert "{{ 7 * 7 }}" in page
    assert "\u202e" not in page
    assert "\x00" not in page


def test_the_page_says_what_it_is_made_from_and_what_it_is_not() -> None:
    """Provenance hash, digests, notice, banner, uniform baseline and versions are visible."""
    summary = made([f"sensor_{i}" for i in range(8)])
    text = re.sub(r"<(script|style).*?</\1>", "", render_page(summary, SIMULATED), flags=re.S)
    assert summary.provenance_hash in text
    assert "a" * 64 in text
    assert "b" * 64 in text
    assert text.count(NOTICE) >= 2
    assert SIMULATED in text
    assert escape(token_sentence(TokenKind.SENSORS)) in text
    assert "would give each 12.5%" in text
    assert "<dt>numpy</dt>" in text
    assert "<dt>plotly</dt>" in text


def test_facts_come_first_and_are_text() -> None:
    """A title and facts stand before the answer, hostile ones as text."""
    facts = [("Dataset", "boiler <b>"), ("Run key", "c" * 64)]
    page = render_page(made([f"sensor_{i}" for i in range(8)]), title="gl-018", facts=facts)
    assert "<h1>gl-018</h1>" in page
    assert "<dt>Dataset</dt><dd>boiler &lt;b&gt;</dd>" in page
    assert page.index("What this is about") < page.index("What received most attention")


def test_time_steps_are_never_called_sensors() -> None:
    """For timestep tokens the page says that sensors cannot be told apart."""
    summary = made()
    summary.weights.tokens = TokenKind.TIMESTEPS
    assert escape(token_sentence(TokenKind.TIMESTEPS)) in render_page(summary)


def test_tables_hold_the_summary_in_rank_order() -> None:
    """The attended table lists importance, lift and received of each position."""
    summary = made([f"sensor_{i}" for i in range(8)])
    page = render_page(summary)
    best, value = summary.top_attended_features[0]
    index = summary.names.index(best)
    row = re.search(r'<td class="number">1</td><th scope="row">(\w+)</th>(.*?)</tr>', page)
    assert row is not None
    assert row[1] == best
    assert f"{value:.4g}" in row[2]
    assert f">{summary.lift[index]:.3g}</td>" in row[2]
    assert f">{summary.received[index]:.3g}</td>" in row[2]


def test_a_summary_without_weights_still_has_its_tables(tmp_path: Path) -> None:
    """Without maps there are tables, a sentence that says why, and no script at all."""
    full = made([f"sensor_{i}" for i in range(8)])
    bare = AttentionSummary(
        feature_importance=full.feature_importance,
        names=full.names,
        top_attending_features=full.top_attending_features,
        layer_importance=full.layer_importance,
        head_importance=full.head_importance,
    )
    page = write_html(bare, tmp_path / "bare.html").read_text()
    assert "No figure is drawn: this summary carries no attention maps." in page
    assert "<script" not in page
    assert "script-src &#39;none&#39;" in page
    assert page.count("<table") == 3
    assert len(page) < 30_000


def test_an_empty_summary_is_a_page_too() -> None:
    """AttentionSummary() exports the notice and the sentence, and does not fail."""
    page = render_page(AttentionSummary())
    assert NOTICE in page
    assert "<table" not in page


def test_weights_that_are_not_attention_are_named_and_not_drawn() -> None:
    """NaN weights leave the tables and the reason."""
    summary = made()
    summary.weights.weights = summary.weights.weights.copy()
    summary.weights.weights[0, 0, 0, 0] = np.nan
    assert "No figure is drawn: 1 weights are NaN or infinite." in render_page(summary)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is exchanged in one step; a part that failed is removed."""
    path = tmp_path / "report.html"
    path.write_text("old")

    def refuse(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_html(AttentionSummary(), path)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_an_inlined_script_cannot_end_its_own_element() -> None:
    """End tags and comments inside scripts are written so that HTML does not see them."""
    assert to_inline_script('a="</script>";b="<!--"\r\n') == 'a="<\\/script>";b="<\\!--"\n'
