"""A new law, model source or data format is one file and one line, as a copy shows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import ROOT

MODEL = ROOT / "generator" / "starter" / "models" / "combustion"
DATA = ROOT / "generator" / "starter" / "data" / "combustion.parquet"

NEW_FILES = {
    "generator/laws/burner_load.py": '''
"""A law made up for a test: air flow is so many times fuel flow."""

from generator.laws.law import Law

LAW = Law(
    name="air-to-fuel",
    title="Air by fuel",
    roles=("air", "fuel"),
    formula="air = 18 x fuel",
    source="made up",
    amounts=lambda columns, held: (columns["air"], 18 * columns["fuel"]),
)
''',
    "generator/models/kiln.py": '''
"""A source made up for a test: it reads what `safetensors` reads."""

from generator.models.safetensors import load, read_contract

__all__ = ["load", "read_contract"]
''',
    "generator/datasets/formats/tsv.py": '''
"""Tables with tabs."""

import polars as pl


def scan(path, columns, numbers):
    return pl.scan_csv(path, separator="\\t", try_parse_dates=True).select(columns)


def read_names(path):
    return pl.scan_csv(path, separator="\\t").collect_schema().names()


def count_rows(path):
    return pl.scan_csv(path, separator="\\t").select(pl.len()).collect().item()


def explain_fault(path, numbers):
    return f"{path.name}: no table with tabs"
''',
}
NEW_LINES = {
    "generator/laws/__init__.py": ('    "excess_air",\n', '    "burner_load",\n'),
    "generator/spec/models.py": (
        '    "huggingface": "generator.models.huggingface",\n',
        '    "kiln": "generator.models.kiln",\n',
    ),
    "generator/spec/datasets.py": (
        '    ".parquet": "generator.datasets.formats.parquet",\n',
        '    ".tsv": "generator.datasets.formats.tsv",\n',
    ),
}
"""The line that the new one follows, and the new one."""

MANIFEST = f"""\
version: 1
purpose: interpretability
site: {{title: Kiln}}
datasets:
  house:
    path: plant.tsv
    time: {{column: timestamp, zone: Europe/Berlin}}
    group: run
    sensors: {{SENSORS}}
    target: {{column: co_breakthrough, horizon: 5min}}
    window: {{length: 64, stride: 16}}
    holdout: {{fraction: 0.5, by: group}}
    simulated: true
    checks:
      - {{law: air-to-fuel, air: air_flow, fuel: fuel_flow, within: 0.5}}
models:
  net: {{source: kiln, path: {MODEL.resolve()}}}
reports:
  - {{id: one, model: net, dataset: house}}
"""

USED = """
import json, sys
from pathlib import Path
from generator.doors.commands import main
from generator.spec.schema import build_manifest_schema
from generator.manifest import load_manifest

specs = build_manifest_schema()["$defs"]
assert main(["check"]) == 0
assert "torch" not in sys.modules
from generator.datasets.profile.facts import profile_dataset
from generator.models.source import load_model

manifest = load_manifest("reports.yaml")
facts = profile_dataset(manifest.datasets["house"], manifest.find_data_files("house"))
model = load_model("kiln", manifest.model_folder("net"), "net")
print(json.dumps({
    "laws": specs["CheckSpec"]["properties"]["law"]["enum"],
    "sources": specs["ModelSpec"]["properties"]["source"]["examples"],
    "formats": specs["DatasetSpec"]["properties"]["path"]["description"],
    "rows": facts.rows,
    "check": [facts.checks[0].law, facts.checks[0].title, facts.checks[0].judged > 1_900],
    "window": model.window,
}))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program with one new file and one new line for each of the three."""
    for folder in ("generator", "templates"):
        left_out = shutil.ignore_patterns("__pycache__", "starter")
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True, ignore=left_out)
    for name, text in NEW_FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, (before, line) in NEW_LINES.items():
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, name
        (tmp_path / name).write_text(text.replace(before, before + line), encoding="utf-8")
    return tmp_path


def test_a_law_a_source_and_a_format_are_one_file_and_one_line_each(copy: Path) -> None:
    """They are in the schema, `check` takes them, the profile and the model come from them."""
    readings = pl.read_parquet(DATA).head(2_000)
    readings.write_csv(copy / "plant.tsv", separator="\t")
    names = json.loads((MODEL / "config.json").read_text())["sensors"]
    sensors = "{" + ", ".join(f"{name}: {{}}" for name in names) + "}"
    (copy / "reports.yaml").write_text(MANIFEST.replace("{SENSORS}", sensors))
    done = subprocess.run(
        [sys.executable, "-c", USED],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "laws": ["heat-balance", "pump-affinity", "excess-air", "air-to-fuel"],
        "sources": ["safetensors", "huggingface", "kiln"],
        "formats": "csv, csv.gz, parquet or tsv; one path or a glob",
        "rows": 2_000,
        "check": ["air-to-fuel", "Air by fuel", True],
        "window": 64,
    }
