"""What Meilisearch answers: a page of hits, and how all of them spread; or a problem's code."""

import msgspec


class Hit(msgspec.Struct):
    """A document that was found, with as many of its displayed fields as were asked for.

    `notice` is the public notice as JSON text (`search.document`), `effective_at` in seconds.
    """

    id: str
    notice: str = ""
    state: str = ""
    effective_at: float | None = None
    published_index: int = 0

    def status(self, now: float) -> str:
        """The notice's status at `now`, in seconds since 1970."""
        if self.state != "void":
            return self.state
        runs = self.effective_at is not None and now < self.effective_at
        return "declared" if runs else "invalid"


class Result(msgspec.Struct, rename="camel"):
    """What one question brought; there are facets when they were asked for."""

    hits: list[Hit] = []
    facet_distribution: dict[str, dict[str, int]] = {}


class _Results(msgspec.Struct):
    results: list[Result]


class _Problem(msgspec.Struct):
    code: str | None = None


_RESULTS = msgspec.json.Decoder(_Results)
_PROBLEM = msgspec.json.Decoder(_Problem)


def decode(body: bytes) -> list[Result]:
    """The results of a multi-search, in the order of its questions; raises DecodeError."""
    return _RESULTS.decode(body).results


def code(body: bytes) -> str | None:
    """The code of a problem; raises DecodeError."""
    return _PROBLEM.decode(body).code
