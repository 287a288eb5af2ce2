"""Which addresses are one client's, and which address is believed."""

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from notices.facts import networks
from notices.settings import SettingsError, from_environment


@pytest.mark.parametrize(
    ("address", "own", "around"),
    [
        ("192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::1", "::/64", "::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("unknown", "unknown", "unknown"),
        ("", "", ""),
        ("x" * 9999, "x" * 64, "x" * 64),
    ],
)
def test_a_client_is_an_address_or_of_ipv6_its_64(address: str, own: str, around: str) -> None:
    assert networks.own(address) == own
    assert networks.around(address) == around


@pytest.mark.parametrize(
    "proxies",
    ["*", "10.0.0.5,*", "0.0.0.0/0", "::/0", "proxy.example", "10.0.0.5/8", "10.0.0", "10.0.0.5;"],
)
def test_proxies_are_named_by_their_addresses(proxies: str) -> None:
    """A slip would be a name that no proxy has, and everybody behind it one address."""
    with pytest.raises(SettingsError) as refusal:
        from_environment({"FORWARDED_ALLOW_IPS": proxies})

    assert "FORWARDED_ALLOW_IPS" in str(refusal.value)


@pytest.mark.parametrize(
    ("forwarded", "believed"),
    [
        ([], "10.0.0.5"),
        (["192.0.2.7"], "192.0.2.7"),
        # What somebody wrote stands on the left of what the proxies added.
        (["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
        (["203.0.113.9", "192.0.2.7"], "192.0.2.7"),
        (["203.0.113.9, 192.0.2.7, 10.1.0.4"], "192.0.2.7"),
        (["10.1.0.4, 192.0.2.7"], "192.0.2.7"),
        (["203.0.113.9, [2001:db8::7]:4711"], "2001:db8::7"),
        (["203.0.113.9, 192.0.2.7:4711"], "192.0.2.7"),
    ],
)
async def test_the_rightmost_address_that_is_no_proxys_is_believed(
    forwarded: list[str], believed: str
) -> None:
    proxies = from_environment({"FORWARDED_ALLOW_IPS": "10.0.0.5, 10.1.0.0/24"})
    seen = []

    async def app(scope, receive, send):  # type: ignore[no-untyped-def]
        seen.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    behind = ProxyHeadersMiddleware(app, proxies.forwarded_allow_ips)  # type: ignore[arg-type]
    for sender, expected in (("10.0.0.5", believed), ("198.51.100.1", "198.51.100.1")):
        transport = httpx.ASGITransport(behind, client=(sender, 1))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://x.example") as client:
            await client.get("/", headers=[("X-Forwarded-For", each) for each in forwarded])
        assert seen[-1] == expected
