"""One report of a site, made from attention maps alone, the way a build makes it.

In: AttentionWeights. Out: the folder of a report's files, a built site, and what a page's first
view reads from the disk. The data set and the model in its words are made up for the measurement.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from generator.attention import AttentionWeights
from generator.build.artifacts import write_artifacts
from generator.hashing import sha256_bytes
from generator.installed import list_versions
from generator.measures.record import record_attention
from generator.measures.summary import summarise
from generator.records import DatasetRecord, ModelRecord, RunRecord, SiteInfo
from generator.site import build_site

REPORT = "benchmark"
PAGE = Path("reports", REPORT, "index.html")
SITE = SiteInfo(title="Benchmark")


def write_report(weights: AttentionWeights, folder: Path) -> RunRecord:
    """Everything a build writes for one report, below an empty folder; its record."""
    folder.mkdir(parents=True)
    summary = summarise(weights)
    record = RunRecord(
        id=REPORT,
        key=sha256_bytes(b"benchmark"),
        model=_make_model(weights),
        dataset=_make_dataset(weights),
        attention=record_attention(summary),
        versions=list_versions(),
    )
    files = write_artifacts(folder, record, summary, [], [])
    return record.model_copy(update={"artifacts": files})


def build(record: RunRecord, files: Path, site: Path) -> None:
    """The whole site of that one report."""
    build_site(SITE, [record], {record.id: files}, site)


def _make_model(weights: AttentionWeights) -> ModelRecord:
    layers, heads, *_ = weights.get_shape()
    return ModelRecord(
        id="bert-shape",
        source="benchmark",
        architecture="none: maps only",
        description="Softmax of random numbers in the shape of a model's attention.",
        parameters=0,
        layers=layers,
        heads=max(heads, weights.averaged_heads),
        sha256=sha256_bytes(b"no model"),
        files=(),
        tokens=weights.tokens,
        token_words="a position",
        sensors=(),
        target="none",
        target_unit="",
        trained_on="",
        trained_sha256="",
    )


def _make_dataset(weights: AttentionWeights) -> DatasetRecord:
    return DatasetRecord(
        id="random",
        file="none",
        sha256=sha256_bytes(b"no data"),
        rows=0,
        time="row",
        first="",
        last="",
        step="",
        groups=1,
        group_word="run",
        gaps=0,
        windows=1,
        explained=1,
        explained_events=None,
        explained_groups=1,
        explained_first="",
        explained_last="",
        window_length=weights.get_shape()[3],
        window_span="",
        stride=1,
        holdout="none",
        target="none",
        target_words="none",
        sensors=(),
        simulated=True,
        licence="CC0-1.0",
        credit="",
    )


def measure_parts(site: Path) -> dict[str, float]:
    """MB of a report on the site: its first view, that in parts, and what waits until asked for.

    The first view is the page, what it names (style sheets, scripts, pictures that do not wait),
    the drawing library and the first map: what is read until the first figure is drawn.
    """
    page, folder = site / PAGE, (site / PAGE).parent
    named = _LinkParser()
    named.feed(page.read_text(encoding="utf-8"))
    first = {
        "page": {page},
        "pictures": {folder / name for name in named.pictures},
        "first map": {folder / "maps" / "mean.js"},
        "drawing library": {site / "assets" / "plotly.min.js"},
        "other scripts, styles": {(folder / name).resolve() for name in named.shared},
    }
    sizes = {part: _size(paths) / 1e6 for part, paths in first.items()}
    return {
        "first view": sum(sizes.values()),
        **{f"of it {part}": size for part, size in sizes.items()},
        "all maps for drawing": size_below(folder / "maps") / 1e6,
        "exact maps (float32)": _size({folder / "attention.safetensors"}) / 1e6,
        "stand-alone page": _size({folder / "report.html"}) / 1e6,
        "all files of the report": size_below(folder) / 1e6,
    }


def size_below(folder: Path) -> int:
    """Bytes of every file below a folder."""
    return _size({path for path in folder.rglob("*") if path.is_file()})


def _size(paths: set[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


class _LinkParser(HTMLParser):
    """The files a page names: those it loads at once."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[str] = []
        self.shared: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a start tag loads."""
        given = {name: value or "" for name, value in attrs}
        if tag == "img" and given.get("loading") != "lazy":
            self._note(self.pictures, given.get("src", ""))
        elif tag == "script":
            self._note(self.shared, given.get("src", ""))
        elif tag == "link" and given.get("rel") in {"stylesheet", "icon"}:
            self._note(self.shared, given.get("href", ""))

    def _note(self, kept: list[str], address: str) -> None:
        if address and not address.startswith("data:"):
            kept.append(address.split("?")[0])
