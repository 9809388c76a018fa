"""`python -m lessons.claims [ids] [--check] [--seeds N] [--first-seed K] [--json]`: see lessons/kit/claims.py."""

import sys

from lessons.kit.claims import main

if __name__ == "__main__":
    sys.exit(main())
