"""What is left of the counts in which a request was counted, told with its answer, whatever it is.

The structured fields of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10):

    RateLimit-Policy: "verify-day";q=100000;w=86400
    RateLimit: "verify-day";r=99123;t=3540
"""

from collections.abc import Iterable

from litestar.types import Scope

from notices.limits import DAY, MINUTE, Left
from notices.web.options import LEFT

WINDOWS = {MINUTE: "minute", DAY: "day"}


def headers(scope: Scope, answer: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Both fields, with a member for each count; none where nothing was counted.

    Nor of an `answer` that a cache hands on to others: what is left is one asker's own.
    """
    counted = scope["state"].get(LEFT)
    if not counted or any(
        name == b"cache-control" and b"public" in value for name, value in answer
    ):
        return []
    counts: dict[str, Left] = {}
    for each in counted:
        # What is counted again, for further items, has left what it had last.
        counts[f"{each.policy}-{WINDOWS[each.window]}"] = each
    policies = (
        f'"{name}";q={each.most};w={each.window.total_seconds():.0f}'
        for name, each in counts.items()
    )
    left = (f'"{name}";r={each.left};t={each.seconds}' for name, each in counts.items())
    return [
        (b"ratelimit-policy", ", ".join(policies).encode()),
        (b"ratelimit", ", ".join(left).encode()),
    ]
