"""What the processes of runs are forked from: every library loaded, nothing used yet.

What is loaded here is never looked at again by the collector of the processes, which would touch,
and so copy, every page of it.
"""

import gc

gc.collect()
gc.freeze()
