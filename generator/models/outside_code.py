"""What a Hugging Face config would make transformers import or fetch; none of it is ever run.

In: the keys of a config, and what lies beside it. Out: a refusal by file and key, or a config whose
attention can be read. Keys that are only labels (`architectures`, `_name_or_path`) ask for nothing.
Never: transformers, a network.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.errors import InputError
from generator.models.config_file import read_config_file
from generator.words import quote_text

KERNEL_KEYS = ("attn_implementation", "_attn_implementation", "_attn_implementation_internal")
READABLE = ("eager", "sdpa", "flex_attention")
CODE_KEYS = {
    "auto_map": "asks for Python code from the model's folder",
    "custom_generate": "asks for Python code that generates",
    "trust_remote_code": "asks to run Python code from elsewhere",
    "configuration_files": "asks that another file be read instead of this one",
    "quantization_config": "asks for quantised weights, for which kernels are fetched",
    "compression_config": "asks for quantised weights, for which kernels are fetched",
}
REMEDIES = {
    "configuration_files": "leave the key out",
    "quantization_config": "save the model with its weights as plain numbers",
    "compression_config": "save the model with its weights as plain numbers",
}
USUAL_REMEDY = "a class of an installed package can be a source of your own"
PLACE_KEYS = ("backbone", "architecture")
"""Keys that name a part by its place, where they do not just name it."""
EXPERT_KEYS = ("experts_implementation", "_experts_implementation")
PLAIN_EXPERTS = ("eager", "batched_mm", "grouped_mm")
ADAPTER_FILE = "adapter_config.json"
GENERATION_FILE = "generation_config.json"


def refuse_outside_code(path: Path, config: Mapping[str, Any]) -> None:
    """Nothing, where a config asks for nothing from elsewhere.

    Raises:
        InputError: a key asks for code, for a kernel or for another model, by file and key.
    """
    for key, value in _walk(config):
        name = key.rpartition(".")[2]
        if name in CODE_KEYS and value:
            remedy = REMEDIES.get(name, USUAL_REMEDY)
            raise InputError(f"{path}: {key} {CODE_KEYS[name]}, which is never run; {remedy}")
        if name in KERNEL_KEYS and isinstance(value, str) and "/" in value:
            raise InputError(
                f"{path}: {key} asks for a kernel from a hub ({quote_text(value)}), which is never "
                f"fetched or run; write sdpa, or leave the key out"
            )
        if name in EXPERT_KEYS and _is_unplain(value):
            raise InputError(
                f"{path}: {key} asks for a kernel from a hub ({_quote_any(value)}), which is never "
                f"fetched or run; write eager, or leave the key out"
            )
        if name in PLACE_KEYS and isinstance(value, str) and not {"/", ":"}.isdisjoint(value):
            raise InputError(
                f"{path}: {key} asks for a part from elsewhere ({quote_text(value)}), which is "
                f"never fetched; save the whole model with save_pretrained()"
            )
    _refuse_named_backbone(path, config)


def refuse_outside_files(folder: Path) -> None:
    """Nothing, where nothing beside a config would change the model or bring code.

    Raises:
        InputError: an adapter, code that generates, or keys that ask for either; by file.
    """
    if os.path.lexists(folder / ADAPTER_FILE):
        raise InputError(
            f"{folder / ADAPTER_FILE}: an adapter changes the model, and its "
            f"base_model_name_or_path names another one by its place; merge it into its model and "
            f"save that"
        )
    if os.path.lexists(folder / GENERATION_FILE):
        refuse_outside_code(folder / GENERATION_FILE, read_config_file(folder / GENERATION_FILE))


def _refuse_named_backbone(path: Path, config: Mapping[str, Any]) -> None:
    """A backbone by name alone is looked up on a hub, but where a library of its own makes it."""
    for key, part in (("", config), *_walk(config)):
        if not isinstance(part, Mapping) or part.get("backbone_config"):
            continue
        named = part.get("backbone")
        own = part.get("model_type") == "timm_backbone" or (
            part.get("use_timm_backbone") is True and not part.get("backbone_kwargs")
        )
        if isinstance(named, str) and named and not own:
            where = f"{key}.backbone" if key else "backbone"
            raise InputError(
                f"{path}: {where} asks for a part from elsewhere ({quote_text(named)}), which is "
                f"never fetched; save the whole model with save_pretrained()"
            )


def _is_unplain(value: Any) -> bool:
    """Whether a way to run experts is one that a kernel from a hub provides."""
    if isinstance(value, Mapping):
        return any(_is_unplain(each) for each in value.values())
    return isinstance(value, str) and value not in PLAIN_EXPERTS


def _quote_any(value: Any) -> str:
    return quote_text(value if isinstance(value, str) else str(value))


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
