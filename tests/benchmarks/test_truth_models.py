"""Models of the seeded plants: kept as trained, fitted by a seed, asked like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.truth import campaign
from benchmarks.truth.campaign import Folders
from benchmarks.truth.cases import Case, list_cases, sample_cases
from benchmarks.truth.explainers import WAYS
from benchmarks.truth.fitting import disable_dropout, draw_batches, fit, rate_share
from benchmarks.truth.grading import Count, grade
from benchmarks.truth.kinds import KINDS, Recipe
from benchmarks.truth.model_store import build_contract
from benchmarks.truth.plant_windows import draw_held_out, draw_training
from benchmarks.truth.plants import BASE
from benchmarks.truth.signals import BUMP, NAMES, STEPS
from benchmarks.truth.tasks import ASKS
from generator.datasets.windows import SensorWindows

VALUE = ASKS["value"]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """As in the campaign; a small network is slower on two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("ask", ["event", "value"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_kept_model_is_the_one_that_was_trained(kind: str, ask: str, tmp_path: Path) -> None:
    """Each kind loads from its own files, says the same, and has a gradient at every reading."""
    train = draw_training(BASE, ASKS[ask], 2).windows
    torch.manual_seed(0)
    model = KINDS[kind].build(build_contract(BASE, ASKS[ask], train)).eval()
    KINDS[kind].save(model, tmp_path)
    loaded = KINDS[kind].load(tmp_path, "one")
    np.testing.assert_array_equal(loaded.predict(train.values), model.predict(train.values))
    assert (loaded.tokens, loaded.task) == (KINDS[kind].tokens, ASKS[ask].task)
    inputs = loaded.forward_input(train.values).requires_grad_()
    loaded.module.answer(inputs).sum().backward()
    assert (inputs.grad != 0).any(dim=0).all()


def test_a_causal_network_reads_out_its_last_row() -> None:
    """Attention of a row stops at the row: the last row alone sees every reading."""
    model = KINDS["timestep-causal"].build(
        build_contract(BASE, VALUE, draw_training(BASE, VALUE, 2).windows)
    )
    tokens = []
    model.eval().norm.register_forward_pre_hook(lambda _module, given: tokens.append(given[0]))
    model.encoder.register_forward_hook(lambda _m, _given, output: tokens.append(output))
    early = torch.randn(1, STEPS, len(NAMES))
    late = early.clone()
    late[:, -1] += 1
    before, after = (_encoded(model, one, tokens) for one in (early, late))
    torch.testing.assert_close(before[:, :-1], after[:, :-1])
    assert not torch.allclose(before[:, -1], after[:, -1])


def _encoded(
    model: torch.nn.Module, inputs: torch.Tensor, kept: list[torch.Tensor]
) -> torch.Tensor:
    kept.clear()
    with torch.no_grad():
        model(inputs)
    return next(one for one in kept if one.dim() == 3)


def test_patches_of_single_sensors_are_added_up() -> None:
    """What two sensors do together is the sum of what each does alone, so no product is learned."""
    model = KINDS["patches"].build(
        build_contract(BASE, VALUE, draw_training(BASE, VALUE, 2).windows)
    )
    random = torch.Generator().manual_seed(0)
    for weight in model.eval().double().parameters():
        weight.data += 0.3 * torch.randn(weight.shape, generator=random, dtype=torch.double)
    here, there = torch.randn(2, 1, STEPS, len(NAMES), generator=random, dtype=torch.double)
    mixed = torch.cat([here, here, here, here])
    mixed[1:3, :, 2], mixed[2:, :, 5] = there[..., 2], there[..., 5]
    neither, first, both, second = model.answer(mixed).tolist()
    assert both - first == pytest.approx(second - neither, abs=1e-9)
    assert abs(first - neither) > 0.01


def test_fitting_is_seeded_and_lowers_the_error() -> None:
    """Two fits from one seed give the same weights; 30 steps on 200 windows learn something."""
    windows = draw_training(BASE, VALUE, 20).windows
    contract = build_contract(BASE, VALUE, windows)
    fitted = []
    for _ in range(2):
        torch.manual_seed(1)
        model = KINDS["variate"].build(contract)
        inputs = model.prepare_input(windows.values)
        targets = torch.from_numpy(windows.target / windows.target.std()).float()
        fitted.append(fit(model, inputs, targets, Recipe(1, 64, 3e-3), seed=2, steps=60))
    one, other = (model.predict(windows.values) for model in fitted)
    np.testing.assert_array_equal(one, other)
    assert ((one - windows.target) ** 2).mean() < 0.8 * windows.target.var()


def test_the_rate_rises_and_falls() -> None:
    """From a small share to the whole at 15 % of the steps, and to nearly nothing at the end."""
    shares = [rate_share(step, 100) for step in range(100)]
    assert shares[0] == pytest.approx(1 / 15)
    assert int(np.argmax(shares)) in (14, 15)
    assert shares[-1] < 0.001
    assert rate_share(0, 1) == 1


def test_batches_are_permutations() -> None:
    """Three batches of four from twelve hold each window once; a fourth begins anew."""
    found = list(draw_batches(12, 4, 4, seed=0))
    assert sorted(torch.cat(found[:3]).tolist()) == list(range(12))
    assert len(found) == 4


def test_dropout_is_off_after_training_begins() -> None:
    """No module drops anything, in attention neither."""
    model = KINDS["timestep-mean"].build(
        build_contract(BASE, VALUE, draw_training(BASE, VALUE, 2).windows)
    )
    disable_dropout(model.train())
    inputs = torch.randn(2, STEPS, len(NAMES))
    torch.testing.assert_close(model(inputs), model(inputs), rtol=0, atol=0)


def test_the_campaign_is_every_kind_on_base_and_three_on_the_others() -> None:
    """5 kinds x 3 tasks x 5 seeds, and 7 plants x 3 kinds x 5 seeds; a tenth is seeded."""
    every = list_cases()
    assert len(every) == 75 + 105
    assert len(list_cases(["base/*"])) == 75
    assert len(set(map(str, every))) == 180
    assert sample_cases(every, 0.1) == sample_cases(every, 0.1)
    assert len(sample_cases(every, 0.1)) == 18
    assert Case("drifted", "value", "variate", 3).trained == Case("base", "value", "variate", 3)


class Exact:
    """A model by hand: the highest smoothed |reading| of sensor 2, signed, and that of sensor 5."""

    sensors, event, task = NAMES, False, "value"

    @staticmethod
    def predict(values: np.ndarray) -> np.ndarray:
        smooth = np.apply_along_axis(np.convolve, 1, values, np.ones(BUMP) / BUMP, "valid")
        highest = np.abs(smooth).argmax(axis=1)[:, None]
        return np.take_along_axis(smooth, highest, axis=1)[:, 0, [2, 5]].sum(axis=1)


def test_plain_occlusion_names_what_a_known_function_uses() -> None:
    """The two sensors a model written by hand reads are supported, and no other."""
    train, held = draw_training(BASE, VALUE, 60).windows, draw_held_out(BASE, VALUE, 0, 20).windows
    said = WAYS["plain occlusion"](Exact, train, held)  # type: ignore[arg-type]
    found = grade(BASE.truth, said)
    assert (found.right, found.false, found.auc) == (Count(2, 2), Count(0, 6), 1.0)


def test_other_training_runs_are_those_of_the_other_seeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked on this seed's held-out runs, and never of the model itself."""
    asked: list[tuple[object, int, list[object]]] = []

    def way(model: object, _train: object, explained: SensorWindows, others: list[object]) -> None:
        asked.append((model, len(explained), others))
        raise StopIteration

    monkeypatch.setattr(campaign, "load_or_train", lambda case, _kept: str(case))
    monkeypatch.setitem(campaign.WAYS, "claims over training runs", way)
    case = Case("base", "value", "variate", 3)
    train = draw_training(BASE, VALUE, 2).windows
    with pytest.raises(StopIteration):
        campaign.grade_case(case, "claims over training runs", train, Folders(tmp_path, tmp_path))
    (model, windows, others), *_ = asked
    assert model == "base/value/variate/3"
    assert windows == len(draw_held_out(BASE, VALUE, 3).windows)
    assert others == [f"base/value/variate/{seed}" for seed in (0, 1, 2, 4)]
