"""Going through the steps of a declaration as a browser does, and looking at what is kept of it."""

from typing import Any

import httpx

from notices.changing import unfinished
from notices.changing.draft import Draft
from notices.database import DB
from notices.deployment import Deployment

DONE = "/declare/done/"


async def submitted(
    client: httpx.AsyncClient, data: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    """The page of the step that a form posted to /declare leads to; nothing of it may be stored.

    What was published is left as it is answered: as the way to the confirmation.
    """
    answer = await client.post("/declare", data=data, **more)
    return await arrived(client, answer)


async def arrived(client: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    refused = answer.status_code >= 400 and answer.request.method == "POST"
    # A refusal tells of nothing that was typed, so that Back may lead to it.
    kept = {"private, no-cache"} if refused else set()
    assert answer.headers["cache-control"] in {"no-store", *kept}
    while answer.status_code == 303 and not answer.headers["location"].startswith(DONE):
        answer = await client.get(answer.headers["location"])
        assert answer.headers["cache-control"] == "no-store"
    return answer


def deployment_of(client: httpx.AsyncClient) -> Deployment:
    return client._transport.app.state.deployment  # type: ignore[attr-defined, no-any-return]


async def kept(client: httpx.AsyncClient, form: dict[str, str]) -> dict[str, str]:
    """The fields of the draft that a page's form names."""
    draft = await draft_of(client, form)
    return draft.fields


async def draft_of(client: httpx.AsyncClient, form: dict[str, str]) -> Draft:
    owner, id = unfinished.owner_in(form["of"]), form["draft"]
    assert owner is not None
    row = await DB.row("SELECT sealed FROM draft WHERE owner = $1 AND id = $2", owner, id)
    assert row is not None
    return unfinished.opened(deployment_of(client), row["sealed"], owner, id)
