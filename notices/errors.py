"""Every refusal as a class: its code, its status, and the sentence shown to whoever is refused."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from notices.texts import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that is wrong: where, what (a stable code), and what its message needs."""

    field: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> Text:
        return MESSAGES[self.code].format(**self.params)


MESSAGES: dict[str, Text] = {
    "required": Text("请填写此项。", "This is required."),
    "wrong_type": Text("此项的格式不对，应为{expected}。", "This has the wrong type: {expected}."),
    "unknown_parameter": Text("不认识的参数“{name}”。", "Unknown parameter “{name}”."),
    "bad_value": Text("此项的值不对：{expected}。", "This value is not allowed: {expected}."),
}
"""The sentence for each code of a `Problem`."""


class Refusal(Exception):
    """A request that is refused as a whole, in the words of its class."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[Text]

    def __init__(
        self,
        *,
        problems: list[Problem] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(self.code)
        self.problems = problems or []
        self.headers = headers or {}
        self.extra = extra

    @property
    def detail(self) -> Text:
        return self.title.format(**self.extra)


class Invalid(Refusal):
    code, status = "invalid", 422
    title = Text("有内容需要改正，请看每一项的说明。", "Some values are wrong; see each field.")


class NotAllowedNow(Refusal):
    code, status = "not_allowed_now", 409
    title = Text("这份公告现在的状态不允许这样做。", "The notice's present status does not allow this.")
