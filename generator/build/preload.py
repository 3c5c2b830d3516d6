"""What the processes of runs are forked from: every library loaded, nothing used yet.

What is loaded here is never looked at again by the collector of the processes, which would touch,
and so copy, every page of it.
"""

import gc

import generator.build.explain
import generator.comparison.runs
import generator.datasets.profile.facts  # noqa: F401

gc.collect()
gc.freeze()
