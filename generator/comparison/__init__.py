"""Two attention results on the same data, side by side: what may be compared, and how alike it is.

In: two summaries, or two runs with their maps. Out: frozen records. Names are set beside each other
only where both models' tokens stand for the same thing. Never: a judgement of which model is right,
a number where nothing may be compared, a torch import.
"""
