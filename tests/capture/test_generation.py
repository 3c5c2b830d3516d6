"""Generation is read pass by pass: the library's own eager maps of every token."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
)

from generator.capture.generation import extract_generation
from generator.errors import CaptureError

SPECIAL = {"bos_token_id": 1, "eos_token_id": None, "pad_token_id": 0}
LLAMA = LlamaConfig(
    vocab_size=32,
    hidden_size=16,
    intermediate_size=16,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    **SPECIAL,
)
GPT2 = GPT2Config(vocab_size=32, n_embd=16, n_layer=2, n_head=4, **SPECIAL)
T5 = T5Config(
    vocab_size=32, d_model=16, d_kv=4, d_ff=16, num_layers=2, num_heads=4, decoder_start_token_id=0
)
BART = BartConfig(
    vocab_size=32,
    d_model=16,
    encoder_layers=1,
    decoder_layers=1,
    encoder_attention_heads=2,
    decoder_attention_heads=2,
    encoder_ffn_dim=16,
    decoder_ffn_dim=16,
    decoder_start_token_id=2,
    forced_eos_token_id=None,
    **SPECIAL,
)
STEPS = 4


def inputs() -> dict[str, torch.Tensor]:
    ids = torch.randint(3, 32, (2, 5), generator=torch.Generator().manual_seed(0))
    return {"input_ids": ids, "attention_mask": torch.ones(2, 5, dtype=torch.long)}


def pair(kind: type[PreTrainedModel], config: object) -> tuple[PreTrainedModel, PreTrainedModel]:
    """The same weights under the default attention and under eager attention."""
    torch.manual_seed(0)
    model = kind(config)
    eager = kind._from_config(config.__class__(**config.to_dict()), attn_implementation="eager")  # type: ignore[attr-defined]
    eager.load_state_dict(model.state_dict())
    return model.eval(), eager.eval()


def options() -> dict[str, object]:
    return {"max_new_tokens": STEPS, "min_new_tokens": STEPS, "do_sample": False}


@pytest.mark.parametrize(("kind", "config"), [(LlamaForCausalLM, LLAMA), (GPT2LMHeadModel, GPT2)])
def test_every_token_has_its_own_maps(kind: type[PreTrainedModel], config: object) -> None:
    """First the prompt, then one query over ever more keys, as eager attention has them."""
    model, eager = pair(kind, config)
    got = extract_generation(model, inputs(), all_heads=True, **options())
    wanted = eager.generate(
        **inputs(), **options(), output_attentions=True, return_dict_in_generate=True
    )
    np.testing.assert_array_equal(got.tokens, wanted.sequences.numpy())
    assert [step.layers[0].values.shape[1:] for step in got.steps] == [
        (5, 5),
        (1, 6),
        (1, 7),
        (1, 8),
    ]
    assert {layer.group for step in got.steps for layer in step.layers} == {"encoder"}
    for step, theirs in zip(got.steps, wanted.attentions, strict=True):
        for layer, one in zip(step.layers, theirs, strict=True):
            np.testing.assert_allclose(layer.values, one.mean(0), atol=1e-5)
            assert layer.proof.holds


@pytest.mark.parametrize(
    ("kind", "config"), [(T5ForConditionalGeneration, T5), (BartForConditionalGeneration, BART)]
)
def test_encoders_run_once_and_decoders_every_step(
    kind: type[PreTrainedModel], config: object
) -> None:
    """The encoder's maps are in the first step; decoder and cross-attention in each."""
    model, eager = pair(kind, config)
    got = extract_generation(model, inputs(), all_heads=True, **options())
    wanted = eager.generate(
        **inputs(), **options(), output_attentions=True, return_dict_in_generate=True
    )
    assert [any(one.group == "encoder" for one in step.layers) for step in got.steps] == [
        True,
        *[False] * (len(got.steps) - 1),
    ]
    theirs = {"decoder": wanted.decoder_attentions, "cross": wanted.cross_attentions}
    for group, steps in theirs.items():
        for step, maps in zip(got.steps, steps, strict=True):
            layers = [one for one in step.layers if one.group == group]
            for layer, one in zip(layers, maps, strict=True):
                np.testing.assert_allclose(layer.values, one.mean(0), atol=1e-5)
                assert layer.proof.holds
    encoder = [one for one in got.steps[0].layers if one.group == "encoder"]
    for layer, one in zip(encoder, wanted.encoder_attentions, strict=True):
        np.testing.assert_allclose(layer.values, one.mean(0), atol=1e-5)


def test_a_static_cache_keeps_its_empty_keys_at_zero() -> None:
    """Room for later tokens is no attention: masked keys are 0 in every step."""
    model, _ = pair(LlamaForCausalLM, LLAMA)
    got = extract_generation(model, inputs(), cache_implementation="static", **options())
    for step in got.steps[1:]:
        values = step.layers[0].values[0, 0]
        assert (values[5 + step.step :] == 0).all()
        assert values[: 5 + step.step].sum() == pytest.approx(1, abs=1e-5)


def test_what_cannot_be_read_is_refused() -> None:
    """A model that does not generate, and several beams."""
    with pytest.raises(CaptureError, match=r"Linear has no generate\(\)"):
        extract_generation(nn.Linear(2, 2), inputs())
    model, _ = pair(GPT2LMHeadModel, GPT2)
    with pytest.raises(CaptureError, match="num_beams=1"):
        extract_generation(model, inputs(), num_beams=2)
    model.generation_config.num_return_sequences = 2  # type: ignore[union-attr]
    with pytest.raises(CaptureError, match="num_return_sequences=1"):
        extract_generation(model, inputs(), do_sample=True)
