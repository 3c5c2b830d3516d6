"""GL-013, predictive maintenance: warns of a pump's failure within the next 24 hours.

In: readings of eight sensors of a pump over one window. Out: a probability per window.
Never: a work order, a trip, a cause of the failure.
"""

from __future__ import annotations

from generator.agents.sensor_agent import SensorAgent, find_shipped_model

SHIPPED_MODEL = find_shipped_model("pump")


class PredictiveMaintenanceAgent(SensorAgent):
    """Watches vibration, sound, heat and power of a circulation pump.

    Args:
        config: a mapping with `model`, the folder of a sensor model; None takes the weights
            that come with the program, which were trained on simulated data.

    Raises:
        InputError: an unknown key, or a folder that holds no sensor model.

    """

    registered = "predictive-maintenance"
    weights = SHIPPED_MODEL
    id = "GL-013"
    name = "Predictive maintenance"
    senses = (
        "Vibration on three axes, acoustic emission and temperature of the drive-end bearing, "
        "discharge pressure, current, and the calculated efficiency of a circulation pump, "
        "every 10 min."
    )
    predicts = "The probability that the pump reaches its alarm state within the next 24 hours."
    intended_use = (
        "Draws the maintenance planner's attention to a pump before its alarm, and shows model "
        "developers what the model looked at when it warned."
    )
    limits = (
        "Trained on simulated lives of one 75 kW pump design; no plant was measured.",
        "Not for control, alarms, trips or set-points; it replaces no vibration protection.",
        "It names no fault: what it looked at is not what went wrong.",
        "It says nothing about windows in which the pump is in its alarm state already.",
        "Learned from one growing fault at a time of bearing, rotor, coupling or suction; "
        "sudden breakage was not in its data.",
    )
