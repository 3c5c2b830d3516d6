"""Why some models and modules have no attention matrix to show, and what to do instead.

In: a model before it runs, or a module that ran and in which nothing was read. Out: an error, or a
reason in plain words where its class is known. Never: a reason for a module that was read.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from generator.errors import CaptureError


@dataclass(frozen=True)
class Refusal:
    """What a kind of module does instead of attention, and what its user can do."""

    reason: str
    instead: str


PERTURB = "use input effects (occlusion, gradients), which need no attention matrix"
OWN = "add a softmax layer, or " + PERTURB

# Parts of class names, lower case, and what such a class computes.
REFUSALS: tuple[tuple[tuple[str, ...], Refusal], ...] = (
    (
        ("autocorrelation", "autoformerattention"),
        Refusal(
            "it delays and adds whole series (autocorrelation): its weights are of lags, not of "
            "steps, and no query weighs keys",
            PERTURB,
        ),
    ),
    (
        ("fourier", "fnet"),
        Refusal("it mixes tokens by a Fourier transform, the same for every input", PERTURB),
    ),
    (
        ("mamba", "selectivescan", "xlstm", "mlstm"),
        Refusal("it carries a state from step to step; no query weighs keys", PERTURB),
    ),
    (("rwkv",), Refusal("it carries a decaying sum from step to step (recurrence)", PERTURB)),
    (("yoso",), Refusal("it estimates weights by hashing and never holds them", PERTURB)),
    (("mra",), Refusal("it approximates attention by blocks of several resolutions", PERTURB)),
    (
        ("deformable", "multiscaledeformable"),
        Refusal("it samples a few points of the picture; there are no keys to weigh", PERTURB),
    ),
    (
        (
            "lightning",
            "linearattention",
            "gateddelta",
            "deltanet",
            "retention",
            "lineartransformer",
        ),
        Refusal("it is linear attention: no softmax, weights need not sum to 1", OWN),
    ),
    (
        ("mobilevitv2", "efficientadditive", "swiftformer"),
        Refusal("it is additive attention over one context vector, without a matrix", OWN),
    ),
    (
        ("performer", "favor", "nystrom", "linformer"),
        Refusal("it approximates the matrix by a product of smaller ones", PERTURB),
    ),
    (
        ("talkinghead",),
        Refusal(
            "it mixes heads after the softmax: weights no longer sum to 1, some are negative", OWN
        ),
    ),
    (
        ("outlook",),
        Refusal(
            "its weights come from a linear layer over a window, not from queries and keys", OWN
        ),
    ),
    (
        ("regnetselayer", "squeezeexcite", "sqeexcite", "selayer"),
        Refusal("it weighs channels by a gate of their mean; there are no queries", PERTURB),
    ),
)


def find_refusal(module: nn.Module) -> Refusal | None:
    """What is known of a module's class or, where it only wraps one, of what it holds."""
    names = [type(one).__name__.lower() for one in (module, *module.modules())]
    for name in names:
        for parts, refusal in REFUSALS:
            if any(part in name for part in parts):
                return refusal
    return None


def check_visible(model: nn.Module) -> None:
    """Refuse what hides its operations.

    Raises:
        CaptureError: a scripted or traced module, or an exported graph, is in the model.
    """
    for name, module in model.named_modules():
        place = f"{name or type(model).__name__}"
        if isinstance(module, torch.jit.ScriptModule):
            raise CaptureError(
                f"{place} is scripted or traced (TorchScript), which hides its attention; "
                f"pass the PyTorch model it was made from"
            )
        if isinstance(module, torch.fx.GraphModule) and _is_lowered(module):
            raise CaptureError(
                f"{place} is an exported graph of lowered operations, which hides its attention; "
                f"pass the PyTorch model it was exported from"
            )


def _is_lowered(module: torch.fx.GraphModule) -> bool:
    return any(isinstance(node.target, torch._ops.OpOverload) for node in module.graph.nodes)
