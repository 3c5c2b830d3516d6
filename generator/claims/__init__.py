"""From effects to claims: what is said of a model, how it was tested, and what came of it.

A `question` makes a `study`; a `family` lists subjects, measures an `effect` of each, corrects them
together, judges (`verdicts`) and describes; `assess` asks every family.
"""
