"""`python -m planner.optimiser`."""

import io
import sys

from planner.optimiser.cli import main

# Results are UTF-8, whatever the terminal's encoding is.
for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
sys.exit(main())
