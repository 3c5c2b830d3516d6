"""What installed packages offer this program: entry points, found by name, and their code's digest.

In: a group and a name. Out: names, entry points, InstalledCode, versions. Never: an import of what
is found; whoever asks for names or digests runs none of a package's code.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from generator.errors import InputError
from generator.hashing import sha256_file, sha256_json
from generator.records import Record

AGENTS = "attention_reports.agents"
MODELS = "attention_reports.models"
OURS = "generator"
RECORDED_PACKAGES = ("attention-reports", "numpy", "torch", "transformers")
ROLES: dict[str, Literal["model source", "agent"]] = {MODELS: "model source", AGENTS: "agent"}


class InstalledCode(Record):
    """Code of another package that a run goes through.

    Attributes:
        role: what it is used as, by its group; name: of its entry point.
        package, version: what was installed.
        sha256: over the sources of the package's top folder, or of its one file.
    """

    role: Literal["model source", "agent"]
    name: str
    package: str
    version: str
    sha256: str


def list_installed(group: str) -> set[str]:
    """The names that installed packages offer in a group."""
    return {point.name for point in entry_points(group=group)}


def find_installed_point(group: str, name: str) -> EntryPoint | None:
    """The entry point of that name; None where there is none.

    Raises:
        InputError: two packages offer different things under the name.

    """
    points = {point.value: point for point in entry_points(group=group, name=name)}
    if len(points) > 1:
        both = " and ".join(sorted(points))
        raise InputError(f"two installed packages offer {name!r}: {both}; uninstall one of them")
    return next(iter(points.values()), None)


def find_installed_code(group: str, name: str) -> InstalledCode | None:
    """The code behind a name; None where there is none, or where it is this program's own.

    Raises:
        InputError: two packages offer different things under the name, or its module is not there.
    """
    point = find_installed_point(group, name)
    if point is None or _top_package(point) == OURS:
        return None
    return InstalledCode(
        role=ROLES[group],
        name=name,
        package=point.dist.name if point.dist else "",
        version=point.dist.version if point.dist else "",
        sha256=_digest_sources(point),
    )


def _top_package(point: EntryPoint) -> str:
    return point.module.partition(".")[0]


def _digest_sources(point: EntryPoint) -> str:
    """Read from where the module would be imported from, so that editable installs count too."""
    spec = find_spec(_top_package(point))  # the top name alone: finding a deeper one would import
    if spec is None:
        raise InputError(
            f"{point.name!r}: its module {_top_package(point)!r} is not there; "
            f"install its package again"
        )
    return sha256_json({name: sha256_file(path) for name, path in sorted(_find_sources(spec))})


def _find_sources(spec: ModuleSpec) -> Iterator[tuple[str, Path]]:
    if spec.submodule_search_locations is None:
        if spec.origin and Path(spec.origin).is_file():
            yield Path(spec.origin).name, Path(spec.origin)
        return
    for folder in map(Path, spec.submodule_search_locations):
        for path in folder.rglob("*.py"):
            yield path.relative_to(folder).as_posix(), path


def list_versions() -> dict[str, str]:
    """Versions of this program and of the libraries that computed the numbers."""
    versions = {"python": platform.python_version()}
    for package in RECORDED_PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
