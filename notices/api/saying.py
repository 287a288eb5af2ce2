"""What the description of the API says in words: how to begin, who may, what to do when refused."""

from collections.abc import Mapping, Sequence

from notices.facts import problem_codes

ABOUT = """\
Notices of lost certificates: declared, found, checked, proven.

Begin at `/help/agencies`: programs that run, and how to read an answer. `/help/test-keys` has a
number for every status, for keys that begin with `notices_test_`.

- JSON in UTF-8, times RFC 3339 in +08:00, ids are strings.
- Whatever is refused is a problem (RFC 9457): go by `code`, which `/problems/{code}` explains. It
  is in Chinese, in English for `Accept-Language: en`.
- 400, 401, 403, 404, 409, 413, 415, 422: sending the same again changes nothing. 429, 503, 507:
  send the same again after the seconds of `Retry-After`.
- A key that is malformed, unknown, expired or revoked is 401 on every path.
- Where something is counted `RateLimit-Policy` and `RateLimit` tell how much is left.
- There will be new fields, codes and words: skip what you do not know. What stays, and how changes
  are told: `/help/docs/api-changes.md`.
"""
"""What whoever reads the description is told first."""

LIMITS: Mapping[str, str] = {
    "RateLimit-Policy": "How much is let through: of each count its most (q) and seconds (w).",
    "RateLimit": "What is left of each (r), and in how many seconds it is whole again (t).",
}
"""As the IETF's draft has them, structured fields: `"verify-day";q=100000;w=86400`."""

WAYS = {"session": "who is signed in (a session's cookie)", "agency": "an agency's key"}


def advice(status: int) -> str:
    """A problem, and what to do about it."""
    return f"A problem (RFC 9457). {problem_codes.ADVICE[status].en}"


def who(security: Sequence[Mapping[str, list[str]]] | None) -> str:
    """A sentence on who may, so that nobody has to read it out of the security requirements."""
    if not security:
        return "Anybody may. A key that is shown has to be a good one: any other is 401."
    ways = []
    for one in security:
        for name, scopes in one.items():
            needed = " and ".join(f"`{scope}`" for scope in scopes)
            ways.append(WAYS[name] + (f" with the scope {needed}" if needed else ""))
    open_to_all = any(not one for one in security)
    return ("Anybody may, or " if open_to_all else "Who may: ") + ", or ".join(ways) + "."
