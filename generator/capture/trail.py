"""Which module is running: a stack kept by two global hooks, none on the model itself."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any

from torch import nn
from torch.nn.modules import module as hooks
from torch.utils.hooks import RemovableHandle

# These wrap one operation of an attention; the name readers know is that of what holds them.
WRAPPERS = (nn.Softmax, nn.Dropout)
ATTENTION_WORDS = ("attn", "attention")
# Modules beside an attention whose names mention it.
BESIDE_WORDS = ("post", "pre", "norm", "dropout", "output", "hyper_connection", "_hc")


class ModuleTrail:
    """While entered, knows the qualified name of the innermost running module of a model."""

    def __init__(self, model: nn.Module) -> None:
        self._names = {
            id(module): name.replace("_orig_mod.", "") for name, module in model.named_modules()
        }
        self._holding = [
            self._names[id(module)]
            for module in model.modules()
            if next(module.children(), None) is not None
        ]
        self._running: list[nn.Module] = []
        self._handles: list[RemovableHandle] = []
        self.path: dict[str, None] = {}
        self._root, self._entered = id(model), 0

    @property
    def passes(self) -> int:
        """How many forward passes of the model came before the one that runs, or comes, now."""
        return max(0, self._entered - 1)

    def __enter__(self) -> ModuleTrail:
        self._handles = [
            hooks.register_module_forward_pre_hook(self._push),
            hooks.register_module_forward_hook(self._pop, always_call=True),
        ]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles, self._running = [], []

    def _push(self, module: nn.Module, _inputs: Any) -> None:
        self._running.append(module)
        self._entered += id(module) == self._root
        if id(module) in self._names and next(module.children(), None) is not None:
            self.path[self._names[id(module)]] = None

    def _pop(self, module: nn.Module, _inputs: Any, _output: Any) -> None:
        while self._running and self._running.pop() is not module:
            pass  # a module that raised was never popped

    def find_innermost(self) -> tuple[str, nn.Module | None]:
        """(qualified name, module) of what is running now; ('', None) outside the model."""
        for module in reversed(self._running):
            name = self._names.get(id(module))
            if name is not None and not isinstance(module, WRAPPERS):
                return name, module
        return "", None

    def list_attention_like(self) -> list[str]:
        """Names of modules that ran, hold others, and whose own name says attention."""
        return [name for name in self.path if says_attention(name.rsplit(".", 1)[-1])]

    def find_unread(self, names: Iterable[str]) -> list[str]:
        """Modules that say attention and ran, with none of those read in, above or below them."""
        modules = list(names)
        return [
            name
            for name in self.list_attention_like()
            if not any(_is_related(name, one) for one in modules)
        ]

    def find_unreached(self) -> list[str]:
        """The outermost modules that say attention, hold others, and never ran, nor a part."""
        idle = [name for name in self._holding if says_attention(name.rsplit(".", 1)[-1])]
        idle = [name for name in idle if not any(_is_within(one, name) for one in self.path)]
        return [name for name in idle if not any(_is_within(name, o) and name != o for o in idle)]


def says_attention(name: str) -> bool:
    """Whether a module's own name says that it is an attention, not what stands beside one."""
    lower = name.lower()
    beside = any(word in lower for word in BESIDE_WORDS)
    return any(word in lower for word in ATTENTION_WORDS) and not beside


def _is_related(one: str, other: str) -> bool:
    """Whether one module is, holds or lies in the other."""
    return _is_within(one, other) or _is_within(other, one) or not other


def _is_within(one: str, other: str) -> bool:
    """Whether one module is the other or lies in it."""
    return one == other or one.startswith(f"{other}.")
