"""Starts a scheduler and workers for other servers: `python -m core.serve`. Its address goes into
HEADSTART_SCHEDULER."""

from core.serve.workers import main

if __name__ == "__main__":
    main()
