"""Imported once by the process from which workers are forked: loads torch and the data that every worker needs.

Workers then share this memory and start in a tenth of a second. One thread is used, because a process with several
must not be forked.
"""

from __future__ import annotations

from contextlib import suppress

from core.serve import compute_values

with suppress(Exception):  # each worker does the same again, and reports what fails
    compute_values.warm_up()
