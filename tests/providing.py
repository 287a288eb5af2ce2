"""Signing in at a real provider, which the fixture `provider` (tests/provided.py) starts."""

import contextlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

from tests.provider.forging import WRONG_ID_TOKENS, Forgery, Genuine
from tests.provider.front import Front
from tests.provider.visitor import PLAIN
from tests.provider.visitor import Visitor as Visitor
from tests.provider.visitor import callback_at as callback_at
from tests.provider.visitor import signed_in_at as signed_in_at

FOLDER = Path(__file__).parent / "provider"
BASE = "http://testserver.example"
CLIENT = "notices"
SECRET = "only-the-tests-know-this-secret-of-theirs"
IDS = ("province", "companies", "desk", "agencies")
"""What the providers of a sign-in file may be called at `BASE`; `serving` adds other places."""

HIGH = {"acr": "high", "amr": ["pwd", "otp"]}
ACCOUNTS: dict[str, dict[str, Any]] = {
    "anna": {
        "name": "张三", "id_number": "37999919000101001X", "phone_number": "13800000001", **HIGH,
    },
    "low": {"name": "赵六", "id_number": "379999190001030025", "acr": "low", "amr": ["pwd"]},
    "restaurant": {
        "name": "李四", "id_number": "379999190001020023", "phone_number": "13800000002",
        "org_name": "潍坊市奎文区某某餐饮店", "org_code": "92379999MA0000023B", **HIGH,
    },
    "several": {
        "name": "李四", "id_number": "379999190001020023", **HIGH,
        "orgs": [
            {"name": "潍坊市奎文区某某餐饮店", "code": "92379999MA0000023B"},
            {"name": "潍坊市某某商贸有限公司", "code": "91379999MA00000156"},
        ],
    },
    "officer": {
        "name": "王五", "id_number": "379999190001020023", "groups": ["notices-desk"], **HIGH,
    },
    "lead": {
        "name": "王五", "id_number": "379999190001020023",
        "groups": ["notices-desk", "notices-lead"], **HIGH,
    },
    "clerk": {
        "name": "周八", "id_number": "37999919000104006X",
        "groups": ["agency-staff"], "agency_id": "1", **HIGH,
    },
}  # fmt: skip
"""Whoever a test may be, by the name of their account, which is their `sub`."""


@dataclass
class Provider:
    front: Front
    log: Path
    issuer: str
    admin: httpx.Client
    started_in: float
    client_id: str = CLIENT
    secret: str = SECRET

    def account(self, id: str, /, only: dict[str, str] | None = None, **claims: Any) -> str:
        """An account, new or instead of one; `only={"id_number": "userinfo"}` says in which answer
        alone ("id_token" or "userinfo") a claim comes. What a session was worth when it began
        (acr, amr) it is worth to its end."""
        self._act("account", id=id, claims=claims, only=only or {})
        return id

    def changed(self, id: str, /, only: dict[str, str] | None = None, **claims: Any) -> str:
        """The account of that name with other claims beside its own; what is None it lacks."""
        both = {**ACCOUNTS.get(id, {}), **claims}
        kept = {name: it for name, it in both.items() if it is not None}
        return self.account(id, only, **kept)

    def client(self, client_id: str = CLIENT, **metadata: Any) -> None:
        """A client as OpenID Connect's registration has it, new or changed."""
        self._act("client", client_id=client_id, **metadata)

    def serving(self, base: str, *ids: str) -> None:
        """Our client is a service at `base`, whose file has providers of these ids."""
        self.client(**_places(base, ids or IDS))

    def rotate(self, *, keep: bool) -> None:
        """New keys sign; the ones before stay published, or are gone."""
        self._act("rotate", keep=keep)

    def keys(self) -> list[dict[str, Any]]:
        """All that are published, with their private parts."""
        return list(self._act("keys"))

    def end(self, account: str | None = None) -> list[dict[str, Any]]:
        """Ends the sessions of an account, or all: each client is told, as {client_id, sub, sid,
        failed: why or null}. Where no client was given a place for it, `caught` has the tokens."""
        return list(self._act("end", account=account))

    def caught(self) -> list[str]:
        """The logout tokens that were sent since, to be brought wherever the test likes."""
        return list(self._act("caught"))

    def genuine(self, token: str) -> Genuine:
        """A token of ours, to be forged."""
        return Genuine.of(token, self.keys(), self.secret)

    @contextlib.contextmanager
    def forging(self, how: str | Forgery, times: int | None = None) -> Iterator[None]:
        """Within it the token endpoint gives what `how` (a name in `WRONG_ID_TOKENS`) makes."""
        forge = WRONG_ID_TOKENS[how] if isinstance(how, str) else how
        keys = self.keys()

        def alter(said: dict[str, Any]) -> dict[str, Any]:
            return {**said, "id_token": forge(Genuine.of(said["id_token"], keys, self.secret))}

        with self.front.fault("token", alter=alter, times=times):
            yield

    def claiming(self, **claims: Any) -> contextlib.AbstractContextManager[None]:
        """Within it id_tokens say this instead, rightly signed; what is None they lack."""
        return self.forging(lambda it: it.claiming(**claims))

    def reset(self) -> None:
        """As it was at first: accounts, clients, keys; nobody is signed in, nothing was asked."""
        self._act("reset")
        self.front.asked.clear()

    def sign_in_file(self, folder: Path, id: str = "province", **more: Any) -> Path:
        """A file for SIGN_IN that names this provider, with its secret beside it; `more` is put
        over the settings of `[[provider]]`, and what is None is left out."""
        secret = folder / "secret"
        secret.write_text(f"{self.secret}\n")
        settings = {
            "id": id,
            "name": {"zh": "省统一身份认证", "en": "Provincial sign-in"},
            "kinds": ["person", "organisation"],
            "issuer": self.issuer,
            "client_id": self.client_id,
            "client_secret_file": str(secret),
            "scope": "openid profile",
            "assurance": {"claim": "acr", "verified": ["high"]},
            "claims": {
                "name": "name",
                "identifier": "id_number",
                "identifier_type": {"value": "resident-id"},
                "phone": "phone_number",
                "organisation_name": "org_name",
                "organisation_identifier": "org_code",
                "organisations": {"claim": "orgs", "name": "name", "identifier": "code"},
            },
            **more,
        }
        lines = [f"{key} = {_toml(it)}" for key, it in settings.items() if it is not None]
        file = folder / "sign-in.toml"
        file.write_text("\n".join(["[[provider]]", *lines, ""]))
        return file

    def _act(self, what: str, **how: Any) -> Any:
        answer = self.admin.post(f"/{what}", json=how)
        assert answer.status_code == 200, answer.text
        return answer.json()


def _places(base: str, ids: tuple[str, ...]) -> dict[str, list[str]]:
    return {
        "redirect_uris": [f"{base}/sign-in/{id}/callback" for id in ids],
        "post_logout_redirect_uris": [f"{base}/"],
    }


def _toml(it: Any) -> str:
    """A value in TOML; its texts and lists of texts are JSON's."""
    if isinstance(it, dict):
        return (
            "{ " + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in it.items()) + " }"
        )
    return json.dumps(it, ensure_ascii=False)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Provider]:
    """A provider of its own behind its front; its configuration and its log lie in `folder`."""
    configuration, log = folder / "provider.json", folder / "provider.log"
    before = time.monotonic()
    with Front() as front:
        client = {"client_id": CLIENT, "client_secret": SECRET, **_places(BASE, IDS)}
        accounts = {id: {"claims": claims} for id, claims in ACCOUNTS.items()}
        configuration.write_text(
            json.dumps({"issuer": front.url, "clients": [client], "accounts": accounts})
        )
        with log.open("wb") as errors, _served(configuration, errors) as told:
            front.to = f"http://127.0.0.1:{told['port']}"
            took = time.monotonic() - before
            acting = f"http://127.0.0.1:{told['admin']}"
            with httpx.Client(base_url=acting, trust_env=False, verify=PLAIN, timeout=10) as admin:
                yield Provider(front, log, front.url, admin, took)


@contextlib.contextmanager
def example(folder: Path) -> Iterator[Path]:
    """The example for one machine (docs/sign-in.md), at a port that is free; its file."""
    known = json.loads((FOLDER / "example.json").read_text())
    del known["port"]
    (folder / "example.json").write_text(json.dumps(known))
    shutil.copy(FOLDER / "example.secret", folder)
    with _served(folder / "example.json", None) as told:
        text = (FOLDER / "example.toml").read_text()
        file = folder / "example.toml"
        file.write_text(text.replace("http://127.0.0.1:9000", told["issuer"]))
        yield file


@contextlib.contextmanager
def _served(configuration: Path, errors: IO[bytes] | None) -> Iterator[dict[str, Any]]:
    """The provider's own program at work; what it says when it is ready."""
    with subprocess.Popen(
        ["node", "server.mjs", str(configuration)], cwd=FOLDER,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        line = server.stdout.readline().decode()
        assert line.startswith("ready "), "it did not start; its log says why"
        try:
            yield json.loads(line.removeprefix("ready "))
        finally:
            server.communicate()  # closes its input, at which it ends
