"""`python -m generator` is the `attention-reports` command."""

from __future__ import annotations

import sys

from generator.doors.commands import main

if __name__ == "__main__":
    sys.exit(main())
