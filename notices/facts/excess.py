"""Refusals of what is too much, and of what is too much for somebody whom nobody knows."""

from typing import Any

from notices.facts.errors import Refusal, SignInRequired
from notices.facts.texts import Message


class TooManyRequests(Refusal):
    code, status = "too_many_requests", 429
    title = Message("次数太多：{limit}。请在 {wait} 后再试。")


class TooManyUnlessSignedIn(TooManyRequests):
    title = Message("次数太多：{limit}。请在 {wait} 后再试；登录后可以核验更多。")
    offers_sign_in = True


class TooManyChanges(Refusal):
    code, status = "too_many_changes", 429
    title = Message(
        "一小时内一个人（一个机关）最多改动 {most} 份公告，这一份没有改动，以前的照旧。"
        "请另一位工作人员在审核台放行，或在 {wait} 后继续。"
    )
    by: Any = None
    """Whoever has changed that many (`journal.Actor`)."""


class ManyNeedSignIn(SignInRequired):
    title = Message("一次核验超过 {most} 个号码须先登录，或使用机关密钥。")
