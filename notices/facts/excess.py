"""Refusals of what is too much, and of what is too much for somebody whom nobody knows."""

from notices.facts.errors import Refusal, SignInRequired
from notices.facts.texts import Message


class TooManyRequests(Refusal):
    code, status = "too_many_requests", 429
    title = Message("次数太多：{limit}。请在 {wait} 后再试。")


class TooManyUnlessSignedIn(TooManyRequests):
    title = Message("次数太多：{limit}。请在 {wait} 后再试；登录后可以核验更多。")
    offers_sign_in = True


class ManyNeedSignIn(SignInRequired):
    title = Message("一次核验超过 {most} 个号码须先登录，或使用机关密钥。")
