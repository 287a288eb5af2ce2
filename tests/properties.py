"""How often a property is tried: some dozens of times in the suite, EXAMPLES times at night."""

import os

import hypothesis

EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
"""Chosen anew in each run, so that many runs try what one with many would."""


def examples(times: float) -> hypothesis.settings:
    """`times` as many as of other properties: one may hide in many cases, or take long in each."""
    return hypothesis.settings(max_examples=round(EXAMPLES * times) or 1)
