"""Staff who come from their provider and are not let in are in the audit log, as those who are."""

from notices import journal
from notices.deployment import Deployment
from notices.journal import Act, Actor, Office
from notices.providers.configuration import Provider


async def note(deployment: Deployment, provider: Provider, sub: object, why: str) -> None:
    """`sub` is whom the provider named, no text where nothing was proven; of others it is nothing.

    `why` is what our own log says of it, and is sealed all the same.
    """
    if not provider.is_of_staff:
        return
    office: Office = "agency" if "agency" in provider.kinds else "officer"
    by = Actor(office, repr((provider.issuer, sub)), "") if isinstance(sub, str) else None
    act = Act(what="sign_in_failed", by=by, about=(f"provider {provider.id}",), text=why)
    await journal.note(deployment.keys, act)
