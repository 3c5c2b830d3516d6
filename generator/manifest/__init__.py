"""The manifest: one YAML file that says which reports to make from which models and data.

In: `reports.yaml`. Out: a frozen `Manifest`, or a `ManifestError` with every mistake, each with
its line and column. Never: torch, a file's contents, code named by the file.
"""

from __future__ import annotations

from generator.manifest.load import load_manifest
from generator.manifest.mistakes import ManifestError, Mark, Mistake

__all__ = ["ManifestError", "Mark", "Mistake", "load_manifest"]
