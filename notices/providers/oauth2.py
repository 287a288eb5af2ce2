"""OAuth 2.0 with a provider's own answer to who somebody is: the code flow, and no ID token.

RFC 6749 (4.1), RFC 7636 (PKCE), RFC 9207 (`iss` in the answer). What such platforms publish is much
alike: an endpoint that takes the access token, and an envelope around what it answers, in which a
refusal may come with the status 200.
"""

import re
from collections.abc import Mapping
from typing import Any

from notices.facts.texts import Message, Text
from notices.providers.configuration import OAuth2, Provider
from notices.providers.fetching import ProviderDown, Refused, an_object, error_in
from notices.providers.party import NOBODYS, NotProven, Party, Question, with_query

LONGEST_TOKEN = 4000
LONGEST_SUBJECT = 255


class OAuth2Party(Party):
    """A provider that the file describes, since it says nothing of itself."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(provider, self._refusal)
        assert provider.oauth2 is not None  # noqa: S101  (`parties.of` asks)
        self._how: OAuth2 = provider.oauth2

    async def address(
        self, question: Question, state: str, redirect_uri: str, lang: str, *, anew: bool = False
    ) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        if self.provider.scope:
            asked["scope"] = self.provider.scope
        if self._how.pkce:
            asked |= question.challenge
        return with_query(self._how.authorize, asked)

    async def claims(
        self, code: str, question: Question, redirect_uri: str, issuer: str | None
    ) -> dict[str, Any]:
        if issuer not in (None, self.provider.issuer):
            raise NotProven("the answer is another issuer's")
        given = await self._tokens(code, question, redirect_uri)
        access = given.pop("access_token", None)
        if not isinstance(access, str) or not 0 < len(access) <= LONGEST_TOKEN:
            raise NotProven("there is no access_token")
        found = await self._userinfo(self._userinfo_address(given), access)
        subject = self._subject(found)
        if subject is None:
            raise NotProven(f"userinfo: the claim {self._how.subject} is missing: it names nobody")
        if self._subject(given) not in (None, subject):
            raise NotProven("userinfo is about somebody else")
        if len({self._type(given), self._type(found)} - {None}) > 1:
            raise NotProven("userinfo is about another type of account")
        claims = given | found
        audience = self._how.audience
        if audience is not None and _word(claims.get(audience)) != self.provider.client_id:
            raise NotProven(f"the token is another client's ({audience})")
        # What these mean in OpenID Connect is nothing that this provider has said.
        return {name: it for name, it in claims.items() if name != "sid"} | {"sub": subject}

    async def end_address(self, back: str) -> str | None:
        return self._how.logout

    async def lacking(self, back: str) -> list[Text]:
        """By asking each endpoint what has to be refused: a code and a token that are nobody's."""
        found: list[Text] = []
        tokens = self._tokens(NOBODYS, Question.new(), back)
        for try_ in (self._lacks_pages(), self._knows_us(tokens), self._lacks_userinfo()):
            try:
                found += await try_
            except ProviderDown as error:
                found.append(error.text)
        return found

    async def _lacks_pages(self) -> list[Text]:
        await self._fetching.shows_a_page(self._how.authorize)
        return []

    async def _lacks_userinfo(self) -> list[Text]:
        how, found = self._how, list[Text]()
        for url in filter(None, (how.userinfo, how.organisation_userinfo)):
            try:
                told = await self._userinfo(url, NOBODYS)
            except (NotProven, Refused):
                continue
            if self._subject(told) is not None:
                found.append(_TELLS_OF_SOMEBODY.format(url=url))
        return found

    async def _tokens(self, code: str, question: Question, redirect_uri: str) -> dict[str, Any]:
        url, how = self._how.token, self._how
        answer = await self._exchanged(
            url, code, question if how.pkce else None, redirect_uri, how.client
        )
        # The standard's answer is in no envelope, and some platforms put even that into theirs;
        # a code of success may stand beside it.
        if "access_token" not in answer:
            return self._opened(answer, url)
        if self._how.success is None or self._how.success.claim in answer:
            self._refuse_failure(answer, url)
        return answer

    def _userinfo_address(self, given: Mapping[str, Any]) -> str:
        """Of an organisation's account, as the token's answer tells it, there may be another."""
        other = self._how.organisation_userinfo
        is_one = self._type(given) == "organisation"
        return other if is_one and other is not None else self._how.userinfo

    async def _userinfo(self, url: str, access: str) -> dict[str, Any]:
        name = self._how.place_name
        if self._how.place == "query":
            content = await self._fetching.get(url, query={name: access})
        elif self._how.place == "form":
            content = await self._fetching.post(url, {name: access})
        elif name.lower() == "authorization":
            content = await self._fetching.get(url, bearer=access)
        else:
            content = await self._fetching.get(url, headers={name: access})
        return self._opened(an_object(content, url), url)

    def _opened(self, answer: dict[str, Any], url: str) -> dict[str, Any]:
        """What is in the envelope; raises Refused where it tells of a refusal."""
        self._refuse_failure(answer, url)
        for name in self._how.data.split(".") if self._how.data else ():
            inner = answer.get(name)
            if not isinstance(inner, dict):
                raise NotProven(f"{url}: has no {name}")
            answer = inner
        return answer

    def _refuse_failure(self, answer: Mapping[str, Any], url: str) -> None:
        success = self._how.success
        if success is not None and _word(answer.get(success.claim)) not in success.values:
            raise Refused(f"{url}: {success.claim} is {_code(answer.get(success.claim))}")
        if success is None and isinstance(answer.get("error"), str):
            raise Refused(f"{url}: answered an error")

    def _refusal(self, content: bytes) -> str | None:
        """As the standard says it, or in the envelope."""
        success = self._how.success
        if (word := error_in(content)) is not None or success is None:
            return word
        try:
            told = an_object(content, "").get(success.claim)
        except ProviderDown:
            return None
        if told is None or _word(told) in success.values:
            return None
        return f"{success.claim} is {_code(told)}"

    def _type(self, told: Mapping[str, Any]) -> str | None:
        """Of which type an account is, as far as this tells."""
        types = self.provider.user_type
        word = _word(told.get(types.claim)) if types is not None else None
        if types is None or word not in (*types.person, *types.organisation):
            return None
        return "organisation" if word in types.organisation else "person"

    def _subject(self, told: Mapping[str, Any]) -> str | None:
        value = told.get(self._how.subject)
        subject = None if isinstance(value, bool) else _word(value)
        return subject if subject and len(subject) <= LONGEST_SUBJECT else None


_TELLS_OF_SOMEBODY = Message("userinfo：{url} 对不存在的令牌也答复了某个人")


def _code(told: Any) -> str:
    """A code of refusal, for the operator; what is no code may be anything, and is not repeated."""
    word = _word(told) or ""
    return word if _CODE.fullmatch(word) else "another one"


_CODE = re.compile(r"-?[A-Za-z0-9_.]{1,20}")


def _word(value: Any) -> str | None:
    """A text or a number as it is written; what is neither is no word."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value.strip() if isinstance(value, str) else None
