"""`python -m planner.optimiser`."""

import sys

from planner.optimiser.cli import main

sys.exit(main())
