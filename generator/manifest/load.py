"""A manifest's file → Manifest, or every mistake in it at once.

In: a path as typed. Out: a frozen Manifest whose paths resolve against its folder.
Never: torch, a dataset's rows, a model's weights.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from generator.errors import InputError
from generator.inputs import open_input
from generator.manifest.characters import MAX_BYTES
from generator.manifest.located import Located, read_located
from generator.manifest.mistakes import ManifestError, Mark, Mistake
from generator.manifest.rules.comparisons import find_comparison_mistakes
from generator.manifest.rules.datasets import find_dataset_mistakes
from generator.manifest.rules.files import find_input_mistakes
from generator.manifest.rules.gates import find_gate_mistakes
from generator.manifest.rules.laws import find_check_mistakes
from generator.manifest.rules.references import find_reference_mistakes
from generator.manifest.rules.tokens import find_token_mistakes
from generator.manifest.structure import read_structure
from generator.spec.manifest import Manifest


def load_manifest(path: str | os.PathLike[str]) -> Manifest:
    """Read and check a manifest.

    Raises:
        ManifestError: with all mistakes, one a line, in the order of the file.
    """
    manifest, _ = read_manifest(path)
    return manifest


def read_manifest(path: str | os.PathLike[str]) -> tuple[Manifest, Located]:
    """A manifest, and its values with their places, for whoever finds further mistakes.

    Raises:
        ManifestError: with all mistakes, one a line, in the order of the file.
    """
    file = os.fspath(path)
    folder = Path(file).absolute().parent
    tree = read_located(_read_bytes(file))
    mistakes, spec = list(tree.mistakes), None
    if tree.readable:
        spec, wrong = read_structure(tree)
        wrong += _rule_mistakes(tree, folder)
        places = {mistake.mark for mistake in tree.mistakes}
        mistakes += [mistake for mistake in wrong if mistake.mark not in places]
    if mistakes or spec is None:
        raise ManifestError(file, mistakes)
    return Manifest(file=file, folder=folder, **dict(spec)), tree


def _rule_mistakes(tree: Located, folder: Path) -> Iterator[Mistake]:
    yield from find_reference_mistakes(tree)
    yield from find_dataset_mistakes(tree)
    yield from find_comparison_mistakes(tree)
    yield from find_check_mistakes(tree)
    yield from find_gate_mistakes(tree)
    yield from find_token_mistakes(tree)
    yield from find_input_mistakes(tree, folder)


def _read_bytes(file: str) -> bytes:
    try:
        with open_input(Path(file)) as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        says = "no such file; 'attention-reports new DIR' writes a first one"
    except InputError as error:
        says = str(error).removeprefix(f"{Path(file)}: ")
        if Path(file).is_dir():
            says = "is a folder; name the manifest in it with -f"
    except OSError as error:
        says = f"cannot be read: {error.strerror}"
    raise ManifestError(file, [Mistake(Mark(1, 1), "", says)])
