"""The header of a safetensors file: which tensors it holds, of which numbers and shapes.

In: a model folder. Out: name -> TensorHeader; what cannot be weights is refused by file. The
`safetensors` package reads it and compares it with the size of the file.
Never: torch, a tensor's numbers, a pickle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors

from generator.errors import InputError, clip_line
from generator.inputs import open_input
from generator.models.config_file import parse_config, read_config_file
from generator.models.sensor_config import WEIGHTS_FILE
from generator.words import count_noun, quote_text

INDEX_FILE = f"{WEIGHTS_FILE}.index.json"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
FLOATS = ("F64", "F32", "F16", "BF16")
"""Numbers a weight may be; others are cast by libraries and are then other weights."""
COUNTERS = "num_batches_tracked"
"""How many batches a normalisation saw: a whole number in every file, and no weight."""
AGAIN = "copy or save the file again"
PLAINLY = "save the model again as safetensors"

FIRST_BYTES = {
    b"version https://git-lfs": "not a safetensors file but a pointer of Git LFS; run git lfs pull",
    b"<": "not a safetensors file but a web page; download the file itself",
    b"PK": f"not a safetensors file but a zip, as torch.save writes; {PLAINLY}",
    b"\x80": f"not a safetensors file but a pickle, which can run code; {PLAINLY}",
    b"GGUF": f"not a safetensors file but GGUF; {PLAINLY}",
}
SAYS = {
    "header too small": f"is too short for a header; {AGAIN}",
    "header too large": f"states a longer header than such a file may have; {AGAIN}",
    "invalid header length": f"states a longer header than the file is; {AGAIN}",
    "not fully covered": f"its tensors need another number of bytes than it holds; {AGAIN}",
    "unknown variant": f"a tensor is of numbers that safetensors does not know; {AGAIN}",
    "invalid JSON": f"its header is not JSON as safetensors writes it; {AGAIN}",
    "invalid UTF-8": f"its header is no text; {AGAIN}",
    "invalid offset": f"its tensors lie over each other, or outside the file; {AGAIN}",
    "invalid shape": f"the shape of a tensor is not that of its bytes; {AGAIN}",
    "overflow": f"a tensor is stated to be larger than any file; {AGAIN}",
}
"""What the package says of a file, and what that means."""


@dataclass(frozen=True)
class TensorHeader:
    """A tensor's kind of number as the file names it (`F32`), and its shape."""

    number: str
    shape: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


Header = Mapping[str, TensorHeader]


def read_header(path: Path) -> dict[str, TensorHeader]:
    """The tensors of one file.

    Raises:
        FileNotFoundError: nothing is there.
        InputError: it is no file, or no safetensors file, or one that was cut short.
    """
    _look_inside(path)
    try:
        with safetensors.safe_open(path, "numpy") as opened:
            names = [(name, opened.get_slice(name)) for name in opened.keys()]  # noqa: SIM118
            found = {
                name: TensorHeader(one.get_dtype(), tuple(one.get_shape())) for name, one in names
            }
    except (safetensors.SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{path}: {_describe(str(error))}") from error
    if not found:
        raise InputError(f"{path}: holds no tensor; {AGAIN}")
    return found


def read_weights_header(folder: Path) -> dict[str, TensorHeader]:
    """The tensors of a folder's one weights file.

    Raises:
        InputError: it is missing, no safetensors file, or cut short.
    """
    try:
        return read_header(folder / WEIGHTS_FILE)
    except FileNotFoundError:
        raise InputError(f"{folder / WEIGHTS_FILE}: {describe_missing(folder)}") from None


def read_folder_header(folder: Path) -> dict[str, TensorHeader]:
    """The tensors of a folder, whose weights may lie in several files with an index.

    Raises:
        InputError: a file is missing or cut short, or the index names what is not there.
    """
    try:
        index = read_config_file(folder / INDEX_FILE)
    except FileNotFoundError:
        return read_weights_header(folder)
    if (folder / WEIGHTS_FILE).exists():
        return read_weights_header(folder)
    return _read_shards(folder, index)


def refuse_numbers(path: Path, header: Header, names: Iterable[str]) -> None:
    """Nothing, where each of these tensors is of floating-point numbers.

    Raises:
        InputError: one is of whole, truth, complex or 8-bit numbers; by file and tensor.
    """
    for name in names:
        number = header[name].number
        if number not in FLOATS and not name.endswith(COUNTERS):
            raise InputError(
                f"{path}: the tensor {quote_text(name)} is of {number} numbers; weights are of "
                f"{', '.join(FLOATS)}, so save the model with such"
            )


def describe_missing(folder: Path) -> str:
    """Why a folder has no weights that are read, and what to do."""
    pickles = sorted(path.name for pattern in PICKLES for path in folder.glob(pattern))
    if not pickles:
        return "not found; weights load from safetensors only"
    return (
        f"not found, and {pickles[0]} is a pickle, which can run code when it is read; "
        f"save the model again as safetensors (Hugging Face: safe_serialization=True)"
    )


def _look_inside(path: Path) -> None:
    """Refuses what the first bytes tell, and a name that stands twice in the header."""
    with open_input(path) as stream:
        first = stream.read(64)
        if not first:
            raise InputError(f"{path}: is empty; {AGAIN}")
        for start, says in FIRST_BYTES.items():
            if first.lstrip().startswith(start) and first[8:9] != b"{":
                raise InputError(f"{path}: {says}")
        length = int.from_bytes(first[:8], "little")
        if length > path.stat().st_size or first[8:9] != b"{":
            return  # the package says what that is
        stream.seek(8)
        text = stream.read(length)
    parse_config(path, text)


def _describe(words: str) -> str:
    known = next((says for start, says in SAYS.items() if start in words), "")
    return known or f"not a safetensors file ({clip_line(words, 120)}); {AGAIN}"


def _read_shards(folder: Path, index: Mapping[str, object]) -> dict[str, TensorHeader]:
    path, stated = folder / INDEX_FILE, index.get("weight_map")
    if not isinstance(stated, dict) or not stated:
        raise InputError(f"{path}: weight_map is missing; it says which file holds which tensor")
    files: dict[str, dict[str, TensorHeader]] = {}
    for name, file in stated.items():
        if not isinstance(file, str) or Path(file).name != file:
            where = f"weight_map.{quote_text(name)}"
            raise InputError(f"{path}: {where} is no name of a file beside it")
        if file not in files:
            files[file] = _read_shard(folder, file)
        if name not in files[file]:
            raise InputError(f"{folder / file}: has no tensor {quote_text(name)}, says {path.name}")
    whole = {name: each for held in files.values() for name, each in held.items()}
    if len(whole) > len(stated):
        more = count_noun(len(whole) - len(stated), "tensor")
        raise InputError(f"{path}: does not name {more} of its files; save the model again")
    return whole


def _read_shard(folder: Path, file: str) -> dict[str, TensorHeader]:
    try:
        return read_header(folder / file)
    except FileNotFoundError:
        raise InputError(f"{folder / file}: not found; {INDEX_FILE} names it") from None
