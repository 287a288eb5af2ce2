"""Refusals of what is too much, and of what is too much for somebody whom nobody knows."""

from notices.facts.errors import Refusal, SignInRequired
from notices.facts.texts import Text


class TooManyRequests(Refusal):
    code, status = "too_many_requests", 429
    title = Text(
        "次数太多：{limit}。请在 {wait} 后再试。", "Too many: {limit}. Try again in {wait}."
    )


class TooManyUnlessSignedIn(TooManyRequests):
    title = Text(
        "次数太多：{limit}。请在 {wait} 后再试；登录后可以核验更多。",
        "Too many: {limit}. Try again in {wait}, or sign in, which allows more.",
    )
    offers_sign_in = True


class ManyNeedSignIn(SignInRequired):
    title = Text(
        "一次核验超过 {most} 个号码须先登录，或使用机关密钥。",
        "More than {most} checks at once need a session or an agency's key.",
    )
