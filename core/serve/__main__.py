"""Starts a scheduler and workers for other servers: `python -m core.serve`. The other servers find it by its address
in HEADSTART_SCHEDULER."""

from core.serve.workers import main

if __name__ == "__main__":
    main()
