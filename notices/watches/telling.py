"""What is sent to a webhook, signed as Standard Webhooks has it, and how the sending ended."""

import ssl
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import aiohttp
import msgspec
from standardwebhooks import Webhook

from notices.facts.networks import Network
from notices.facts.public.form import EventKind
from notices.facts.public.notice import Status
from notices.facts.public.watches import Happened, WebhookMessage
from notices.facts.texts import rfc3339
from notices.watches import PrivateWatch, reaching
from notices.watches.reaching import Resolver

SECONDS = 10.0
"""In which a receiver has to have answered, from the looking up of its name on."""
AGENT = "notices-webhooks/1"
GONE = 410


class Sent(NamedTuple):
    """What was answered (an HTTP status), or a word of ours for why nothing was."""

    answered: int | None
    error: str | None

    @property
    def taken(self) -> bool:
        return self.answered is not None and 200 <= self.answered < 300

    @property
    def is_down(self) -> bool:
        """Whether the receiver is at fault, and not what was sent: others wait as well then."""
        return self.answered is None or self.answered in (429, 502, 503, 504)


class Due(NamedTuple):
    """One thing to tell: an event by a watch."""

    watch: str
    event: int
    kind: EventKind
    at: datetime
    notice: str
    status: Status


def message_id(due: Due) -> str:
    """What a receiver knows a repetition by: the same whenever, and by whomever, it is sent.

    The time is in it since a log that was restored from a backup has another event at that place.
    """
    return f"msg_{due.watch}_{due.event}_{int(due.at.timestamp())}"


def message(due: Due, private: PrivateWatch) -> bytes:
    """The same bytes each time."""
    happened = Happened(
        watch=due.watch,
        index=due.event,
        kind=due.kind,
        at=rfc3339(due.at),
        certificate=private.certificate,
        notice=due.notice,
        status=due.status,
    )
    whole = WebhookMessage(type=f"notice.{due.kind}", timestamp=happened.at, data=happened)
    return msgspec.json.encode(whole)


def signed(due: Due, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers by which a receiver knows who sends it, and that it is no older one."""
    id = message_id(due)
    signature = Webhook(secret).sign(msg_id=id, timestamp=now, data=body.decode())
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
        "Content-Type": "application/json",
        "User-Agent": AGENT,
    }


class Poster:
    """Sends to public addresses and `networks`; follows nothing, keeps nothing, reads no body."""

    def __init__(self, networks: Sequence[Network], trusted: ssl.SSLContext | None = None) -> None:
        """`trusted`: whose certificates are believed, by default those that OpenSSL believes."""
        self._networks = networks
        self._trusted = trusted or ssl.create_default_context()
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    async def post(self, text: str, headers: dict[str, str], body: bytes) -> Sent:
        """What came of it; never raises."""
        url = reaching.parsed(text)
        if url is None:
            return Sent(None, "address")
        try:
            # An address that is written out is asked of no resolver.
            if reaching.literal(url.host or "") is not None:
                await reaching.addresses_of(url, self._networks)
            async with self._session(url.scheme).post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                answer.close()  # whatever else it has to say is not waited for
                return Sent(answer.status, None)
        except TimeoutError:
            return Sent(None, "timeout")
        except reaching.NotReached as error:
            return Sent(None, str(error))
        except aiohttp.ClientConnectorDNSError as error:
            return Sent(None, "address" if str(error.os_error) == "address" else "name")
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError):
            return Sent(None, "tls")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Sent(None, "connection" if isinstance(error, OSError) else "protocol")

    def _session(self, scheme: str) -> aiohttp.ClientSession:
        if scheme not in self._sessions:
            self._sessions[scheme] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=Resolver(scheme, self._networks), use_dns_cache=False, limit=0,
                    force_close=True, ssl=self._trusted,
                ),
                timeout=aiohttp.ClientTimeout(total=SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, read_bufsize=4096,
                skip_auto_headers=("Accept-Encoding",),
            )  # fmt: skip
        return self._sessions[scheme]
