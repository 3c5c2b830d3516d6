"""Where a build may write: its site and its store lie apart from each other and from its inputs.

In: a manifest, and two folders as they were named. Out: nothing, or a refusal in one sentence.
Never: a store, an input or another site inside a folder that each build replaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.disk import check_temporary_folder, check_writable
from generator.errors import UsageError
from generator.site.digests import is_ours
from generator.site.exchange import refuse_foreign
from generator.spec.manifest import Manifest


def refuse_places(manifest: Manifest, store: Path, site: Path) -> None:
    """Refuses folders that a build would lose something in, before anything runs.

    Raises:
        UsageError: site and store lie in each other, in another site, or an input lies in the site.
        MachineFault: the site cannot be written where it should be, or no temporary file can.
    """
    refuse_foreign(site)
    real_site, real_store = _resolve(site), _resolve(store)
    _refuse_inputs(manifest, site, real_site)
    if real_store.is_relative_to(real_site):
        raise UsageError(
            f"the store {store} lies in the site {site}, which each build replaces; "
            "name another folder with --store"
        )
    if real_site.is_relative_to(real_store):
        raise UsageError(
            f"the site {site} lies in the store {store}; name another folder with --site"
        )
    for what, folder, real in (("site", site, real_site), ("store", store, real_store)):
        _refuse_inside_site(what, folder, real)
    check_writable(site.absolute().parent, f"the site {site}")
    check_temporary_folder()


def _refuse_inside_site(what: str, folder: Path, real: Path) -> None:
    for parent in real.parents:
        if is_ours(parent):
            raise UsageError(
                f"the {what} {folder} lies in {parent}, another site of this program, which each "
                f"of its builds replaces; name another folder with --{what}"
            )


def _refuse_inputs(manifest: Manifest, site: Path, real_site: Path) -> None:
    for path in _list_inputs(manifest):
        places = (_resolve(path), _resolve(path.parent) / path.name)  # a link, and what it names
        if any(place.is_relative_to(real_site) for place in places):
            raise UsageError(
                f"{path} lies in the site {site}, which each build replaces; move it out, or name "
                "another folder with --site"
            )


def _list_inputs(manifest: Manifest) -> Iterator[Path]:
    yield Path(manifest.file)
    for name in manifest.datasets:
        yield from manifest.find_data_files(name)
        yield from manifest.find_label_files(name)
        yield from manifest.find_twin_files(name)
    for name in manifest.models:
        yield manifest.model_folder(name)


def _resolve(path: Path) -> Path:
    """The place behind every link; a chain of links that never ends is left as it is."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()
