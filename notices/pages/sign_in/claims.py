"""What a provider vouches for, read by its file: whom somebody may go on as."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from notices.facts.identifiers import IDENTIFIER_TYPES
from notices.facts.masking import one_line
from notices.facts.telephones import holds_telephone
from notices.facts.texts import Message
from notices.identity import Organisation, Person, Ward
from notices.providers.configuration import Among, Claims, Provider

LONGEST_NAME = 200
LONGEST_PHONE = 40
MOST_ORGANISATIONS = 200
MOST_WARDS = 20


class Unusable(Exception):
    """What a provider says is not enough, or not for us: `reason` to whoever signs in.

    `why` is for the operator: it names claims, and never what one of them holds.
    """

    def __init__(self, reason: Message, why: str) -> None:
        super().__init__(why)
        self.reason = reason
        self.why = why


def persons(provider: Provider, claims: Mapping[str, Any]) -> tuple[Person, ...]:
    """Those as whom somebody with these claims may go on: one, or the person chooses.

    `claims` are of the ID token, or of userinfo for what it lacks, and are verified. Raises
    Unusable. An identifier is taken as the provider vouches for it, wrong check digit or not.
    """
    for wanted, text in ((provider.allow, NOT_OURS), (provider.second_factor, NO_SECOND_FACTOR)):
        if wanted is not None and not _is_among(wanted, claims):
            raise Unusable(text, f"the claim {wanted.claim} has none of {list(wanted.values)}")
    meant, kinds = _meant(provider, claims)
    name, identifier = _text(claims, meant.name), _text(claims, meant.identifier)
    document = _document(meant, claims)
    subject = (provider.issuer, str(claims["sub"]))
    verified = provider.assurance is not None and _is_among(provider.assurance, claims)

    def as_(kind: str, **more: Any) -> Person:
        return Person(
            kind=kind, name=name, identifier=identifier, identifier_type=document,
            subject=subject, verified=verified, **more,
        )  # fmt: skip

    if "officer" in provider.kinds:
        return (as_("officer", roles=_roles(provider, claims)),)
    if "agency" in provider.kinds:
        return (as_("agency", agency=_text(claims, provider.agency or "")),)
    phone = _phone(meant, claims)
    found = [
        as_("organisation", organisation=each, phone=phone)
        for each in _organisations(meant, claims)
    ]
    is_one = bool(meant.organisation_name and claims.get(meant.organisation_name))
    if "person" in kinds and not is_one:
        found.append(as_("person", phone=phone, wards=tuple(_wards(meant, claims))))
    if not found:
        raise Unusable(NO_ORGANISATION, "no claim names an organisation, and kinds lacks person")
    return tuple(found)


def _meant(provider: Provider, claims: Mapping[str, Any]) -> tuple[Claims, tuple[str, ...]]:
    """Which claims say what of this account, and as what it may go on."""
    told = provider.user_type
    if told is None:
        return provider.claims, provider.kinds
    words = set(_values(claims.get(told.claim)))
    if not words.isdisjoint(told.organisation):
        # Whoever an organisation's account belongs to is nobody's own way in.
        kinds = tuple(kind for kind in provider.kinds if kind != "person")
        return provider.organisation_claims or provider.claims, kinds
    if not words.isdisjoint(told.person):
        return provider.claims, provider.kinds
    raise Unusable(INCOMPLETE, f"the claim {told.claim} is no word of user_type")


def _organisations(meant: Claims, claims: Mapping[str, Any]) -> Iterator[Organisation]:
    if meant.organisation_name and claims.get(meant.organisation_name):
        name = _text(claims, meant.organisation_name)
        yield Organisation(name, _text(claims, meant.organisation_identifier or ""))
        return
    several, seen = meant.organisations, set()
    if several is None:
        return
    for item in _items(claims, several.claim, MOST_ORGANISATIONS):
        found = Organisation(_text(item, several.name), _text(item, several.identifier))
        if found not in seen:
            seen.add(found)
            yield found


def _wards(meant: Claims, claims: Mapping[str, Any]) -> Iterator[Ward]:
    """Those of whom name and number are told whole; of another one nothing is known, as before.

    A child that the provider masks is no reason to turn its parent away.
    """
    told = meant.wards
    if told is None:
        return
    for item in _items(claims, told.claim, MOST_WARDS):
        with contextlib.suppress(Unusable):
            yield Ward(_text(item, told.name), _text(item, told.identifier))


def _items(claims: Mapping[str, Any], claim: str, most: int) -> Iterator[Mapping[str, Any]]:
    listed = claims.get(claim)
    if listed is None:
        return
    if not isinstance(listed, list) or len(listed) > most:
        raise Unusable(UNREADABLE, f"the claim {claim} is no list of at most {most}")
    for item in listed:
        if not isinstance(item, dict):
            raise Unusable(UNREADABLE, f"an item of the claim {claim} is no object")
        yield item


def _phone(meant: Claims, claims: Mapping[str, Any]) -> str | None:
    """What is proposed as contact; whoever declares may write another, and none is no fault."""
    value = claims.get(meant.phone or "")
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    return text if len(text) <= LONGEST_PHONE and holds_telephone(text) else None


def _text(claims: Mapping[str, Any], claim: str) -> str:
    value = claims.get(claim)
    text = one_line(value).strip() if isinstance(value, str) else ""
    if not text or len(text) > LONGEST_NAME:
        raise Unusable(INCOMPLETE, f"the claim {claim} is missing, or no text of usual length")
    if "*" in text or "＊" in text:
        raise Unusable(MASKED, f"the claim {claim} is masked with *: it has to be whole")
    return text


def _document(meant: Claims, claims: Mapping[str, Any]) -> str:
    told = meant.identifier_type
    if told.value is not None:
        return told.value
    value = claims.get(told.claim or "")
    found = told.map.get(str(value)) if isinstance(value, (str, int)) else None
    if found is None or found not in IDENTIFIER_TYPES["person"]:
        raise Unusable(INCOMPLETE, f"the claim {told.claim} is no word of identifier_type.map")
    return found


def _roles(provider: Provider, claims: Mapping[str, Any]) -> tuple[str, ...]:
    if provider.roles is None:
        return ()
    words = _values(claims.get(provider.roles.claim))
    return tuple(sorted({provider.roles.map[w] for w in words if w in provider.roles.map}))


def _is_among(wanted: Among, claims: Mapping[str, Any]) -> bool:
    return not set(wanted.values).isdisjoint(_values(claims.get(wanted.claim)))


def _values(claim: Any) -> list[str]:
    """The words of a claim that is one, or a list of them; a number is a word as it is written."""
    listed = claim if isinstance(claim, list) else [claim]
    return [
        str(each) for each in listed if isinstance(each, (str, int)) and not isinstance(each, bool)
    ]


NOT_OURS = Message("这个账号没有在本站工作的权限。请向管理者申请。")
NO_SECOND_FACTOR = Message("在本站工作要用两种方式登录（如口令加动态码）。请在登录时用上第二种。")
NO_ORGANISATION = Message("这个账号没有可以代表的单位。")
INCOMPLETE = Message("登录平台给出的身份信息不完整，暂时不能用它登录。请告知本站的管理者。")
MASKED = Message("登录平台给出的姓名或号码带星号，不完整，不能用来声明。请告知本站的管理者。")
UNREADABLE = Message("登录平台给出的名单读不懂，暂时不能用它登录。请告知本站的管理者。")
