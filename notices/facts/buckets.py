"""How long things took, counted in steps of a ninth: percentiles without keeping a single one."""

import math
from collections.abc import Mapping

PER_DOUBLING = 8
"""Steps from a time to its double, so that a percentile is at most 9.1 % above the true one."""
SHORTEST = 0.001
"""Seconds; what took less took so long."""
LAST = 256
"""The step that has everything longer, 49 days and more."""


def bucket(seconds: float) -> int:
    """The step that has `seconds`: the first whose end is no less."""
    if not seconds > SHORTEST:
        return 0
    exact = math.log2(min(seconds, 1e9) / SHORTEST) * PER_DOUBLING
    # An end belongs to its own step, however the logarithm was rounded.
    return min(LAST, math.ceil(round(exact, 9)))


def end(bucket: int) -> float:
    """The longest time of a step, in seconds."""
    return float(SHORTEST * 2 ** (bucket / PER_DOUBLING))


def percentile(times: Mapping[int, int], share: float) -> float | None:
    """Seconds within which that share was done, of so many in each step; None of none.

    Never less than was measured, to three places.
    """
    wanted = math.ceil(sum(times.values()) * share)
    if wanted <= 0:
        return None
    reached = 0
    for step in sorted(times):
        reached += times[step]
        if reached >= wanted:
            break
    return float(f"{end(step):.3g}")
