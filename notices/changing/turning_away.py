"""Staff who come from their provider and are not let in are in the audit log, as those who are."""

from notices import journal
from notices.deployment import Deployment
from notices.journal import Act, Actor, Office


async def note(
    deployment: Deployment, provider: str, office: Office, subject: tuple[str, str] | None, why: str
) -> None:
    """`subject` is whom the provider named (its `iss` and `sub`), None where nothing was proven.

    `why` is what our own log says of it, and is sealed all the same.
    """
    by = Actor(office, repr(subject), "") if subject is not None else None
    act = Act(what="sign_in_failed", by=by, about=(f"provider {provider}",), text=why)
    await journal.note(deployment.keys, act)
