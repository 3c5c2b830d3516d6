"""Hand-made runs in pairs, with their maps on disk, for the tests of comparisons. Never published.

Two sensor runs of different seeds, two time-step runs, one that failed; and how to compare them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors.numpy import save_file

from generator.attention import AttentionWeights
from generator.build.comparisons import compare_all
from generator.kinds import TokenKind
from generator.records import RunRecord
from generator.records.comparison import ComparisonRecord
from generator.store import ComparisonStore
from tests.pipeline.conftest import Listener
from tests.pipeline.test_workers import AMPLE
from tests.site import records_for_pages as hand_made

PAIRS = (
    ("gl-018-boiler-house", "sensors-again"),
    ("timesteps-boiler-house", "timesteps-again"),
    ("gl-018-boiler-house", "timesteps-boiler-house"),
    ("gl-018-boiler-house", "patchtst-boiler-house"),
    ("sensors-again", "not-built"),
)
ALIKE, IN_TIME, APART, FAILED, LEFT_OUT = (f"{a}--{b}" for a, b in PAIRS)


def make_runs() -> tuple[tuple[RunRecord, AttentionWeights], ...]:
    """Two sensor runs and two time-step runs, each with its weights."""
    sensors, steps = hand_made.make_sensor_run(), hand_made.make_timestep_run()
    return (
        sensors,
        steps,
        make_variant(sensors, "sensors-again", TokenKind.SENSORS),
        make_variant(steps, "timesteps-again", TokenKind.TIMESTEPS),
    )


def make_variant(
    run: tuple[RunRecord, AttentionWeights], name: str, tokens: TokenKind
) -> tuple[RunRecord, AttentionWeights]:
    """The run as another model might have left it: other weights, another model's id."""
    record, weights = run
    names = weights.feature_names or weights.timestep_names or []
    made = hand_made.make_weights(names, tokens, seed=11)
    model = hand_made.make_model(f"{name}-model", tokens)
    update = {
        "id": name,
        "key": hand_made.make_digest(name),
        "model": model,
        "agent": None,
        "attention": hand_made.make_attention(made),
    }
    return record.model_copy(update=update), made


def write_maps(record: RunRecord, weights: AttentionWeights, folder: Path) -> Path:
    """The folder with the run's exact maps in it."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({"attention": weights.weights}, folder / "attention.safetensors")
    return folder


def compare_pairs(
    pairs: Sequence[tuple[str, str]],
    records: Sequence[RunRecord],
    files: Mapping[str, Path],
    folder: Path,
    store: ComparisonStore | None = None,
    tell: Listener | None = None,
) -> tuple[ComparisonRecord, ...]:
    """Every comparison as a build makes it; kept beside the folder where no store is given."""
    kept = store or ComparisonStore(folder.with_name(f"{folder.name}-kept"))
    return compare_all(pairs, records, files, folder, kept, AMPLE, tell or Listener())


def compare_runs(
    home: Path, pairs: tuple[tuple[str, str], ...] = PAIRS
) -> tuple[tuple[RunRecord, ...], tuple[ComparisonRecord, ...]]:
    """The runs, and every comparison with its files below `home / 'compared'`."""
    runs = make_runs()
    files = {record.id: write_maps(record, w, home / "maps" / record.id) for record, w in runs}
    records = (*(record for record, _ in runs), hand_made.make_failed_run())
    return records, compare_pairs(pairs, records, files, home / "compared")
