"""``python -m yrdgis`` is the command line."""

from yrdgis.cli import main

if __name__ == "__main__":
    main()
