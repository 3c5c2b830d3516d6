"""Puts what readers download into the site: each report's files, checked on the way, and lists.

In: records, and the folders that hold their files. Out: files below the site, where SHA256SUMS
covers them. Never: a file the record does not list, a path that leaves the report's folder, a
changed byte, a clock.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from generator.agents.catalogue import CATALOGUE_SCHEMA, load_catalogue
from generator.errors import IntegrityError, MissingProgram, UsageError
from generator.exports.profile import make_profile_files
from generator.hashing import canonical_json, sha256_file
from generator.records import Artifact, GatesRecord, RunRecord
from generator.records.comparison import ComparisonRecord
from generator.records.dataset_profile import DatasetProfile
from generator.site.contents import encode_record

RECORD = "provenance.json"
CATALOGUE = "agents/catalogue.json"
GATES = "gates.json"
_OURS = frozenset({"index.html", RECORD})
_UNFIT = frozenset('\\\n\r\0:*?"<>|')


def place_artifacts(
    records: Sequence[RunRecord], artifacts: Mapping[str, Path], site: Path
) -> None:
    """Copies the files every record lists to `site/reports/<id>/`.

    Raises:
        UsageError: no folder holds a report's files, or a path would leave its folder.
        IntegrityError: a file is not there, or is not what its record says.
    """
    for record in records:
        folder = site / "reports" / record.id
        for artifact in record.artifacts:
            _place(artifact, _find_source(record, artifacts), folder, record.id)


def place_records(records: Iterable[RunRecord | ComparisonRecord], site: Path) -> None:
    """Writes every record beside its page: what all else of the site follows from."""
    for record in records:
        kind = "reports" if isinstance(record, RunRecord) else "compare"
        (site / kind / record.id / RECORD).write_bytes(encode_record(record))


def place_catalogue(site: Path) -> None:
    """Writes the list of process-heat agents as canonical JSON."""
    document = {"schema": CATALOGUE_SCHEMA, **load_catalogue().model_dump(mode="json")}
    (site / CATALOGUE).write_bytes(canonical_json(document) + b"\n")


def place_comparisons(
    comparisons: Sequence[ComparisonRecord], comparison_folder: Path | None, site: Path
) -> None:
    """Copies the files of every comparison to `site/compare/<id>/`.

    Raises:
        UsageError: no folder holds the files, or a path would leave its folder.
        IntegrityError: a file is not there, or is not what its record says.
    """
    for record in comparisons:
        folder = site / "compare" / record.id
        for artifact in record.artifacts:
            if comparison_folder is None:
                raise UsageError(f"comparison {record.id} lists files, but no folder was given")
            _place(artifact, comparison_folder / record.id, folder, record.id)


def place_profiles(profiles: Sequence[DatasetProfile], site: Path) -> None:
    """Writes `site/datasets/<id>/profile.json` and `sensors.csv`; the ids were checked before."""
    for profile in profiles:
        for name, data in make_profile_files(profile).items():
            (site / "datasets" / profile.id / name).write_bytes(data)


def place_gates(gates: GatesRecord | None, site: Path) -> None:
    """Writes the gates with their outcomes; nothing where no manifest stands behind the site."""
    if gates is not None:
        (site / GATES).write_bytes(encode_record(gates))


def place_plotly(site: Path) -> None:
    """Copies `plotly.min.js` of the installed package to `site/assets/`.

    Raises:
        MissingProgram: plotly is not installed.
    """
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise MissingProgram("plotly is not installed: run pip install plotly")
    script = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    shutil.copyfile(script, site / "assets" / "plotly.min.js")


def _find_source(record: RunRecord, artifacts: Mapping[str, Path]) -> Path:
    if record.id not in artifacts:
        raise UsageError(f"report {record.id} lists files, but no folder was given for them")
    return artifacts[record.id]


def _place(artifact: Artifact, source: Path, folder: Path, report: str) -> None:
    relative = _check_path(artifact.path, report)
    origin, copy = source / relative, folder / relative
    if origin.is_symlink() or not origin.is_file():
        raise IntegrityError(f"report {report}: {artifact.path} is not a file in {source}")
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(origin, copy)
    digest = sha256_file(copy)
    if digest != artifact.sha256:
        raise IntegrityError(
            f"report {report}: {artifact.path} has SHA-256 {digest}, its record says "
            f"{artifact.sha256}; remove the run from the store and build again"
        )


def _check_path(path: str, report: str) -> PurePosixPath:
    """The path, or UsageError when it is not a plain one below the report's folder."""
    relative = PurePosixPath(path)
    plain = relative.as_posix() == path and not relative.is_absolute() and path not in _OURS
    if plain and ".." not in relative.parts and not _UNFIT & set(path) and path != ".":
        return relative
    raise UsageError(f"report {report}: {path!r} cannot be a file of the report")
