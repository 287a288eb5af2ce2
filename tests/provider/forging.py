"""Tokens that must not be believed, made from one that may be."""

import base64
import functools
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

Json = dict[str, Any]
KINDS = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
NEW = {
    "RSA": lambda: RSAKey.generate_key(2048),
    "EC": lambda: ECKey.generate_key("P-256"),
    "OKP": lambda: OKPKey.generate_key("Ed25519"),
}
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Genuine:
    """A token of the provider's, with the key that signed it and the secret of its client."""

    token: str
    jwk: Json
    secret: str

    @classmethod
    def of(cls, token: str, keys: list[Json], secret: str) -> "Genuine":
        kid = _read(token.split(".")[0])["kid"]
        return cls(token, next(key for key in keys if key["kid"] == kid), secret)

    @property
    def header(self) -> Json:
        return _read(self.token.split(".")[0])

    @property
    def claims(self) -> Json:
        return _read(self.token.split(".")[1])

    @property
    def signature(self) -> str:
        return self.token.split(".")[2]

    def claiming(self, **changes: Any) -> str:
        """Signed as it should be, and saying something else; what is None is left out."""
        return self.signed(json.dumps(_changed(self.claims, changes)).encode())

    def signed(self, claims: bytes | None = None, key: Any = None, **header: Any) -> str:
        """Signed by hand, part by part: the library's own way would refuse to sign nonsense."""
        head = _changed(self.header, header)
        if claims is None:
            claims = json.dumps(self.claims).encode()
        said = f"{_write(head)}.{_text(claims)}"
        way: Any = JWSRegistry(algorithms=[head["alg"]]).get_alg(head["alg"])
        return f"{said}.{_text(way.sign(said.encode(), key or self.key))}"

    def headed(self, **header: Any) -> str:
        """Another header over the claims, with nothing signed anew."""
        return ".".join([_write(_changed(self.header, header)), *self.token.split(".")[1:]])

    @functools.cached_property
    def key(self) -> Any:
        return KINDS[self.jwk["kty"]].import_key(self.jwk)

    def another_key(self) -> Any:
        return _another(self.jwk["kty"])


Forgery = Callable[[Genuine], str]


def later(seconds: int) -> int:
    return int(time.time()) + seconds


def _by_own_key_in_header(it: Genuine) -> str:
    key = it.another_key()
    return it.signed(key=key, kid=None, jwk=key.as_dict(private=False))


def _by_public_key_as_secret(it: Genuine) -> str:
    said = f"{_write({**it.header, 'alg': 'HS256'})}.{it.token.split('.')[1]}"
    secret = it.key.as_pem(private=False)
    return f"{said}.{_text(hmac.digest(secret, said.encode(), 'sha256'))}"


WRONG_TOKENS: dict[str, Forgery] = {
    "alg none": lambda it: it.headed(alg="none").rpartition(".")[0] + ".",
    "alg nOnE": lambda it: it.headed(alg="nOnE").rpartition(".")[0] + ".",
    "alg none with a signature": lambda it: it.headed(alg="none"),
    "no alg": lambda it: it.headed(alg=None),
    "no signature": lambda it: it.token.rpartition(".")[0] + ".",
    "another signature": lambda it: (
        it.token.rpartition(".")[0] + "." + it.signature[:9] + _other(it.signature[9:])
    ),
    "changed after it was signed": lambda it: ".".join(
        [it.token.split(".")[0], _write({**it.claims, "sub": "another"}), it.signature]
    ),
    "signed by the client secret": lambda it: it.signed(
        key=OctKey.import_key(it.secret), alg="HS256", kid=None
    ),
    "signed by the public key": _by_public_key_as_secret,
    "crit that is a list of lists": lambda it: it.signed(crit=[[]]),
    "signed by an unknown kid": lambda it: it.signed(key=it.another_key(), kid="unknown"),
    "signed by another key": lambda it: it.signed(key=it.another_key()),
    "signed by a key of its own": _by_own_key_in_header,
    "a critical header nobody knows": lambda it: it.signed(crit=["new"], new=1),
    "another issuer": lambda it: it.claiming(iss="http://127.0.0.1:9/another"),
    "no issuer": lambda it: it.claiming(iss=None),
    "another audience": lambda it: it.claiming(aud="another"),
    "other audiences": lambda it: it.claiming(aud=["another", "a third"]),
    "no audience": lambda it: it.claiming(aud=None),
    "expired": lambda it: it.claiming(iat=later(-7200), exp=later(-3600)),
    "never to expire": lambda it: it.claiming(exp=None),
    "expiring in words": lambda it: it.claiming(exp="tomorrow"),
    "issued later": lambda it: it.claiming(iat=later(3600), exp=later(7200)),
    "never issued": lambda it: it.claiming(iat=None),
    "of another type": lambda it: it.signed(typ="at+jwt"),
    "no object": lambda it: it.signed(b"[]"),
    "no token": lambda it: "no.token",
    "nothing": lambda it: "",
}  # fmt: skip
"""What is wrong with a token of either kind."""

WRONG_ID_TOKENS: dict[str, Forgery] = {
    **WRONG_TOKENS,
    "no nonce": lambda it: it.claiming(nonce=None),
    "another nonce": lambda it: it.claiming(nonce="another"),
    "no subject": lambda it: it.claiming(sub=None),
    "a subject that is no text": lambda it: it.claiming(sub=7),
    "a token that ends sessions": lambda it: it.signed(typ="logout+jwt"),
    "for another party": lambda it: it.claiming(aud=[it.claims["aud"], "another"], azp="another"),
}

WRONG_LOGOUT_TOKENS: dict[str, Forgery] = {
    **WRONG_TOKENS,
    "with a nonce": lambda it: it.claiming(nonce="any"),
    "no events": lambda it: it.claiming(events=None),
    "another event": lambda it: it.claiming(events={"https://another.example/event": {}}),
    "an event that is no object": lambda it: it.claiming(events={LOGOUT: "yes"}),
    "of nobody": lambda it: it.claiming(sub=None, sid=None),
    "no jti": lambda it: it.claiming(jti=None),
}


@functools.cache
def _another(kind: str) -> Any:
    return NEW[kind]()


def _changed(known: Json, changes: Json) -> Json:
    return {name: it for name, it in {**known, **changes}.items() if it is not None}


def _other(signature: str) -> str:
    return ("A" if signature[0] != "A" else "B") + signature[1:]


def _read(part: str) -> Json:
    read = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert isinstance(read, dict)
    return read


def _write(part: Json) -> str:
    return _text(json.dumps(part).encode())


def _text(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
