"""Seeded damages of a store: what is told, what would be published, and whether it heals.

In: a seed and a number of damages. Out: by kind, how many were found, how many would have been
published, how many healthy entries were refused, and whether a sample built to the same bytes.
Never: a forged entry, whose record and digests were both written anew to fit: no list of digests
that lies beside its files can tell that.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import typer

from benchmarks.faults.project import Project, make_project
from benchmarks.tables import read_environment, write
from generator.store import ComparisonStore, ProfileStore, Shelf, Store
from generator.sums import SUMS, compose_sums, digest_files, parse_sums

SHELVES: dict[str, Callable[[Path], Shelf[Any]]] = {
    "runs": Store,
    "profiles": ProfileStore,
    "comparisons": ComparisonStore,
}
Damage = Callable[[Path, Random], None]


@dataclass(frozen=True)
class Harm:
    """What one damage led to; `rebuilt` is None where nothing was built after it."""

    kind: str
    entry: str
    said: str
    published: int
    refused: int
    rebuilt: bool | None = None


def list_files(entry: Path) -> list[Path]:
    """The files of an entry but its list of digests."""
    return sorted(p for p in entry.rglob("*") if p.is_file() and p.name != SUMS)


def flip(path: Path, random: Random) -> None:
    """One bit of one byte."""
    data = bytearray(path.read_bytes())
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    path.write_bytes(data)


def change_digit(entry: Path, random: Random) -> None:
    """One digit of the record."""
    path = entry / "record.json"
    data = bytearray(path.read_bytes())
    at = random.choice([i for i, byte in enumerate(data) if chr(byte).isdigit()])
    data[at] = ord(random.choice([d for d in "0123456789" if ord(d) != data[at]]))
    path.write_bytes(data)


def flip_file(entry: Path, random: Random) -> None:
    """A byte of a file, each kind of file as often as another."""
    files = list_files(entry)
    suffix = random.choice(sorted({path.suffix for path in files}))
    flip(random.choice([path for path in files if path.suffix == suffix]), random)


def cut_file(entry: Path, random: Random) -> None:
    """The end of a file is gone."""
    path = random.choice(list_files(entry))
    path.write_bytes(path.read_bytes()[: random.randrange(path.stat().st_size)])


def lose_file(entry: Path, random: Random) -> None:
    """A file is gone."""
    random.choice(list_files(entry)).unlink()


def empty_file(entry: Path, random: Random) -> None:
    """A file is there, with nothing in it."""
    random.choice(list_files(entry)).write_bytes(b"")


def add_file(entry: Path, random: Random) -> None:
    """A file that nobody kept."""
    folder = random.choice([p for p in entry.rglob("*") if p.is_dir()])
    (folder / random.choice(("more.png", ".hidden", "a\nb", "zeichen-ä"))).write_bytes(b"more")


def link_file(entry: Path, random: Random) -> None:
    """The same bytes behind a link."""
    path = random.choice(list_files(entry))
    path.symlink_to(shutil.move(path, entry.parent / ".linked"))


def link_entry(entry: Path, _random: Random) -> None:
    """The whole entry behind a link."""
    entry.symlink_to(shutil.move(entry, entry.parent / ".linked"))


def put_file(entry: Path, _random: Random) -> None:
    """A file where the folder was."""
    shutil.rmtree(entry)
    entry.write_bytes(b"")


def put_pipe(entry: Path, random: Random) -> None:
    """A pipe in place of a file: whoever opens it waits for ever."""
    path = random.choice(list_files(entry))
    path.unlink()
    os.mkfifo(path)


def harm_sums(entry: Path, random: Random) -> None:
    """The list of digests: a byte, its end, a line, all of it, or the list itself."""
    path = entry / SUMS
    data = path.read_bytes()
    harm = random.randrange(5)
    if harm == 0:
        flip(path, random)
    elif harm == 4:
        path.unlink()
    else:
        lines = data.splitlines(keepends=True)
        del lines[random.randrange(len(lines))]
        kept = (data[: random.randrange(len(data))], b"".join(lines), b"")
        path.write_bytes(kept[harm - 1])


def put_other_record(entry: Path, random: Random) -> None:
    """The record of another run or data set under this key, and digests that fit it."""
    other = f"{random.getrandbits(256):064x}"
    path = entry / "record.json"
    path.write_bytes(path.read_bytes().replace(entry.name.encode(), other.encode()))
    if entry.parent.name == "comparisons":
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"key": "', f'"key": "{other[:2]}'), encoding="utf-8")
    relist(entry)


def put_older_record(entry: Path, _random: Random) -> None:
    """A record with a key that this version does not know, and digests that fit it."""
    path = entry / "record.json"
    path.write_bytes(path.read_bytes().replace(b"{", b'{"of_another_version": 1, ', 1))
    relist(entry)


def relist(entry: Path) -> None:
    """Digests of what is there now."""
    text = compose_sums(digest_files(list_files(entry), entry))
    (entry / SUMS).write_text(text, encoding="utf-8")


def swap_entries(entry: Path, random: Random) -> None:
    """Two whole entries, each under the other's key."""
    others = [p for p in entry.parent.parent.glob("*/*") if p != entry and len(p.name) == 64]
    other, between = random.choice(others), entry.parent / ".between"
    entry.rename(between)
    other.rename(entry)
    between.rename(other)


def touch_files(entry: Path, _random: Random) -> None:
    """Other times and rights: no damage."""
    for path in list_files(entry):
        os.utime(path, (0, 0))
        path.chmod(0o444)


DAMAGES: dict[str, Damage] = {
    "a digit of the record": change_digit,
    "a bit of a file": flip_file,
    "a file cut short": cut_file,
    "a file gone": lose_file,
    "a file emptied": empty_file,
    "a file too many": add_file,
    "a link for a file": link_file,
    "a link for the entry": link_entry,
    "a file for the entry": put_file,
    "a pipe for a file": put_pipe,
    "the list of digests": harm_sums,
    "a record of another key": put_other_record,
    "a record of another version": put_older_record,
    "two entries swapped": swap_entries,
}
HARMLESS: dict[str, Damage] = {"no damage: times and rights": touch_files}


def list_entries(store: Path) -> list[tuple[str, str]]:
    """Shelf and key of every entry."""
    return sorted((path.parent.name, path.name) for path in store.glob("*/*"))


def judge(project: Project, entries: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What is wrong with each entry, as a build that starts now is told; '' where it is used."""
    found = {}
    for shelf, key in entries:
        kept = SHELVES[shelf](project.store)
        usable = kept.read(key) is not None
        found[shelf, key] = "" if usable else kept.find_damage(key) or "it is gone"
    return found


def harm_store(
    project: Project, kind: str, random: Random, rebuild: bool, sums: bytes
) -> Iterator[Harm]:
    """One damage, and what came of it; the store is whole again afterwards."""
    entries = list_entries(project.store)
    before = digest_store(project.store)
    shelf, key = random.choice(entries)
    backup = project.folder / "backup"
    shutil.copytree(project.store, backup, symlinks=True)
    ({**DAMAGES, **HARMLESS}[kind])(project.store / shelf / key, random)
    harmed = {e for e in entries if digest_store(project.store, e) != before[e]}
    found = judge(project, entries)
    yield Harm(
        kind=kind,
        entry=shelf,
        said=found[shelf, key],
        published=sum(not found[one] for one in harmed),
        refused=sum(bool(found[one]) for one in set(entries) - harmed),
        rebuilt=_build_again(project, sums) if rebuild else None,
    )
    shutil.rmtree(project.store)
    backup.rename(project.store)


def digest_store(store: Path, one: tuple[str, str] | None = None) -> Any:
    """What each entry holds, links and pipes by their kind: found here by other means."""
    if one is None:
        return {entry: digest_store(store, entry) for entry in list_entries(store)}
    entry = store / one[0] / one[1]
    paths = [entry, *sorted(entry.rglob("*"))] if not entry.is_symlink() else [entry]
    plain = {str(p): p.read_bytes() for p in paths if p.is_file() and not p.is_symlink()}
    return plain, [str(p) for p in paths if p.is_symlink() or not p.exists()]


def _build_again(project: Project, sums: bytes) -> bool:
    """Whether every report is published again with the bytes that it had."""
    result = project.build()
    return result.exit_code == 0 and (project.site / SUMS).read_bytes() == sums


def run_campaign(project: Project, count: int, seed: int = 0, every: int = 0) -> list[Harm]:
    """`count` damages drawn from `seed`, kinds in turn; of each `every` one a build follows."""
    random, kinds = Random(seed), [*DAMAGES, *HARMLESS]
    sums, found = (project.site / SUMS).read_bytes(), list[Harm]()
    for number in range(count):
        rebuild = bool(every) and number % every == every - 1
        kind = kinds[number % len(kinds)]
        found += harm_store(project, kind, random, rebuild, sums)
    return found


def summarise(found: Sequence[Harm]) -> list[dict[str, Any]]:
    """One row per kind, and one for all."""
    rows = []
    for kind in (*DAMAGES, *HARMLESS, "all"):
        some = [harm for harm in found if kind in (harm.kind, "all")]
        built = [harm for harm in some if harm.rebuilt is not None]
        row = {"damage": kind, "tried": len(some), "told": sum(bool(h.said) for h in some)}
        row |= {"published": sum(h.published for h in some)}
        row |= {"healthy entries refused": sum(h.refused for h in some)}
        row |= {"built after it": len(built)}
        rows.append(row | {"same bytes as before": sum(bool(h.rebuilt) for h in built)})
    return rows


def main(
    count: int = 500,
    seed: int = 0,
    every: int = 25,
    output: Path = Path(__file__).parents[1] / "results",
) -> None:
    """Harm a store in every way, and write the tables."""
    facts = read_environment() | {"damages": count, "seed": seed}
    with tempfile.TemporaryDirectory() as name:
        project = make_project(Path(name) / "project")
        entries = list_entries(project.store)
        facts |= {"entries": len(entries), "listed files": count_listed(project.store)}
        found = run_campaign(project, count, seed, every)
    write(output, "faults_damages", facts, {"By kind of damage": summarise(found)})


def count_listed(store: Path) -> int:
    """How many files the store's lists of digests name."""
    lists = (path.read_text(encoding="utf-8") for path in store.glob(f"*/*/{SUMS}"))
    return sum(len(parse_sums(text)) for text in lists)


if __name__ == "__main__":
    typer.run(main)
