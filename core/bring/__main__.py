"""`python -m core.bring [texts | encoder]`."""

import sys

from core.bring.fetch import main

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
