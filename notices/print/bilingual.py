"""Words for paper: Chinese, with the language beside it that is asked for."""

from notices.facts.public.form import Words
from notices.facts.texts import Message, Text
from notices.locale import SOURCE

AS_OF = Message("状态截至 {at}")
"""Paper and pictures are looked at later than they are made: they say how old their status is."""
NO_TYPE = Message("“〓”处是字库没有的字，依次为：{points}；网页上可以看到原字。")


class Bilingual:
    """Chinese, and beside it `language` where that is another one."""

    def __init__(self, language: str) -> None:
        self.other = language if language != SOURCE else None

    def __call__(self, text: Text | Words) -> str:
        return " ".join(self.lines(text))

    def lines(self, text: Text | Words) -> list[str]:
        # What is the same in both is said once.
        return list(dict.fromkeys((text.zh, text.in_(self.other or SOURCE))))

    def moment(self, at: Text) -> str:
        return f"{at.zh} ({at.in_(self.other)})" if self.other else at.zh
