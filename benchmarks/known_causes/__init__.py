"""Do effects and verdicts name what is known to have happened? Hits and misses as they are.

`expected` (what should be named, written first), `twins` (truth of simulated plants, per sensor and
row), `grade` (claims against truth), `plants`, `rig`, `eastman` (three kinds of known causes).
"""
