"""Gates: whether published figures are as the manifest wants them.

`figure` (what stands at the end of a path), `judge` (whether that is as wanted), `evaluate` (all).
"""
