"""Gates: whether published measurements are as the manifest wants them.

`measurement` (what stands at the end of a path), `judge` (whether that is as wanted), `evaluate`
(all of them).
"""
