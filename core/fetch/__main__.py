"""Downloads texts or models: `python -m core.fetch [texts | encoder | real]`."""

import sys

from core.fetch.packages import main

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
