"""Condition-monitoring features of a waveform, and the tones of a 6314 deep-groove ball bearing.

In: acceleration in m/s2 or the acoustic-emission envelope in microvolt, 2,560 values a second.
Out: velocity in mm/s RMS from 10 to 1,000 Hz, emission in dB(AE), spectra. Never: a fault.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RATE = 2560.0
POINTS = 1024
LOWEST_HZ, HIGHEST_HZ = 10.0, 1000.0
BALLS, BALL_MM, PITCH_MM = 8, 25.4, 110.0


@dataclass(frozen=True)
class BearingTones:
    """Passing frequencies in Hz: balls over the outer and the inner race, and the cage's turns."""

    outer: np.ndarray
    inner: np.ndarray
    cage: np.ndarray


def bearing_tones(turn_hz: np.ndarray | float) -> BearingTones:
    """Tones of a 6314 at zero contact angle, outer race standing.

    Args:
        turn_hz: turns of the shaft a second.

    """
    turns, slenderness = np.asarray(turn_hz, dtype=float), BALL_MM / PITCH_MM
    return BearingTones(
        outer=BALLS / 2 * turns * (1 - slenderness),
        inner=BALLS / 2 * turns * (1 + slenderness),
        cage=turns / 2 * (1 - slenderness),
    )


def velocity_rms(acceleration: np.ndarray) -> np.ndarray:
    """mm/s RMS between 10 and 1,000 Hz, Hann-windowed, integrated in the frequency domain.

    Args:
        acceleration: (..., time) in m/s2 at RATE.

    """
    points = acceleration.shape[-1]
    window = np.hanning(points).astype(acceleration.dtype)
    frequency = np.fft.rfftfreq(points, 1 / RATE)
    band = (frequency >= LOWEST_HZ) & (frequency <= HIGHEST_HZ)
    spectrum = np.fft.rfft(acceleration * window)[..., band]
    velocity = np.abs(spectrum) / (2 * np.pi * frequency[band])
    mean_square = 2 * np.sum(velocity**2, axis=-1) / (points * np.sum(window**2))
    return np.asarray(1000 * np.sqrt(mean_square))


def emission_db(envelope: np.ndarray) -> np.ndarray:
    """dB(AE): 20 log10 of the RMS over time of (..., time) microvolt, against 1 microvolt."""
    return np.asarray(10 * np.log10(np.mean(envelope**2, axis=-1)))


def bursts(turn_phase: np.ndarray, passing_hz: np.ndarray, decay_seconds: float) -> np.ndarray:
    """(sample, time) envelope of impacts of height 1 that come at `passing_hz` and die away.

    Args:
        turn_phase: (sample,) share of the way to the next impact at time 0.
        passing_hz: (sample,) impacts a second.
        decay_seconds: time constant.

    """
    time = np.arange(POINTS, dtype=np.float32) / np.float32(RATE)
    hertz = passing_hz.astype(np.float32)[:, None]
    since = np.mod(time * hertz + turn_phase.astype(np.float32)[:, None], 1) / hertz
    return np.asarray(np.exp(-since / np.float32(decay_seconds)))


def envelope_spectrum(envelope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and amplitudes of (time,) envelope less its mean, Hann-windowed."""
    window = np.hanning(len(envelope))
    spectrum = np.fft.rfft((envelope - envelope.mean()) * window)
    return np.fft.rfftfreq(len(envelope), 1 / RATE), 2 * np.abs(spectrum) / window.sum()
