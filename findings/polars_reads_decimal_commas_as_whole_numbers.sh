#!/usr/bin/env bash
# Guess: a line with more cells than the header has names makes polars refuse a CSV file, whichever
# columns are asked for.
# Seen: polars 2.1.0, Python 3.11: it refuses only where every column is asked for. As soon as one is
# left out ("read me the time and the temperature"), in memory and streaming alike, the line is read
# from the left without a word: a plant's "18,5" in a file with commas is 18 degrees, and a column
# further right holds the value of its neighbour.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" polars==2.1.0
cd "$folder"
PYTHONPATH="$folder" python3 - <<'PYTHON'
from pathlib import Path

import polars as pl

print("polars", pl.__version__)
Path("plant.csv").write_text("time,temperature,pressure\n1,17,3\n2,18,5,3\n")


def read(columns, engine):
    return pl.scan_csv("plant.csv").select(columns).collect(engine=engine).rows()


for engine in ("in-memory", "streaming"):
    found = read(["temperature", "pressure"], engine)
    print(engine, found)
    assert found == [(17, 3), (18, 5)], found
    try:
        read(["time", "temperature", "pressure"], engine)
    except pl.exceptions.ComputeError as error:
        print(engine, "all columns:", str(error).splitlines()[0])
    else:
        raise AssertionError("all columns were read as well")
PYTHON
