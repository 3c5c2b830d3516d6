"""Files that are well formed and say what cannot be: by key, tensor or column.

In: the path of a good file. Out: the same path with one wrong thing in it.
Never: two wrong things, which would hide each other.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.faults.hostile_files import Spoil

BAD_NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "-1", '"text"', "[]")


def _edit(old: str, new: str) -> Spoil:
    def spoil(path: Path, _random: Random) -> None:
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise ValueError(f"{path}: does not hold {old!r}")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def _set_raw(keys: tuple[str, ...], raw: str) -> Spoil:
    """A value as raw JSON text, which Python's own writer would not write."""

    def spoil(path: Path, _random: Random) -> None:
        stated = json.loads(path.read_text(encoding="utf-8"))
        inner = stated
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = "@RAW@"
        path.write_text(json.dumps(stated).replace('"@RAW@"', raw), encoding="utf-8")

    return spoil


def list_config_kinds() -> Iterator[tuple[str, Spoil]]:
    """A config whose numbers, sizes or keys are wrong."""
    numbers = (
        ("scaling", "heat", "mean"),
        ("scaling", "heat", "scale"),
        ("window",),
        ("layers",),
        ("target", "horizon_rows"),
    )
    for keys in numbers:
        for raw in BAD_NUMBERS:
            if (keys[-1], raw) != ("mean", "-1"):
                yield f"{'.'.join(keys)}: {raw}", _set_raw(keys, raw)
    for raw in ("NaN", "Infinity", "0", "-5"):
        yield f"step_seconds: {raw}", _set_raw(("step_seconds",), raw)
    yield "scale: 0", _set_raw(("scaling", "heat", "scale"), "0")
    yield "a scale no number divides by", _set_raw(("scaling", "heat", "scale"), "1e-320")
    for key in ("layers", "width", "heads", "window"):
        yield f"{key}: a million", _set_raw((key,), "1000000")
        yield f"{key}: a number of 400 digits", _set_raw((key,), "9" * 400)
    yield "an unknown key", _set_raw(("colour",), '"red"')
    yield "a key of 100,000 characters", _set_raw(("k" * 100_000,), "1")
    yield "a name of 100,000 characters", _set_raw(("architecture",), json.dumps("n" * 100_000))
    yield "a key twice", _edit("{", '{"window": 4, ')
    yield "half of a surrogate", _set_raw(("description",), '"\\ud800"')
    yield "10,000 unknown keys", _edit("{", "{" + "".join(f'"k{i}": 1, ' for i in range(10_000)))
    yield "no sensors", _set_raw(("sensors",), "[]")
    yield "sensors as text", _set_raw(("sensors",), '"flow"')


def list_manifest_kinds() -> Iterator[tuple[str, Spoil]]:
    """A manifest with one wrong key, value or kind of YAML."""
    for old, new in (
        ("version: 1", "version: 2"),
        ("version: 1", "version: 1\nversion: 1"),
        ("version: 1", "version: .nan"),
        ("version: 1", "version: 1e999"),
        ("version: 1", "version: &a 1"),
        ("version: 1", "version: *a"),
        ("version: 1", "version: !!python/object:os.system 1"),
        ("version: 1", "version: 1\n---\nversion: 1"),
        ("version: 1", "\tversion: 1"),
        ("version: 1", "version: 1\n" + "".join(f"key_{i}: 1\n" for i in range(20_000))),
        ("version: 1", "version: 1\n" + "again: 1\n" * 20_000),
        ("version: 1", "version: 1\n" + "k" * 200_000 + ": 1"),
        ("version: 1", 'version: "\\U00110000"'),
        ("purpose: interpretability", "purpose: emotion"),
        ("length: 4", "length: 1"),
        ("length: 4", "length: 4.5"),
        ("length: 4", "length: .inf"),
        ("length: 4", "length: 99999999999999999999"),
        ("stride: 4", "stride: 0"),
        ("stride: 4", "stride: yes"),
        ("fraction: 0.5", "fraction: 1.5"),
        ("fraction: 0.5", "fraction: NaN"),
        ("fraction: 0.5", "fraction: -.inf"),
        ("by: group", "by: moon"),
        ("horizon: 0", "horizon: -3"),
        ("horizon: 0", "horizon: soon"),
        ("horizon: 0", "horizon: 1e400min"),
        ("column: warning", "column: nowhere"),
        ("column: time, zone: UTC", "column: time, zone: Mars/Base"),
        ("{unit: kg/h}", "[unit]"),
        ("path: hit.csv", "path: [hit.csv]"),
        ("path: hit.csv", "path: https://example.org/hit.csv"),
        ("path: hit.csv", "path: no*thing.csv"),
        ("path: hit.csv", 'path: ""'),
        ("path: hit.csv", "path: hit.exe"),
        ("path: hit.csv", "path: " + "a/" * 2000 + "hit.csv"),
        ("path: models/hit", "path: models/none"),
        ("path: models/hit", "path: hit.csv"),
        ("source: safetensors, path: models/hit", "source: pickle, path: models/hit"),
        ("id: hit", "id: healthy"),
        ("id: hit", "id: ../hit"),
        ("model: hit", "model: none"),
        ("dataset: hit", "dataset: none"),
        ("donors: 2", "donors: many"),
        ("donors: 2", "donors: -1"),
    ):
        yield f"{old} → {new[:40]!r}", _edit(old, new)


def list_weight_kinds() -> Iterator[tuple[str, Spoil]]:
    """A weights file whose header lies, or whose numbers are no weights."""
    name, sizes = "read_out.bias", {"I8": 1, "I64": 8, "U8": 1, "BOOL": 1, "C64": 8, "F8_E4M3": 1}
    for number, size in sizes.items():
        yield (
            f"numbers of {number}",
            _change_header(lambda h, n=number, s=size: _put(h, name, n, s)),
        )
    yield "an unknown number", _change_header(lambda h: h[name].update(dtype="Q9"))
    yield "another shape", _change_header(lambda h: h[name].update(shape=[2]))
    yield "a turned shape", _change_header(lambda h: h["embed.weight"]["shape"].reverse())
    yield "a shape below 0", _change_header(lambda h: h[name].update(shape=[-1]))
    yield "a shape beyond all files", _change_header(lambda h: h[name].update(shape=[1 << 62, 8]))
    yield "offsets outside", _change_header(lambda h: h[name].update(data_offsets=[0, 1 << 40]))
    yield "offsets on others", _change_header(lambda h: h[name].update(data_offsets=[0, 4]))
    yield "a tensor renamed", _change_header(lambda h: h.update(other=h.pop(name)))
    yield "a tensor gone", _change_header(lambda h: h.pop(name))
    yield "no tensor", _write_header({}, b"")
    yield "a name twice", _repeat_name
    yield "a header of 100 MB", _change_length(100_000_000)
    yield "a header beyond the file", _change_length(1 << 40)
    yield "a header of nothing", _change_length(0)
    yield "not a number inside", _change_numbers(float("nan"))
    yield "an infinity inside", _change_numbers(float("inf"))


def _put(header: dict[str, Any], name: str, number: str, size: int) -> None:
    """Another kind of number; the last tensor's bytes are as many as it then needs."""
    header["@last"] = (name, number, size)


def _split(data: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def _join(header: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def _change_header(change: Callable[[dict[str, Any]], object]) -> Spoil:
    def spoil(path: Path, _random: Random) -> None:
        header, body = _split(path.read_bytes())
        change(header)
        retyped = header.pop("@last", None)
        path.write_bytes(_retype(header, body, *retyped) if retyped else _join(header, body))

    return spoil


def _retype(header: dict[str, Any], body: bytes, name: str, number: str, size: int) -> bytes:
    """A file that is right in itself, with one tensor of another kind of number."""
    parts, at = [], 0
    for each, held in sorted(header.items(), key=lambda item: item[1].get("data_offsets", [0])[0]):
        if each == "__metadata__":
            continue
        first, last = held["data_offsets"]
        data = bytes(size * (last - first) // 4) if each == name else body[first:last]
        held.update(
            data_offsets=[at, at + len(data)], **({"dtype": number} if each == name else {})
        )
        parts.append(data)
        at += len(data)
    return _join(header, b"".join(parts))


def _write_header(header: dict[str, Any], body: bytes) -> Spoil:
    return lambda path, _random: path.write_bytes(_join(header, body)) and None


def _change_length(length: int) -> Spoil:
    def spoil(path: Path, _random: Random) -> None:
        path.write_bytes(struct.pack("<Q", length) + path.read_bytes()[8:])

    return spoil


def _repeat_name(path: Path, _random: Random) -> None:
    header, body = _split(path.read_bytes())
    name = "read_out.bias"
    text = json.dumps(header)
    twice = f'{text[:-1]}, "{name}": {json.dumps(header[name])}}}'.encode()
    path.write_bytes(struct.pack("<Q", len(twice)) + twice + body)


def _change_numbers(number: float) -> Spoil:
    def spoil(path: Path, random: Random) -> None:
        header, body = _split(path.read_bytes())
        at = 4 * random.randrange(len(body) // 4)
        path.write_bytes(_join(header, body[:at] + struct.pack("<f", number) + body[at + 4 :]))

    return spoil


def list_table_kinds(column: str) -> Iterator[tuple[str, Spoil]]:
    """A CSV file with one column renamed, twice there, or of values that cannot be."""
    yield f"{column} renamed", _edit(column, "renamed")
    yield f"{column} twice", _change_column(column, None)
    values = ("", "abc", "1e308", "-1e308", "inf", "nan", "9" * 40, "true", "1e-310", "2026-01-01")
    for value in values:
        yield f"{column} all {value or 'empty'}", _change_column(column, value)
    yield "a header alone", _keep_lines(1)
    yield "one row", _keep_lines(2)
    yield "two rows", _keep_lines(3)
    yield "half of the rows", _keep_lines(161)
    yield "semicolons", lambda path, _: _translate(path, ",", ";")
    yield "a row with more cells", _append("1,2,3,4,5,6,7,8,9\n")
    yield "a row with one cell", _append("1\n")
    yield "an open quote", _append('"1,2\n')


def _change_column(column: str, value: str | None) -> Spoil:
    """Each cell of a column replaced; without a value the column stands there twice."""

    def spoil(path: Path, _random: Random) -> None:
        rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
        at = rows[0].index(column)
        for number, row in enumerate(rows):
            if value is None:
                row.append(row[at])
            elif number:
                row[at] = value
        path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")

    return spoil


def _keep_lines(count: int) -> Spoil:
    def spoil(path: Path, _random: Random) -> None:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:count]), encoding="utf-8")

    return spoil


def _append(text: str) -> Spoil:
    def spoil(path: Path, _random: Random) -> None:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)

    return spoil


def _translate(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
