"""The file that `SIGN_IN` names (TOML): the providers, and what each claim means to us."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
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
)
from notices.facts.identifiers import IDENTIFIER_TYPES
from notices.facts.texts import ByLanguage, Message, Text, TextError

KINDS = ("person", "organisation", "officer", "agency")
STAFF = ("officer", "agency")
"""Kinds of whom not everybody that the provider knows is one."""

ROLES = ("supervisor",)

PERSONS_DOCUMENTS = IDENTIFIER_TYPES["person"]


class SignInFileError(TextError):
    """A file of providers that cannot be used; `problems` names every place."""

    def __init__(self, problems: list[str]) -> None:
        lines = "\n".join(problems)
        super().__init__(Message("SIGN_IN 所指的文件不能使用："), f"\n{lines}")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Among:
    """A claim, and which of its values count."""

    claim: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roles:
    """The claim whose values give roles, and which of ours each of them is."""

    claim: str
    map: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """What the identifier is: always the same, or as a claim says by the provider's own words."""

    value: str | None = None
    claim: str | None = None
    map: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Organisations:
    """The claim that lists for whom somebody may act, and what each item calls name and code."""

    claim: str
    name: str
    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Which claim says what."""

    name: str
    identifier: str
    identifier_type: Document = Document(value=PERSONS_DOCUMENTS[0])
    phone: str | None = None
    organisation_name: str | None = None
    organisation_identifier: str | None = None
    organisations: Organisations | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Somebody who says who people are, by OpenID Connect; `secret` is shown nowhere."""

    id: str
    name: Text
    kinds: tuple[str, ...]
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    scope: str
    claims: Claims
    assurance: Among | None = None
    second_factor: Among | None = None
    allow: Among | None = None
    roles: Roles | None = None
    agency: str | None = None
    """The claim that says whose staff somebody is, by the id of `notices agencies`."""

    @property
    def claimed(self) -> tuple[str, ...]:
        """The claims that the file names, without those of each organisation in a list."""
        meant, document = self.claims, self.claims.identifier_type.claim
        several = meant.organisations.claim if meant.organisations else None
        among = (self.assurance, self.second_factor, self.allow, self.roles)
        named = (
            meant.name, meant.identifier, document, meant.phone, meant.organisation_name,
            meant.organisation_identifier, several, self.agency,
            *(each.claim for each in among if each is not None),
        )  # fmt: skip
        return tuple(dict.fromkeys(name for name in named if name is not None))

    @property
    def is_of_staff(self) -> bool:
        """Whether it signs in whoever works here, and nobody else."""
        return not set(STAFF).isdisjoint(self.kinds)


def _an_issuer(place: str, value: Any) -> Iterator[str]:
    """Discovery 1.0, 2: https, neither query nor fragment; http on this machine alone."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        right = parts is not None and bool(parts.hostname) and not (parts.query or parts.fragment)
        local = right and parts is not None and parts.hostname in ("127.0.0.1", "::1", "localhost")
        right = right and ((parts is not None and parts.scheme == "https") or bool(local))
    except ValueError:
        right = False
    if not right:
        yield f"{place}: must be the provider's issuer, like https://id.example"


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
    },
)


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
    of_organisations = {"organisation_name", "organisation_identifier", "organisations"}
    if ("organisation_name" in claims) != ("organisation_identifier" in claims):
        yield f"{place}.claims: organisation_name and organisation_identifier go together"
    if "organisation" in kinds and not of_organisations & claims.keys():
        yield f"{place}.claims: nothing says which organisation somebody acts for"
    if "organisation" not in kinds and of_organisations & claims.keys():
        yield f"{place}.kinds: lacks organisation, of which claims tell"


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
        "scope": words,
        "assurance": _VERIFIED,
        "second_factor": _ANY,
        "allow": _ANY,
        "roles": an_object({"claim": words, "map": Rule(_some_roles, {"type": "object"})}),
        "agency": an_object({"claim": words}),
    },
    _together,
)
_FILE = an_object({"provider": list_of(_PROVIDER)})


def load(path: Path) -> tuple[Provider, ...]:
    """The providers that a file names; raises SignInFileError with all that is wrong in it."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SignInFileError([f"{path}: is no TOML: {error}"]) from None
    problems = list(_FILE("sign-in", data))
    if not problems and not data["provider"]:
        problems.append("sign-in.provider: must name at least one")
    ids = [each.get("id") for each in data.get("provider", ()) if isinstance(each, dict)]
    if not problems and len(set(ids)) < len(ids):
        problems.append("sign-in.provider: each needs an id of its own")
    if problems:
        raise SignInFileError(problems)
    secrets = [_secret(path, each) for each in data["provider"]]
    missing = [secret for secret in secrets if isinstance(secret, SignInFileError)]
    if missing:
        raise SignInFileError([line for each in missing for line in each.problems])
    return tuple(
        _provider(each, secret)
        for each, secret in zip(data["provider"], secrets, strict=True)
        if isinstance(secret, str)
    )


def _secret(path: Path, data: Mapping[str, Any]) -> str | SignInFileError:
    """The client's secret, from its own file, which is sought beside the file of providers."""
    file: Path = path.parent / data["client_secret_file"]
    place = f"sign-in.provider ({data['id']}).client_secret_file"
    try:
        secret = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        return SignInFileError([f"{place}: {file} cannot be read: {error}"])
    if len(secret) < 16:
        return SignInFileError([f"{place}: the secret in {file} has fewer than 16 characters"])
    return secret


def _provider(data: Mapping[str, Any], secret: str) -> Provider:
    claims = dict(data["claims"])
    if "identifier_type" in claims:
        claims["identifier_type"] = Document(**claims["identifier_type"])
    if "organisations" in claims:
        claims["organisations"] = Organisations(**claims["organisations"])
    return Provider(
        id=data["id"],
        name=ByLanguage(data["name"]),
        kinds=tuple(data["kinds"]),
        issuer=data["issuer"],
        client_id=data["client_id"],
        secret=secret,
        scope=data.get("scope", "openid"),
        claims=Claims(**claims),
        assurance=_among(data.get("assurance"), "verified"),
        second_factor=_among(data.get("second_factor"), "any"),
        allow=_among(data.get("allow"), "any"),
        roles=Roles(**data["roles"]) if "roles" in data else None,
        agency=data["agency"]["claim"] if "agency" in data else None,
    )


def _among(data: Mapping[str, Any] | None, values: str) -> Among | None:
    return None if data is None else Among(data["claim"], tuple(data[values]))
