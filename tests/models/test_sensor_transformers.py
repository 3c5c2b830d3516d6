"""Sensor transformers: what goes in, what comes out, and the folder they live in."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from torch.nn import functional as F

from generator.agents.combustion import CombustionOptimizer
from generator.errors import InputError
from generator.kinds import TokenKind
from generator.models.sensor_config import SensorModelConfig, SensorScaling
from generator.models.sensor_transformers import (
    ARCHITECTURES,
    TimestepTransformer,
    VariateTransformer,
    build_sensor_model,
    load_sensor_model,
    save_sensor_model,
    sinusoidal_code,
)
from generator.models.source import load_model

SENSORS = ("air", "fuel", "co")


def config(architecture: str = "variate-transformer", task: str = "event") -> SensorModelConfig:
    """A small model: three sensors, five samples; CO on a logarithmic scale."""
    return SensorModelConfig.model_validate(
        {
            "architecture": architecture,
            "sensors": SENSORS,
            "window": 5,
            "scaling": {
                "air": SensorScaling(mean=10, scale=2),
                "fuel": SensorScaling(mean=0, scale=1),
                "co": SensorScaling(mean=1, scale=2, log=True),
            },
            "width": 8,
            "layers": 2,
            "heads": 2,
            "target": {"name": "co", "unit": "ppm", "task": task, "mean": 100, "scale": 50},
        }
    )


def model(architecture: str = "variate-transformer", task: str = "event"):  # type: ignore[no-untyped-def]
    """An untrained model, always the same."""
    torch.manual_seed(3)
    return build_sensor_model(config(architecture, task))


def readings(windows: int = 4) -> np.ndarray:
    """(window, 5, 3) plausible readings."""
    return np.abs(np.random.default_rng(0).normal(5, 3, (windows, 5, 3)))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_one_output_per_window(architecture: str) -> None:
    """Forward gives one number per window; so does predict, as a probability."""
    net = model(architecture)
    assert net(net.prepare_input(readings())).shape == (4,)
    probability = net.predict(readings())
    assert probability.shape == (4,)
    assert ((probability > 0) & (probability < 1)).all()


def test_tokens_are_stated() -> None:
    """The variate model's tokens are sensors, the other's are time steps."""
    assert VariateTransformer.tokens is TokenKind.SENSORS
    assert TimestepTransformer.tokens is TokenKind.TIMESTEPS


def test_token_count_is_what_is_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attention of the variate model is between its three sensors, head by head."""
    seen: list[tuple[int, ...]] = []
    real = F.scaled_dot_product_attention

    def spy(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(query.shape))
        return real(query, key, value)

    monkeypatch.setattr(F, "scaled_dot_product_attention", spy)
    model().predict(readings())
    assert seen == [(4, 2, 3, 4), (4, 2, 3, 4)]


def test_standardised_by_hand() -> None:
    """(14 - 10) / 2 = 2; 3 stays; CO of e^3 - 1 becomes (3 - 1) / 2 = 1."""
    row = np.tile([14.0, 3.0, np.exp(3) - 1], (5, 1))
    prepared = model().prepare_input(row)
    assert prepared.dtype == torch.float32
    np.testing.assert_allclose(prepared[0].numpy(), np.tile([2.0, 3.0, 1.0], (5, 1)), rtol=1e-6)


def test_negative_reading_on_a_logarithmic_scale_is_zero() -> None:
    """An analyser drifting below zero reads as zero: (ln 1 - 1) / 2."""
    prepared = model().prepare_input(np.full((5, 3), -4.0))
    assert prepared[0, 0, 2] == -0.5


def test_gaps_hold_the_last_good_value() -> None:
    """A gap repeats the reading before it; a leading gap is the training mean, 0."""
    window = np.full((5, 3), 12.0)
    window[:, 0] = [np.nan, 12, np.nan, np.inf, 16]
    prepared = model().prepare_input(window)
    np.testing.assert_array_equal(prepared[0, :, 0].numpy(), [0, 1, 1, 1, 3])


def test_gaps_are_never_filled_from_another_window() -> None:
    """A sensor lost for a whole window is the training mean, whatever the windows beside it."""
    windows = readings(2)
    windows[1, :, 0] = np.nan
    assert (model().prepare_input(windows)[1, :, 0] == 0).all()


def test_frames_are_read_by_name() -> None:
    """A polars frame in another column order, with nulls and other columns, means the same."""
    window = readings(1)[0]
    window[2, 1] = np.nan
    columns = {name: window[:, at] for at, name in enumerate(SENSORS)}
    frame = pl.DataFrame({"note": ["x"] * 5, **dict(reversed(columns.items()))}).fill_nan(None)
    net = model()
    assert torch.equal(net.prepare_input(window), net.prepare_input(frame))


def test_input_is_left_as_it_was() -> None:
    """Preparing readings changes nothing in the caller's array."""
    window = readings()
    window[0, 0, 0] = np.nan
    before = window.copy()
    model().predict(window)
    np.testing.assert_array_equal(before, window)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (np.zeros((5, 4)), "has 4 sensors, the model reads 3: air, fuel, co"),
        (np.zeros((2, 6, 3)), "has 6 samples, the model's window is 5"),
        (np.zeros(5), "found 1 axes"),
        (pl.DataFrame({"air": [1.0] * 5, "co": [1.0] * 5}), "no column fuel"),
        (pl.DataFrame({n: [1.0] * 4 for n in SENSORS}), "has 4 samples"),
    ],
)
def test_wrong_input_is_refused(data: object, words: str) -> None:
    """Wrong counts and missing columns are ValueErrors that say both sides."""
    with pytest.raises(ValueError, match=words):
        model().prepare_input(data)


def test_values_come_in_the_targets_unit() -> None:
    """A value model's output is mean + scale times what forward gives."""
    net = model(task="value").eval()
    with torch.no_grad():
        raw = net(net.prepare_input(readings())).double().numpy()
    np.testing.assert_allclose(100 + 50 * raw, net.predict(readings()), rtol=1e-6)


def of_classes(
    architecture: str = "variate-transformer",
) -> VariateTransformer | TimestepTransformer:
    """An untrained model that tells three classes apart."""
    asked = config(architecture).model_dump()
    asked["target"] = {"name": "state", "task": "class", "classes": ["new", "used", "worn"]}
    torch.manual_seed(3)
    return build_sensor_model(SensorModelConfig.model_validate(asked))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_classes_have_a_probability_each(architecture: str, tmp_path: Path) -> None:
    """(window, class) probabilities that sum to 1: the softmax of what forward gives."""
    net = of_classes(architecture).eval()
    with torch.no_grad():
        logits = net(net.prepare_input(readings())).double().numpy()
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(net.predict(readings()), expected, rtol=1e-5)
    save_sensor_model(net, tmp_path)
    loaded = load_model("safetensors", tmp_path, "m")
    assert (loaded.task, loaded.classes) == ("class", ("new", "used", "worn"))
    np.testing.assert_array_equal(loaded.predict(readings()), net.predict(readings()))


def test_an_agent_says_which_class_and_how_probable_each_is(tmp_path: Path) -> None:
    """`called` is the most probable class, `value` its probability."""
    save_sensor_model(of_classes(), tmp_path)
    agent = CombustionOptimizer({"model": str(tmp_path)})
    rows = agent.model.predict(readings())
    for said, row in zip(agent.process(readings()), rows, strict=True):
        assert said.called == ("new", "used", "worn")[row.argmax()]
        assert said.value == said.probabilities[said.called] == row.max()
        assert (said.unit, said.target) == ("probability", "state")


def test_predict_restores_the_mode_and_needs_no_gradient() -> None:
    """Predict runs in eval mode, and leaves a training model training."""
    net = model().train()
    first, second = net.predict(readings()), net.predict(readings())
    np.testing.assert_array_equal(first, second)
    assert net.training
    assert not net.eval().predict(readings()).dtype.hasobject
    assert not net.training


def test_many_windows_are_predicted_like_few() -> None:
    """More windows than fit one batch give the same numbers, window by window."""
    net, many = model(), readings(1500)
    np.testing.assert_allclose(net.predict(many)[1400:], net.predict(many[1400:]), atol=1e-6)


def test_sinusoidal_code_by_hand() -> None:
    """Position 2 of width 4 is sin 2, cos 2, sin 0.02, cos 0.02."""
    expected = [np.sin(2), np.cos(2), np.sin(0.02), np.cos(0.02)]
    np.testing.assert_allclose(sinusoidal_code(3, 4)[2].numpy(), expected, rtol=1e-5)
    assert sinusoidal_code(3, 5).shape == (3, 5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_saved_and_loaded_is_the_same_model(architecture: str, tmp_path: Path) -> None:
    """A model read back predicts the same, in eval mode, and is saved to the same bytes."""
    net = model(architecture)
    save_sensor_model(net, tmp_path / "a")
    again = load_sensor_model(tmp_path / "a")
    np.testing.assert_array_equal(net.predict(readings()), again.predict(readings()))
    assert not again.training
    assert net.config == again.config
    save_sensor_model(again, tmp_path / "b")
    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_missing_files_are_named(tmp_path: Path) -> None:
    """An empty folder lacks its config.json, and a config alone lacks its weights."""
    with pytest.raises(InputError, match=r"config\.json: not found"):
        load_sensor_model(tmp_path)
    save_sensor_model(model(), tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"model\.safetensors: not found"):
        load_sensor_model(tmp_path)


def test_a_pickle_is_not_read(tmp_path: Path) -> None:
    """Weights in PyTorch's own format are refused, whatever their name."""
    save_sensor_model(model(), tmp_path)
    torch.save(model().state_dict(), tmp_path / "model.safetensors")
    with pytest.raises(InputError, match="not a safetensors file"):
        load_sensor_model(tmp_path)


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    """Weights that do not fit the config say so and name both files."""
    save_sensor_model(model(), tmp_path)
    weights = (tmp_path / "model.safetensors").read_bytes()
    save_sensor_model(model("timestep-transformer"), tmp_path)
    (tmp_path / "model.safetensors").write_bytes(weights)
    with pytest.raises(InputError, match=r"model\.safetensors: does not fit config\.json"):
        load_sensor_model(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"architecture": "rnn"}, "architecture"),
        ({"colour": "red"}, "colour"),
        ({"heads": 3}, "width 8 is not a multiple of heads 3"),
        ({"sensors": ["air", "fuel", "co", "co"]}, "a name stands twice"),
        ({"sensors": ["air", "fuel", "o2"]}, "scaling and sensors differ in co, o2"),
        ({"window": 1}, "window"),
        ({"target": {"name": "y", "task": "class"}}, "task class needs two or more classes"),
        (
            {"target": {"name": "y", "task": "class", "classes": ["a", "a"]}},
            "each with a name of its own",
        ),
        ({"target": {"name": "y", "task": "event", "classes": ["a", "b"]}}, "has no classes"),
    ],
)
def test_wrong_config_is_named(change: dict[str, object], words: str, tmp_path: Path) -> None:
    """A config.json with a mistake is an InputError that names the file and the key."""
    save_sensor_model(model(), tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=rf"config\.json: .*{words}"):
        load_sensor_model(tmp_path)


def test_config_that_is_no_json_is_named(tmp_path: Path) -> None:
    """A broken config.json is an InputError, not a traceback."""
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"config\.json: not JSON"):
        load_sensor_model(tmp_path)
