"""What may stand in the file of providers: the check that names every place that is wrong."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from notices.facts.catalogue_rules import (
    Rule,
    an_object,
    in_languages,
    list_of,
    one_of,
    words,
    written_as,
    yes_or_no,
)
from notices.facts.identifiers import IDENTIFIER_TYPES

KINDS = ("person", "organisation", "officer", "agency")
STAFF = ("officer", "agency")
"""Kinds of whom not everybody that the provider knows is one."""

ROLES = ("supervisor",)
PROTOCOLS = ("openid", "oauth2")
WAYS = ("client_secret_post", "client_secret_basic")
"""How we prove to the token endpoint who we are (OpenID Connect Core 1.0, 9)."""
PLACES = ("header", "query", "form")
"""Where an access token is put that asks who somebody is."""

PERSONS_DOCUMENTS = IDENTIFIER_TYPES["person"]


def _an_issuer(place: str, value: Any) -> Iterator[str]:
    """Discovery 1.0, 2: https, neither query nor fragment; http on this machine alone."""
    if not (isinstance(value, str) and is_safe(value) and not set("?#") & set(value)):
        yield (
            f"{place}: must be the provider's issuer over https, like https://id.example"
            " (http only for 127.0.0.1, this machine itself)"
        )


def _a_map(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict) or not value:
        yield f"{place}: must say which of the provider's words is which of {PERSONS_DOCUMENTS}"
        return
    for word, means in value.items():
        yield from one_of(*PERSONS_DOCUMENTS)(f"{place}.{word}", means)


def _some_roles(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: must say which of the provider's words is which role"
        return
    for word, means in value.items():
        yield from one_of(*ROLES)(f"{place}.{word}", means)


def _either(place: str, value: Any) -> Iterator[str]:
    if ("value" in value) == ("claim" in value) or ("claim" in value) != ("map" in value):
        yield f"{place}: must be {{ value = … }}, or {{ claim = …, map = … }}"


_MAP = Rule(_a_map, {"type": "object"})
_ISSUER = Rule(_an_issuer, {"type": "string", "format": "uri"})
_ANY = an_object({"claim": words, "any": list_of(words)})
_VERIFIED = an_object({"claim": words, "verified": list_of(words)})
_CLAIMS = an_object(
    {"name": words, "identifier": words},
    {
        "identifier_type": an_object(
            {}, {"value": one_of(*PERSONS_DOCUMENTS), "claim": words, "map": _MAP}, _either
        ),
        "phone": words,
        "organisation_name": words,
        "organisation_identifier": words,
        "organisations": an_object({"claim": words, "name": words, "identifier": words}),
        "wards": an_object({"claim": words, "name": words, "identifier": words}),
    },
)
_OAUTH2 = an_object(
    {"authorize": words, "token": words, "userinfo": words, "subject": words},
    {
        "organisation_userinfo": words,
        "logout": words,
        "audience": words,
        "pkce": yes_or_no,
        "client": one_of(*WAYS),
        "access_token": an_object({"in": one_of(*PLACES), "name": words}),
        "data": words,
        "success": _ANY,
    },
)
ADDRESSES = ("authorize", "token", "userinfo", "organisation_userinfo", "logout")


def is_safe(url: str) -> bool:
    """Whether it is an https address, or an http one of this very machine."""
    scheme, name, _ = host(url)
    local = name in ("127.0.0.1", "::1", "localhost")
    return bool(name) and (scheme == "https" or (local and scheme == "http"))


def host(url: str) -> tuple[str, str, int | None]:
    """Where an address leads; that of one that is none is nobody's."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", "", None


def _by_oauth2(place: str, value: Any) -> Iterator[str]:
    told = value.get("oauth2")
    if (value.get("protocol") == "oauth2") != (told is not None):
        yield f'{place}.oauth2: goes with protocol = "oauth2", and that with it'
    for name in ADDRESSES if told else ():
        if name in told and host(told[name]) != host(value["issuer"]):
            yield f"{place}.oauth2.{name}: must be an address at the issuer's own host"
    if told and "organisation_userinfo" in told and "user_type" not in value:
        yield f"{place}.oauth2.organisation_userinfo: goes with user_type"


def _by_user_type(place: str, value: Any) -> Iterator[str]:
    told, both = value.get("user_type"), value.get("organisation_claims")
    if told is not None and not set(told["person"]).isdisjoint(told["organisation"]):
        yield f"{place}.user_type: a word cannot be both, person and organisation"
    if both is not None and told is None:
        yield f"{place}.organisation_claims: goes with user_type"
    if both is not None and not _OF_ORGANISATIONS & both.keys():
        yield f"{place}.organisation_claims: nothing says which organisation somebody acts for"
    for name in ("claims", "organisation_claims"):
        named = value.get(name, {}).keys()
        if ("organisation_name" in named) != ("organisation_identifier" in named):
            yield f"{place}.{name}: organisation_name and organisation_identifier go together"


_OF_ORGANISATIONS = {"organisation_name", "organisation_identifier", "organisations"}


def _together(place: str, value: Any) -> Iterator[str]:
    kinds, claims = value["kinds"], value["claims"]
    if len(set(kinds)) < len(kinds) or not kinds:
        yield f"{place}.kinds: must name whom it signs in, each once"
    staff = [kind for kind in kinds if kind in STAFF]
    if staff and len(kinds) > 1:
        yield f"{place}.kinds: {staff[0]} needs a provider of its own"
    needed = ("allow", "second_factor") if staff else ()
    for key in (*needed, *(("agency",) if "agency" in staff else ())):
        if key not in value:
            yield f"{place}.{key}: is required where kinds has {staff[0]}"
    told = _OF_ORGANISATIONS & (claims.keys() | value.get("organisation_claims", {}).keys())
    if "organisation" in kinds and not told:
        yield f"{place}.claims: nothing says which organisation somebody acts for"
    if "organisation" not in kinds and told:
        yield f"{place}.kinds: lacks organisation, of which claims tell"
    if "wards" in claims and "person" not in kinds:
        yield f"{place}.claims.wards: only a person has wards"
    if "wards" in claims and "assurance" not in value:
        yield f"{place}.claims.wards: goes with assurance: a guardian has to be verified"
    yield from _by_user_type(place, value)
    yield from _by_oauth2(place, value)


_PROVIDER = an_object(
    {
        "id": written_as(
            r"(?!as$)[a-z0-9]+(-[a-z0-9]+)*", "an id of small letters, digits and hyphens, not “as”"
        ),
        "name": in_languages(words),
        "kinds": list_of(one_of(*KINDS)),
        "issuer": _ISSUER,
        "client_id": words,
        "client_secret_file": words,
        "claims": _CLAIMS,
    },
    {
        "protocol": one_of(*PROTOCOLS),
        "oauth2": _OAUTH2,
        "user_type": an_object(
            {"claim": words, "person": list_of(words), "organisation": list_of(words)}
        ),
        "organisation_claims": _CLAIMS,
        "scope": words,
        "assurance": _VERIFIED,
        "second_factor": _ANY,
        "allow": _ANY,
        "roles": an_object({"claim": words, "map": Rule(_some_roles, {"type": "object"})}),
        "agency": an_object({"claim": words}),
    },
    _together,
)
FILE = an_object({"provider": list_of(_PROVIDER)})
