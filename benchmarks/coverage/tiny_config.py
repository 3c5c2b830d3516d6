"""A tiny configuration of any Hugging Face family, made from the defaults of its own class.

In: a config class and what a family needs said by hand. Out: a config instance whose widths,
depths and vocabularies are small and fit each other. Never: a family's name in this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from transformers import AutoConfig, PreTrainedConfig

WIDTH, HEADS, HEAD, LAYERS, VOCABULARY = 64, 4, 16, 2, 256
KEY_HEADS, KEEP = 2, 10**9
Settings = Mapping[str, Any]

# The first pattern that a setting's whole name matches gives its tiny value.
RULES: tuple[tuple[str, int], ...] = (
    (r"num_feat_extract_layers|num_conv_pos_embeddings", KEEP),
    (r"max_source_positions", 32),
    (r"rotary_dim", 8),
    (r"upsample_groups|intra_bottleneck_size|true_hidden_size", WIDTH),
    (
        r"(text_|audio_|codec_)?(n_)?vocab(ulary)?_size(_\w+)?|\w*codebook_size|"
        r"num_embeddings",
        VOCABULARY,
    ),
    (r"pad_token_id|padding_idx", 0),
    (r"bos_token_id|decoder_start_token_id|cls_token_id", 1),
    (r"eos_token_id|sep_token_id", 2),
    (
        r"num_key_value_heads|num_kv_heads|kv_heads|n_head_kv|multi_query_group_num|"
        r"num_global_key_value_heads",
        KEY_HEADS,
    ),
    (r"num_query_groups", 2),
    (
        r"\w*(num|n)_(\w+_)?(attention_)?heads?|\w*attention_heads|heads|n_head|nhead|"
        r"attn_heads",
        HEADS,
    ),
    (r"linear_num_\w+_heads", HEADS),
    (
        r"(\w+_)?head_dim|d_kv|attention_head_size|head_size|kv_channels|\w+_head_dim|"
        r"d_head|dim_head|dim_per_head|head_width|attention_head_dim",
        HEAD,
    ),
    (r"\w*lora_rank|\w*_lora_dim|low_rank_dim|rank", 16),
    (
        r"num_experts_per_tok|moe_topk|moe_top_k|moe_k|num_selected_experts|top_k|"
        r"experts_per_token|num_experts_per_token",
        2,
    ),
    (r"n_group|topk_group|num_expert_group", 1),
    (r"n_shared_experts|num_shared_experts|moe_num_shared_experts", 1),
    (
        r"(\w+_)?num_(local_|routed_)?experts|n_routed_experts|num_local_experts|"
        r"moe_num_experts|\w*num_experts",
        4,
    ),
    (
        r"first_k_dense_replace|moe_layer_start_index|decoder_sparse_step|"
        r"moe_layer_interval",
        1,
    ),
    (r"num_nextn_predict_layers|num_mtp_layers", 0),
    (
        r""
        r"(\w+_)?(num_)?(hidden_|encoder_|decoder_|entity_|transformer_|attention_)?(layers?|blocks|depth)|"
        r"n_layers?|num_\w*layers|\w+_layers|depth|\w*_depth|n_blocks",
        LAYERS,
    ),
    (
        r"expert_ffn_hidden_size|moe_intermediate_size|\w*expert\w*intermediate\w*|"
        r"\w*expert\w*hidden\w*",
        32,
    ),
    (
        r"\w*(intermediate|ffn|feedforward|mlp)_?(size|dim|hidden_size)?\w*|ffn_dim|"
        r"d_ff|d_inner|n_inner|inner_dim|ffw_dim|dim_feedforward|\w+_ffn_dim|dim_ff",
        2 * WIDTH,
    ),
    (
        r""
        r"(\w+_)?(hidden|embed|embedding|model|projection|output_proj|proj)_(size|dim|dims)|"
        r"d_model|n_embd|dim|width|hidden_dim|d_embed|embed_dim|embedding_size|lm_dim|"
        r"dim_model|text_dim|out_hidden_size|projector_hidden_size|decoder_hidden_size|"
        r"attention_dim|cross_attention_hidden_size|kv_dim|lru_width|out_dim|latent_dim|"
        r"d_latents",
        WIDTH,
    ),
    (
        r""
        r"(max_position_embeddings|n_positions|n_ctx|max_seq_len|max_sequence_length|max_length|max_target_positions|context_size)",
        128,
    ),
    (
        r"(\w+_)?(image|img|input|crop|video)_size|input_resolution|pretrain_img_size|"
        r"resolution",
        32,
    ),
    (r"(\w+_)?patch(ing)?_size|patch_size", 8),
    (r"(\w+_)?num_frames|tubelet_size|temporal_patch_size", 2),
    (
        r"sliding_window|attention_window|local_attention|window|attention_window_size|"
        r"attention_chunk_size",
        8,
    ),
    (r"window_size", 4),
    (r"num_queries|num_query_tokens|num_latents|resampler_n_latents", 8),
    (r"mamba_n_heads|num_mel_bins|n_mels", 16),
    (r"(ssm_)?state_size|mamba_d_state|d_state", 16),
)


def make_tiny(
    cls: type[PreTrainedConfig],
    said: Settings | None = None,
    default: PreTrainedConfig | None = None,
) -> PreTrainedConfig:
    """A small instance of `cls`; `said` overrides settings by name, nested ones by mappings.

    `default` is the instance to shrink where the class's own defaults are not meant.
    """
    said = dict(said or {})
    kept = {} if default is None else own_settings(default)
    default = default or cls()
    nested = {
        name: make_tiny(type(one), said.pop(name, None), one)
        for name, one in vars(default).items()
        if isinstance(one, PreTrainedConfig)
    }
    for name, kind in (getattr(cls, "sub_configs", None) or {}).items():
        if name not in nested and kind is not AutoConfig and isinstance(said.get(name), Mapping):
            nested[name] = make_tiny(kind, said.pop(name))
    settings = kept | shrink_settings(default) | said
    make: Callable[..., PreTrainedConfig] = cls
    try:
        return make(**nested, **settings)
    except (TypeError, AttributeError):
        return make(**{name: one.to_dict() for name, one in nested.items()}, **settings)


def own_settings(default: PreTrainedConfig) -> dict[str, Any]:
    """What an instance sets otherwise than its class does, its nested configs left out."""
    usual = vars(type(default)())
    return {
        name.removeprefix("_"): value
        for name, value in vars(default).items()
        if name in usual and (name == "_out_features" or not name.startswith("_"))
        if not isinstance(value, PreTrainedConfig) and repr(value) != repr(usual[name])
    }


def shrink_settings(default: PreTrainedConfig) -> dict[str, Any]:
    """The settings of `default` that have a small value, by name."""
    depth, kept = choose_layers(default)
    heads = vars(default).get("num_attention_heads")
    found: dict[str, Any] = {}
    for at, (name, value) in enumerate(vars(default).items()):
        rule = _find_rule(name)
        if name.endswith(("_token_id", "_token_index")):
            small = _choose_token_id(name, value, rule, VOCABULARY - 4 - at % 60)
        elif isinstance(value, list | tuple) and len(value) == depth > LAYERS:
            small = [value[layer] for layer in kept]
        elif rule == LAYERS and value == depth:
            small = len(kept)
        elif rule == KEY_HEADS and name.startswith("num_") and value in (heads, None):
            small = HEADS  # each query head has keys of its own, here too
        else:
            small = HEAD if name == "head_dim" and value is None else _shrink_value(name, value)
        if small is not None:
            found[name] = small
    return found


def choose_layers(default: PreTrainedConfig) -> tuple[int, list[int]]:
    """(layers of `default`, which of them the small model has): one of each kind, two at least."""
    depth = vars(default).get("num_hidden_layers")
    if not isinstance(depth, int) or depth <= LAYERS or hasattr(default, "depths"):
        return -1, []
    first: dict[str, int] = {}
    for name in ("layer_types", "layers_block_type", "block_types"):
        kinds = getattr(default, name, None)
        if isinstance(kinds, list) and len(kinds) == depth:
            for layer, kind in enumerate(kinds):
                first.setdefault(str(kind), layer)
    chosen = set(first.values())
    chosen |= set(list(range(depth))[: max(0, LAYERS - len(chosen))])
    rest = (layer for layer in range(depth) if layer not in chosen)
    while len(chosen) < LAYERS:
        chosen.add(next(rest))
    return depth, sorted(chosen)


def _choose_token_id(name: str, value: Any, rule: int | None, free: int) -> Any:
    """A special token's id below the small vocabulary; lists of them keep their form."""
    if isinstance(value, list):
        return [2] if name == "eos_token_id" else [free]
    return (free if rule is None else rule) if isinstance(value, int) else None


def _shrink_value(name: str, value: Any) -> Any:
    rule = _find_rule(name)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return None if rule is None else min(value, rule) if value >= 0 else None
    if isinstance(value, dict) and ("mrope_section" in value or "partial_rotary_factor" in value):
        return _shrink_rope(value)
    if rule is None or not isinstance(value, list | tuple) or not value:
        return None
    whole = all(isinstance(one, int) and one > 0 for one in value)
    return type(value)(_scale_list(list(value), rule)) if whole else None


def _scale_list(values: list[int], rule: int) -> list[int]:
    """A list keeps its length and its ratios where they are whole; depths become all alike."""
    if rule == LAYERS:
        return [min(one, 2) for one in values]
    least = min(values)
    base = {HEADS: 1, WIDTH: 16, 2 * WIDTH: 32}.get(rule, rule)
    return [min(one, max(1, base * one // least)) for one in values]


def _shrink_rope(value: dict[str, Any]) -> dict[str, Any]:
    section = value.get("mrope_section")
    return value if section is None else {**value, "mrope_section": [2, 3, 3][: len(section)]}


def _find_rule(name: str) -> int | None:
    return next((small for pattern, small in RULES if re.fullmatch(pattern, name)), None)
