"""Parts of the benchmark `scripts/bench.py`."""
