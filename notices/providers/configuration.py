"""The file that `SIGN_IN` names (TOML): the providers, and what each claim means to us."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from notices.facts.texts import ByLanguage, Message, Text, TextError
from notices.providers.configuration_rules import FILE, PERSONS_DOCUMENTS, PLACES, STAFF, WAYS


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


@dataclass(frozen=True, slots=True)
class Wards:
    """The claim that lists whose guardian somebody is: children, by name and resident ID."""

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
    wards: Wards | None = None

    @property
    def named(self) -> tuple[str | None, ...]:
        """The claims of somebody themselves, without those of each item in a list."""
        lists = (self.organisations, self.wards)
        return (
            self.name, self.identifier, self.identifier_type.claim, self.phone,
            self.organisation_name, self.organisation_identifier,
            *(each.claim for each in lists if each is not None),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class UserType:
    """The claim that says whether an account is a person's or an organisation's."""

    claim: str
    person: tuple[str, ...]
    organisation: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """How a provider speaks OAuth 2.0 that is no OpenID Connect: where, and in what envelope."""

    authorize: str
    token: str
    userinfo: str
    subject: str
    """The claim that is another one for each account, and stays: as OpenID Connect's `sub`."""
    organisation_userinfo: str | None = None
    logout: str | None = None
    audience: str | None = None
    """The claim with the client for whom a token was made, where the provider tells it."""
    pkce: bool = True
    client: str = WAYS[0]
    place: str = PLACES[0]
    place_name: str = "Authorization"
    data: str | None = None
    """What the envelope calls its content, with dots between the names of several envelopes."""
    success: Among | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Somebody who says who people are; `secret` is shown nowhere."""

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
    oauth2: OAuth2 | None = None
    """None: by OpenID Connect."""
    user_type: UserType | None = None
    organisation_claims: Claims | None = None
    """Which claim of an organisation's account says what, where that is not as of a person's."""
    agency: str | None = None
    """The claim that says whose staff somebody is, by the id of `notices agencies`."""

    @property
    def claimed(self) -> tuple[str, ...]:
        """The claims that the file names, without those of each organisation in a list."""
        among = (self.assurance, self.second_factor, self.allow, self.roles, self.user_type)
        kinds = (self.claims, self.organisation_claims)
        named = (
            *(claim for each in kinds if each is not None for claim in each.named), self.agency,
            *(each.claim for each in among if each is not None),
        )  # fmt: skip
        return tuple(dict.fromkeys(name for name in named if name is not None))

    @property
    def is_of_staff(self) -> bool:
        """Whether it signs in whoever works here, and nobody else."""
        return not set(STAFF).isdisjoint(self.kinds)


def load(path: Path) -> tuple[Provider, ...]:
    """The providers that a file names; raises SignInFileError with all that is wrong in it."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SignInFileError([f"{path}: cannot be read: {error.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SignInFileError([f"{path}: is no TOML: {error}"]) from None
    problems = list(FILE("sign-in", data))
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
    except OSError as error:
        return SignInFileError([f"{place}: {file} cannot be read: {error.strerror}"])
    except UnicodeDecodeError as error:
        return SignInFileError([f"{place}: {file} cannot be read: {error.reason}"])
    if len(secret) < 16:
        return SignInFileError([f"{place}: the secret in {file} has fewer than 16 characters"])
    return secret


def _provider(data: Mapping[str, Any], secret: str) -> Provider:
    return Provider(
        id=data["id"],
        name=ByLanguage(data["name"]),
        kinds=tuple(data["kinds"]),
        issuer=data["issuer"],
        client_id=data["client_id"],
        secret=secret,
        scope=data.get("scope", "" if "oauth2" in data else "openid"),
        claims=_claims(data["claims"]),
        oauth2=_oauth2(data["oauth2"]) if "oauth2" in data else None,
        user_type=_user_type(data["user_type"]) if "user_type" in data else None,
        organisation_claims=_claims(data["organisation_claims"])
        if "organisation_claims" in data
        else None,
        assurance=_among(data.get("assurance"), "verified"),
        second_factor=_among(data.get("second_factor"), "any"),
        allow=_among(data.get("allow"), "any"),
        roles=Roles(**data["roles"]) if "roles" in data else None,
        agency=data["agency"]["claim"] if "agency" in data else None,
    )


def _among(data: Mapping[str, Any] | None, values: str) -> Among | None:
    return None if data is None else Among(data["claim"], tuple(data[values]))


_PARTS = {"identifier_type": Document, "organisations": Organisations, "wards": Wards}


def _claims(data: Mapping[str, Any]) -> Claims:
    return Claims(
        **{name: _PARTS[name](**it) if name in _PARTS else it for name, it in data.items()}
    )


def _user_type(data: Mapping[str, Any]) -> UserType:
    return UserType(data["claim"], tuple(data["person"]), tuple(data["organisation"]))


def _oauth2(data: Mapping[str, Any]) -> OAuth2:
    plain = {name: it for name, it in data.items() if name not in ("access_token", "success")}
    place = data.get("access_token", {"in": PLACES[0], "name": "Authorization"})
    return OAuth2(
        **plain,
        place=place["in"],
        place_name=place["name"],
        success=_among(data.get("success"), "any"),
    )
