"""The records of a published site, read back: what it is drawn again from.

In: a site's folder. Out: SiteContents, the marker as it was found. Never: a record made up for one
that cannot be read; a path followed out of the site.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from generator.errors import InputError
from generator.gates.evaluate import evaluate
from generator.hashing import sha256_json
from generator.records import GatesRecord, Record, RunRecord, SiteInfo
from generator.records.comparison import ComparisonRecord
from generator.records.dataset_profile import DatasetProfile
from generator.site.contents import SiteContents
from generator.site.digests import MARKER, OWN
from generator.site.downloads import GATES, RECORD
from generator.spec.ids import check_id
from generator.verify.finding import Finding, make_finding
from generator.verify.sums import leads_outside

R = TypeVar("R", bound=Record)
BETWEEN = "--"
"""What stands between the ids of a comparison's two reports."""
RECORDS = ("reports/*/provenance.json", "compare/*/provenance.json", "datasets/*/profile.json")


@dataclass(frozen=True)
class Marker:
    """What a site says of how it was made; `files` and `builder` are empty in an older one."""

    value: Mapping[str, Any]
    builder: Mapping[str, str]
    files: Mapping[str, str]

    def list_ids(self, key: str) -> list[str]:
        """The ids under a key, in the order they are shown; the ids' own rules hold.

        Raises:
            ValueError: what stands there is no list of ids.
        """
        ids = [str(each["id"] if key == "runs" else each) for each in self.value[key]]
        for name in ids:
            for part in name.split(BETWEEN) if key == "comparisons" else (name,):
                check_id(part)
        return ids


def read_marker(root: Path) -> Marker | Finding | None:
    """The marker; a finding where it is not what it was; None where it is an older one."""
    try:
        value = json.loads((root / MARKER).read_text(encoding="utf-8"))
        own, plain = value.get(OWN), {k: v for k, v in value.items() if k != OWN}
        if "files" not in plain:
            return None
        files, builder = dict(plain["files"]), dict(plain["builder"])
        if own == sha256_json(plain) and not any(leads_outside(str(name)) for name in files):
            return Marker(value, builder, files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    return make_finding("changed", MARKER, "is not what its own digest says the build left")


def list_record_files(root: Path) -> set[str]:
    """The files that all others of a site follow from."""
    found = {p.relative_to(root).as_posix() for pattern in RECORDS for p in root.glob(pattern)}
    return found | {GATES}


def read_contents(root: Path, marker: Marker) -> SiteContents:
    """All records, in the order of the marker; the gates' outcomes are judged again.

    Raises:
        InputError: a record is not there or cannot be read; the file is named.
    """
    try:
        ids = {key: marker.list_ids(key) for key in ("runs", "comparisons", "datasets")}
        site = SiteInfo.model_validate(marker.value["site"])
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{MARKER}: cannot be read: {error}") from error
    contents = SiteContents(
        site,
        runs=_read_all(RunRecord, root, ids["runs"], f"reports/{{}}/{RECORD}"),
        comparisons=_read_all(ComparisonRecord, root, ids["comparisons"], f"compare/{{}}/{RECORD}"),
        profiles=_read_all(DatasetProfile, root, ids["datasets"], "datasets/{}/profile.json"),
        gates=_read_record(GatesRecord, root, GATES) if (root / GATES).is_file() else None,
    )
    return replace(contents, gates=_judge_again(contents))


def _read_all(kind: type[R], root: Path, ids: Iterable[str], path: str) -> tuple[R, ...]:
    return tuple(_read_record(kind, root, path.format(name)) for name in ids)


def _read_record(kind: type[R], root: Path, name: str) -> R:
    try:
        return kind.model_validate_json((root / name).read_bytes())
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"{name}: is no record: {where}: {first['msg']}") from error


def _judge_again(contents: SiteContents) -> GatesRecord | None:
    """The gates as they are written, with outcomes from the records."""
    gates = contents.gates
    if gates is None:
        return None
    wanted = [outcome.gate for outcome in gates.gates]
    return evaluate(wanted, gates.thresholds, contents.runs, contents.comparisons)
