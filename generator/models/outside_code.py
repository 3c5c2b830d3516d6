"""What a Hugging Face config would make transformers import or fetch; none of it is ever run.

In: the keys of a config. Out: a refusal by key, or a config whose attention can be read. Keys that
are only labels (`architectures`, `_name_or_path`) ask for nothing. Never: transformers, a network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.errors import InputError
from generator.words import quote_text

KERNEL_KEYS = ("attn_implementation", "_attn_implementation", "_attn_implementation_internal")
READABLE = ("eager", "sdpa", "flex_attention")
CODE_KEYS = {
    "auto_map": "asks for Python code from the model's folder",
    "custom_generate": "asks for Python code that generates",
    "trust_remote_code": "asks to run Python code from elsewhere",
}


def refuse_outside_code(path: Path, config: Mapping[str, Any]) -> None:
    """Nothing, where a config asks for nothing from elsewhere.

    Raises:
        InputError: a key asks for code, by file and key.
    """
    for key, value in _walk(config):
        name = key.rpartition(".")[2]
        if name in CODE_KEYS and value:
            raise InputError(
                f"{path}: {key} {CODE_KEYS[name]}, which is never run; a class of an installed "
                f"package can be a source of your own"
            )
        if name in KERNEL_KEYS and isinstance(value, str) and "/" in value:
            raise InputError(
                f"{path}: {key} asks for a kernel from a hub ({quote_text(value)}), which is never "
                f"fetched or run; write sdpa, or leave the key out"
            )


def drop_kernel_names(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without the names of kernels whose attention cannot be read, at any depth."""
    return {
        key: drop_kernel_names(value) if isinstance(value, Mapping) else value
        for key, value in config.items()
        if not _is_unreadable(key, value)
    }


def has_unreadable_kernel(config: Mapping[str, Any]) -> bool:
    """Whether a config names a kernel whose attention cannot be read, at any depth."""
    return any(_is_unreadable(key.rpartition(".")[2], value) for key, value in _walk(config))


def _is_unreadable(name: str, value: Any) -> bool:
    return name in KERNEL_KEYS and isinstance(value, str) and value not in READABLE


def _walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth; a kernel by part of the model under its key."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            yield here, inner
            parts = key in KERNEL_KEYS and isinstance(inner, Mapping)
            yield from ((here, each) for each in inner.values()) if parts else _walk(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, path)
