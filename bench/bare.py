"""The least that any Litestar handler costs, as the measure for ours."""

import msgspec
from litestar import Litestar, post


class Question(msgspec.Struct):
    certificate: str
    number: str


@post("/", status_code=200)
async def bare(data: Question) -> dict[str, str | None]:
    """Read a question, and write a fixed answer as long as a real one."""
    return {"certificate": data.certificate, "number": data.number, "answer": "x" * 600}


app = Litestar([bare], openapi_config=None, logging_config=None)
