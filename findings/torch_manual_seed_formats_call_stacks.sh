#!/usr/bin/env bash
# Guess: on a machine without an accelerator `torch.manual_seed` costs what seeding the processor's
# generator costs: a microsecond or two, whoever calls it.
# Seen: torch 2.13.0 (CPU build), Python 3.11: each call formats the caller's call stack as text
# three times, for accelerators that are not there. From 100 frames deep it takes some thousand times
# as long as `torch.default_generator.manual_seed`, which seeds the same generator and gives the same
# numbers. Code that seeds before every window or resample spends its time there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" torch==2.13.0
PYTHONPATH="$folder" python3 - <<'PYTHON'
import time
import traceback

import torch

assert torch.__version__.startswith("2.13.0"), torch.__version__
assert not torch.cuda.is_available() and not torch.xpu.is_available()

formatted = []
format_stack = traceback.format_stack


def counted(*arguments, **named):
    formatted.append(1)
    return format_stack(*arguments, **named)


def deep(frames, call):
    return deep(frames - 1, call) if frames else call()


traceback.format_stack = counted
deep(100, lambda: torch.manual_seed(7))
traceback.format_stack = format_stack
print(f"call stacks formatted by one torch.manual_seed: {len(formatted)}")
assert len(formatted) == 3, formatted


def seconds(seed):
    def run():
        start = time.perf_counter()
        for number in range(200):
            seed(number)
        return (time.perf_counter() - start) / 200

    return deep(100, run)


def draw(seed):
    seed(7)
    return torch.rand(5)


assert torch.equal(draw(torch.manual_seed), draw(torch.default_generator.manual_seed))
slow, quick = seconds(torch.manual_seed), seconds(torch.default_generator.manual_seed)
print(f"one call, 100 frames deep: {slow * 1e6:.0f} us, of the generator alone {quick * 1e6:.1f} us")
assert slow > 20 * quick, (slow, quick)
PYTHON
