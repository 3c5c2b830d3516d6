"""GL-018, the combustion optimiser: warns of a CO breakthrough five minutes ahead.

In: readings of eight boiler sensors over one window. Out: a probability per window.
Never: a set-point, an interlock, an emission figure.
"""

from __future__ import annotations

from pathlib import Path

from generator.agents.sensor_agent import SensorAgent

SHIPPED_MODEL = Path(__file__).parents[1] / "starter" / "models" / "combustion"


class CombustionOptimizer(SensorAgent):
    """Watches air, fuel and flue gas of a gas-fired boiler.

    Args:
        config: a mapping with `model`, the folder of a sensor model; None takes the weights
            that come with the program, which were trained on simulated data.

    Raises:
        InputError: an unknown key, or a folder that holds no sensor model.

    """

    registered = "combustion-optimizer"
    weights = SHIPPED_MODEL
    id = "GL-018"
    name = "Combustion optimiser"
    senses = (
        "Fuel and air flow, flue-gas oxygen, CO and NOx, furnace temperature, and the calculated "
        "efficiency and excess air of a gas-fired boiler, every 10 s."
    )
    predicts = "The probability that raw CO rises above 200 ppm within the next 5 minutes."
    intended_use = (
        "Draws the shift's attention to the air and fuel supply before CO rises, and shows "
        "model developers what the model looked at when it warned."
    )
    limits = (
        "Trained on simulated runs of one 1.9 MW boiler; no plant was measured.",
        "Not for control, alarms, trips or set-points.",
        "Its output is no measured or reportable emission value.",
        "It says nothing about windows in which CO is above 200 ppm already.",
        "Learned from a sticking air damper and a change of gas quality; other causes of CO "
        "were not in its data.",
    )
