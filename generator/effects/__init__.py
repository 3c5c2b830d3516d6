"""What moves a model's answer: parts of its input exchanged for what they were in other windows.

Order of use: `periods` (what is independent), `answers` (the number explained), `donors` (what is
put in place), `exchange` (what then moves), `intervals` (how sure that is).
"""
