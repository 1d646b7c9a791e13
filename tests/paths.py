"""Where things are, for tests and benchmarks."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
"""Published instances; tests that need them are skipped where they are absent."""
