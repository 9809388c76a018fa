"""Runs `python -m lessons.claims [ids] [--check] [--seeds N] [--first-seed K] [--json]`, which is defined in
lessons/kit/shipping/claims.py."""

import sys

from lessons.kit.shipping.claims import main

if __name__ == "__main__":
    sys.exit(main())
