"""GL-001, the thermal command agent: forecasts a heating loop's return temperature an hour on.

In: readings of eight sensors of the loop over one window. Out: a change in K per window.
Never: a set-point, a pump command, a metered heat.
"""

from __future__ import annotations

from generator.agents.sensor_agent import SensorAgent, find_shipped_model

SHIPPED_MODEL = find_shipped_model("thermal")


class ThermalCommandAgent(SensorAgent):
    """Watches temperatures, flow, pressures and demand of a hydronic heating loop.

    Args:
        config: a mapping with `model`, the folder of a sensor model; None takes the weights
            that come with the program, which were trained on simulated data.

    Raises:
        InputError: an unknown key, or a folder that holds no sensor model.

    """

    registered = "thermal-command"
    weights = SHIPPED_MODEL
    id = "GL-001"
    name = "Thermal command"
    senses = (
        "Supply and return temperature, flow, supply and return pressure, the controller's "
        "demand set-point, ambient temperature and pump speed of a heating loop, every 5 min."
    )
    predicts = "By how many kelvin the return temperature changes within the next 60 minutes."
    intended_use = (
        "Shows the operator where the return temperature is heading, and model developers what "
        "the model looked at when it said so."
    )
    limits = (
        "Trained on simulated runs of one 4 MW heating loop; no plant was measured.",
        "Not for control, alarms, trips or set-points.",
        "Its output is no metered heat and settles no bill.",
        "It names no fault: what it looked at is not what went wrong.",
        "Learned from a bypass valve that sticks open and a heat exchanger that fouls; other "
        "faults were not in its data.",
    )
