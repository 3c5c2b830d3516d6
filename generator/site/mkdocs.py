"""Runs the site builder as a program of its own: a staged folder in, plain HTML out.

The builder is MkDocs with the Material theme; changing it means changing `COMMAND` and the file
that `staging` writes. Never: an import of the builder, or `-q`, which hides broken links.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from generator.disk import find_fault
from generator.errors import ExitCode, MissingProgram, ReportsError

COMMAND = ("-m", "mkdocs", "build", "--strict", "--config-file", "mkdocs.yml", "--site-dir")
SETTINGS = {
    "NO_MKDOCS_2_WARNING": "1",
    "DISABLE_MKDOCS_2_WARNING": "true",
    "SOURCE_DATE_EPOCH": "315532800",
    "PYTHONHASHSEED": "0",
}
NOT_PUBLISHED = (
    "404.html",
    "sitemap.xml",
    "sitemap.xml.gz",
    "assets/javascripts/lunr",
    "assets/images/favicon.png",
    "assets/**/*.map",
)
"""What the builder writes and nobody here needs: other languages' stemmers, source maps."""
LAST_LINES = 12


class SiteBuildError(ReportsError):
    """The site builder failed; whatever site there was stands untouched."""

    exit_code = ExitCode.OUR_BUG


def build_pages(staging: Path, fresh: Path) -> None:
    """Builds `staging` into `fresh`, then removes what is not published.

    Raises:
        MissingProgram: the site builder is not installed.
        SiteBuildError: it failed, with the last lines of what it printed.
        MachineFault: it failed for want of room or the like.
    """
    for package in ("mkdocs", "material"):
        if find_spec(package) is None:
            raise MissingProgram(f"{package} is not installed: run pip install mkdocs-material")
    done = subprocess.run(  # noqa: S603 - our own interpreter and fixed words
        [sys.executable, *COMMAND, str(fresh.resolve())],
        cwd=staging,
        env={**os.environ, **SETTINGS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join(done.stdout.strip().splitlines()[-LAST_LINES:])
        error = SiteBuildError(f"the pages could not be built; the old site is unchanged:\n{last}")
        raise find_fault(error, "the pages", fresh) or error
    _remove_unpublished(fresh)


def _remove_unpublished(fresh: Path) -> None:
    for pattern in NOT_PUBLISHED:
        for path in sorted(fresh.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
