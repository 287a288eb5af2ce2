"""Percentiles of what was only counted are never less than what was measured, and hardly more."""

import math
from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from notices.facts.buckets import LAST, SHORTEST, bucket, end, percentile

times = st.floats(0, 4_000_000, allow_nan=False)


@given(st.lists(times, min_size=1, max_size=50), st.sampled_from([0.5, 0.95, 1.0]))
@example([0.001], 0.5)
@example([0.002, 0.002], 0.95)
@example([2.0**12], 0.5)
def test_a_percentile_is_at_most_a_tenth_above_the_true_one(
    measured: list[float], share: float
) -> None:
    found = percentile(Counter(map(bucket, measured)), share)
    true = sorted(measured)[math.ceil(len(measured) * share) - 1]

    assert found is not None
    # Three places are shown, so the last of them may be a little less.
    assert true * 0.995 <= found <= max(true, SHORTEST) * 1.1


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile({}, 0.5) is None
    assert percentile({3: 0}, 0.5) is None


def test_every_step_ends_where_the_next_begins() -> None:
    for step in range(LAST):
        assert bucket(end(step)) == step
        assert bucket(end(step) * 1.001) == step + 1


def test_what_is_no_time_at_all_or_without_end_has_a_step() -> None:
    assert bucket(-3.0) == bucket(float("nan")) == 0
    assert bucket(float("inf")) == bucket(1e12) == LAST
