"""What a provider vouches for, read by its file: whom somebody may go on as."""

from collections.abc import Iterator, Mapping
from typing import Any

from notices.facts.identifiers import IDENTIFIER_TYPES
from notices.facts.masking import one_line
from notices.facts.texts import Message
from notices.identity import Organisation, Person
from notices.providers.configuration import Among, Provider

LONGEST_NAME = 200
MOST_ORGANISATIONS = 200


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
    meant = provider.claims
    name, identifier = _text(claims, meant.name), _text(claims, meant.identifier)
    document = _document(provider, claims)
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
    found = [as_("organisation", organisation=each) for each in _organisations(provider, claims)]
    is_one = bool(meant.organisation_name and claims.get(meant.organisation_name))
    if "person" in provider.kinds and not is_one:
        found.append(as_("person"))
    if not found:
        raise Unusable(NO_ORGANISATION, "no claim names an organisation, and kinds lacks person")
    return tuple(found)


def _organisations(provider: Provider, claims: Mapping[str, Any]) -> Iterator[Organisation]:
    meant, several = provider.claims, provider.claims.organisations
    if meant.organisation_name and claims.get(meant.organisation_name):
        name = _text(claims, meant.organisation_name)
        yield Organisation(name, _text(claims, meant.organisation_identifier or ""))
        return
    if several is None or claims.get(several.claim) is None:
        return
    listed = claims[several.claim]
    if not isinstance(listed, list) or len(listed) > MOST_ORGANISATIONS:
        raise Unusable(UNREADABLE, f"the claim {several.claim} is no list of some organisations")
    seen = set()
    for item in listed:
        if not isinstance(item, dict):
            raise Unusable(UNREADABLE, f"an item of the claim {several.claim} is no object")
        found = Organisation(_text(item, several.name), _text(item, several.identifier))
        if found not in seen:
            seen.add(found)
            yield found


def _text(claims: Mapping[str, Any], claim: str) -> str:
    value = claims.get(claim)
    text = one_line(value).strip() if isinstance(value, str) else ""
    if not text or len(text) > LONGEST_NAME:
        raise Unusable(INCOMPLETE, f"the claim {claim} is missing, or no text of usual length")
    if "*" in text or "＊" in text:
        raise Unusable(MASKED, f"the claim {claim} is masked with *: it has to be whole")
    return text


def _document(provider: Provider, claims: Mapping[str, Any]) -> str:
    told = provider.claims.identifier_type
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
    """The words of a claim that is one, or a list of them."""
    if isinstance(claim, str):
        return [claim]
    return [each for each in claim if isinstance(each, str)] if isinstance(claim, list) else []


NOT_OURS = Message("这个账号没有在本站工作的权限。请向管理者申请。")
NO_SECOND_FACTOR = Message("在本站工作要用两种方式登录（如口令加动态码）。请在登录时用上第二种。")
NO_ORGANISATION = Message("这个账号没有可以代表的单位。")
INCOMPLETE = Message("登录平台给出的身份信息不完整，暂时不能用它登录。请告知本站的管理者。")
MASKED = Message("登录平台给出的姓名或号码带星号，不完整，不能用来声明。请告知本站的管理者。")
UNREADABLE = Message("登录平台给出的单位名单读不懂，暂时不能用它登录。请告知本站的管理者。")
