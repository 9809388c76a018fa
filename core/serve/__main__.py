"""`python -m core.serve`: a scheduler and workers for other servers; its address goes into HEADSTART_SCHEDULER."""

from core.serve.workers import main

if __name__ == "__main__":
    main()
