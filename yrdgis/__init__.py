"""yrdgis: see what a regional plan does to travel times, to whom, by when, on a map that cites the clause."""

__version__ = "0.1.0"
