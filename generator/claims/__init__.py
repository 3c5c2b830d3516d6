"""From effects to claims: what is said of a model, how it was tested, and what came of it.

`groups` (about what), `tested` (measured), `verdicts` (judged), `words` (said), `assess` (all).
"""
