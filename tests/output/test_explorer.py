"""Promises of the map files, the explorer's data block and the thumbnails."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.attention import AttentionWeights
from generator.figures import maps, read_caption
from generator.figures.explorer import SCRIPTS, make_explorer_view
from generator.figures.map_record import COARSE, FINE, encode_map, to_script_json
from generator.figures.maps import write_maps
from generator.figures.sprite import sprite_size
from generator.figures.thumbnails import build_sprite, encode_sprite, write_thumbnails
from generator.kinds import TokenKind, VisualizationType
from generator.notice import NOTICE, SIMULATED
from generator.records import Artifact, AttentionRecord, RunRecord
from generator.render import TEMPLATES, render

HOSTILE = "</script><script>alert(1)</script>\u2028'\"&<img src=x onerror=alert(1)>"


def softmax(layers: int, heads: int, queries: int, keys: int, spread: float = 2.0) -> np.ndarray:
    scores = np.random.default_rng(0).normal(0, spread, (layers, heads, queries, keys))
    shares = np.exp(scores)
    return (shares / shares.sum(-1, keepdims=True)).astype(np.float32)


def decoded(record: dict[str, object]) -> np.ndarray:
    """The display rule, written again from its definition."""
    packed = zlib.decompress(base64.b64decode(str(record["data"])))
    kind = "<u2" if record["levels"] == 65535 else "u1"
    steps = np.frombuffer(packed, kind).reshape(record["shape"])  # type: ignore[arg-type]
    return steps.astype(np.float64) / record["levels"] * record["max"]  # type: ignore[operator]


def read(path: Path) -> dict[str, object]:
    """The record inside one side file."""
    text = path.read_text("ascii")
    assert text.startswith("AttentionReports.receive({")
    assert text.endswith("});\n")
    record: dict[str, object] = json.loads(text[len("AttentionReports.receive(") : -3])
    return record


def test_every_map_is_equal_to_the_weights_within_the_printed_error(tmp_path: Path) -> None:
    """Each head, each layer's mean and the mean of all layers come back within max/levels/2."""
    weights = softmax(2, 3, 8, 8)
    paths = write_maps(AttentionWeights(weights=weights), tmp_path, [])
    expected = {f"l{i}-h{j}": weights[i, j] for i in range(2) for j in range(3)}
    expected |= {f"l{i}-mean": weights[i].mean(axis=0, dtype="f8") for i in range(2)}
    expected["mean"] = weights.mean(axis=(0, 1), dtype="f8")
    assert {path.stem for path in paths} == set(expected)
    for path in paths:
        record = read(path)
        error = float(record["max"]) / 65535 / 2  # type: ignore[arg-type]
        assert record["map"] == path.stem
        assert record["levels"] == 65535
        assert np.abs(decoded(record) - expected[path.stem]).max() <= error * (1 + 1e-9)


def test_large_maps_are_coarse_only_where_nothing_visible_is_lost() -> None:
    """Beyond 128 positions 255 levels are used, unless they would blur uniform attention."""
    even = np.full((129, 129), 1 / 129)
    peaked = np.eye(129)
    assert encode_map("even", even).levels == COARSE
    assert encode_map("peaked", peaked).levels == FINE
    assert encode_map("small", np.full((128, 128), 1 / 128)).levels == FINE
    assert encode_map("even", even).error <= 0.1 / 129


def test_a_map_of_zeros_stays_zero() -> None:
    """A wholly masked map has max 0 and decodes to zeros."""
    record = encode_map("l0-h0", np.zeros((2, 3)))
    assert record.max == 0.0
    assert decoded(record.model_dump()).tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -0.5])
def test_a_map_that_is_not_attention_is_refused(bad: float) -> None:
    """NaN, infinite and negative weights are never drawn."""
    with pytest.raises(ValueError, match="map l0-h0: weights must be a finite, non-negative"):
        encode_map("l0-h0", np.array([[0.5, bad]]))


def test_heads_that_do_not_fit_leave_their_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the size limit, and for averaged heads, only head means are written."""
    weights = softmax(2, 3, 8, 8)
    averaged = AttentionWeights(weights=weights[:, :1], averaged_heads=3)
    names = {path.stem for path in write_maps(averaged, tmp_path / "averaged", [])}
    monkeypatch.setattr(maps, "ALL_HEADS_BYTES", weights.nbytes - 1)
    large = {path.stem for path in write_maps(AttentionWeights(weights=weights), tmp_path, [])}
    assert names == large == {"l0-mean", "l1-mean", "mean"}


def sensors_in_time(samples: int) -> AttentionWeights:
    received = np.random.default_rng(1).dirichlet(np.ones(4), (samples, 2)).astype(np.float32)
    return AttentionWeights(
        weights=softmax(2, 1, 4, 4), tokens=TokenKind.SENSORS, received_by_sample=received
    )


def test_received_attention_of_each_sample_is_written_with_its_labels(tmp_path: Path) -> None:
    """received.js holds (samples, keys), the mean over layers, and one label per sample."""
    weights = sensors_in_time(3)
    write_maps(weights, tmp_path, ["10:00", "10:10", HOSTILE])
    record = read(tmp_path / "received.js")
    assert weights.received_by_sample is not None
    expected = weights.received_by_sample.mean(axis=1)
    assert record["shape"] == [3, 4]
    assert record["labels"][:2] == ["10:00", "10:10"]  # type: ignore[index]
    assert np.allclose(decoded(record), expected, atol=1e-5)


def test_labels_that_do_not_fit_the_samples_are_refused(tmp_path: Path) -> None:
    """The message names both counts."""
    with pytest.raises(ValueError, match="2 sample labels for 3 samples"):
        write_maps(sensors_in_time(3), tmp_path, ["a", "b"])


def test_the_same_weights_give_the_same_files(tmp_path: Path) -> None:
    """Two writes are equal byte for byte."""
    weights = AttentionWeights(weights=softmax(2, 2, 8, 8))
    first = {p.name: p.read_bytes() for p in write_maps(weights, tmp_path / "a", [])}
    second = {p.name: p.read_bytes() for p in write_maps(weights, tmp_path / "b", [])}
    assert first == second


def test_script_json_leaves_no_character_that_html_or_javascript_reads() -> None:
    """Angle brackets, ampersands and line separators are escaped; the value survives."""
    value = {"__proto__": HOSTILE, "`${x}`": ["\u2029", "\ud800"]}
    text = to_script_json(value)
    assert not set(text) & set("<>&\u2028\u2029")
    assert text.isascii()
    assert json.loads(text) == value


def record_with(paths: tuple[str, ...], heads: int = 2) -> RunRecord:
    attention = AttentionRecord(
        tokens=TokenKind.SENSORS,
        group="encoder",
        shape=(1, heads, 2, 2),
        samples=1,
        rows_per_sample=1,
        uniform=0.5,
        names=("fuel", HOSTILE),
        query_names=("fuel", HOSTILE),
        positions=(),
        heads=(),
        layers=(),
        provenance_hash="0" * 64,
        input_sha256="0" * 64,
    )
    files = tuple(
        Artifact(path=path, title=path, media_type="text/plain", size=1, sha256="0" * 64)
        for path in paths
    )
    return RunRecord(id="r", key="k", attention=attention, artifacts=files)


ALL = ("maps/mean.js", "maps/l0-mean.js", "maps/l0-h0.js", "maps/l0-h1.js", "figures/heatmap.png")


def test_the_explorer_shows_what_the_report_folder_holds() -> None:
    """Heads, series, pictures and downloads are offered only where their files are listed."""
    view = make_explorer_view(record_with((*ALL, "figures/heads.png", "attention.safetensors")))
    few = make_explorer_view(record_with(("maps/mean.js",)))
    assert view is not None
    assert few is not None
    assert (view.data.heads, view.sprite, view.data.received) == (2, "figures/heads.png", False)
    assert view.data.exact == "attention.safetensors"
    assert [figure.picture for figure in view.figures] == ["figures/heatmap.png", "", "", "", ""]
    assert (few.data.heads, few.sprite, few.data.exact) == (0, "", "")
    assert "Single heads cannot be chosen here: 1 × 2 maps" in few.left_out


def test_no_explorer_without_maps() -> None:
    """A run without attention, or without map files, has no explorer."""
    assert make_explorer_view(RunRecord(id="r", key="k")) is None
    assert make_explorer_view(record_with(("figures/heatmap.png",))) is None


def test_hostile_names_stay_text_in_the_partial() -> None:
    """The rendered explorer has no script but its data block and the shared files."""
    page = render("parts/figures.html.j2", {"explorer": make_explorer_view(record_with(ALL))})
    block = page.split('class="ar-data">')[1].split("</script>")[0]
    assert page.count("<script") == 1 + len(SCRIPTS)
    assert "alert(1)</script>" not in page
    assert "onerror=" not in page.replace(block, "")
    assert json.loads(block)["names"][0] == "fuel"
    assert "style=" not in page
    assert "onclick" not in page


def test_every_visualization_type_has_a_tab_and_a_drawing() -> None:
    """The tabs, the enum and the drawings agree; every script of the folder is loaded."""
    folder = TEMPLATES / "assets" / "figures"
    assert all(all(read_caption(kind)) for kind in VisualizationType)
    assert {path.name for path in folder.glob("*.js")} == set(SCRIPTS)
    for kind in VisualizationType:
        assert f"reports.figures.{kind.value} =" in (folder / f"{kind.value}.js").read_text()


def test_thumbnails_are_pixel_exact_up_to_64_positions() -> None:
    """Layers down, heads across, one pixel per weight, each tile scaled to its own maximum."""
    weights = softmax(2, 3, 5, 7)
    pixels = build_sprite(weights)
    tile = weights[1, 2]
    assert pixels.shape == (10, 21)
    assert sprite_size((2, 3, 5, 7)) == (21, 10)
    assert np.array_equal(pixels[5:, 14:], np.rint(tile / tile.max() * 255).astype(np.uint8))


def test_larger_maps_keep_their_strongest_weight_in_the_thumbnail() -> None:
    """Beyond 64 positions a pixel is the maximum of the cells it covers."""
    weights = np.zeros((1, 1, 130, 130), np.float32)
    weights[0, 0, 129, 4] = 1.0
    pixels = build_sprite(weights)
    assert pixels.shape == (44, 44)
    assert pixels[43, 1] == 255
    assert int(pixels.sum()) == 255
    assert sprite_size((1, 1, 130, 130)) == (44, 44)


def test_the_sprite_carries_notice_and_banner_and_is_repeatable(tmp_path: Path) -> None:
    """The PNG's Description holds both sentences; two writes are equal."""
    weights = AttentionWeights(weights=softmax(2, 2, 4, 4))
    path = write_thumbnails(weights, tmp_path / "figures" / "heads.png", SIMULATED)
    with Image.open(path) as picture:
        text = picture.text  # type: ignore[attr-defined]
        assert (picture.size, picture.mode) == ((8, 8), "P")
    assert list(text) == ["Description"]
    assert text["Description"].startswith(f"{NOTICE} {SIMULATED}")
    assert path.read_bytes() == encode_sprite(weights, SIMULATED)
