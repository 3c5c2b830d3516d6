"""Refuses models that hide what they compute before they are run."""

from __future__ import annotations

import torch
from torch import nn

from generator.errors import CaptureError


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
