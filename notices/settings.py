"""The environment, read once into one frozen value; every variable is listed in the README."""

import os
import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from notices.facts import networks, regions
from notices.facts.texts import Message, TextError

_INDEX = re.compile(r"[A-Za-z0-9_-]{1,200}")
_CONTACT = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:[+0-9;=()-]+)")
"""What RFC 9116 takes for a contact, as far as a slip is likely."""

SECRETS = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_AUDIT_URL",
    "MEILI_MASTER_KEY", "MEILI_SEARCH_KEY", "MEILI_WRITE_KEY",
)  # fmt: skip
"""What may hold a password or a key: each may be named by a file, as `…_FILE`."""
_LONGEST_SECRET = 4096
OWN_FILES = ("CATALOGUE", "REGIONS", "SIGN_IN", "SITE")


class SettingsError(TextError):
    """A variable of the environment cannot be used as it is."""

    def __init__(self, why: str) -> None:
        super().__init__(Message("环境变量设置有误："), f" {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a deployment decides. `public_url` has no slash at its end."""

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    data: Path = Path("var")
    database_url: str | None = field(default=None, repr=False)
    database_owner_url: str | None = field(default=None, repr=False)
    database_audit_url: str | None = field(default=None, repr=False)
    meili_url: str | None = None
    meili_master_key: str | None = field(default=None, repr=False)
    meili_search_key: str | None = field(default=None, repr=False)
    meili_write_key: str | None = field(default=None, repr=False)
    meili_index: str = "notices"
    meili_bin: str | None = None
    demo: bool = False
    sign_in: Path | None = None
    rate_limits: bool = True
    region: str = "370700"
    site_name: str = "遗失声明公示"
    site: Path | None = None
    catalogue: Path | None = None
    regions: Path | None = None
    log_name: str = ""
    workers: int = 1
    spare: bool = True
    forwarded_allow_ips: str = ""
    security: str = ""
    pool_size: int = 10
    bulk_limit: int = 50
    metrics: tuple[str, int] | None = None
    upload_scanner: tuple[str, ...] = ()
    webhook_networks: tuple[networks.Network, ...] = ()

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Our own, as browsers write it (RFC 6454)."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_of_this_machine(self) -> bool:
        """Whether nobody elsewhere can open it."""
        return _is_of_this_machine(urlsplit(self.public_url))

    @property
    def keys_folder(self) -> Path:
        return self.data / "keys"

    @property
    def uploads_folder(self) -> Path:
        """Where evidence is kept, sealed; web processes of one service share it."""
        return self.data / "uploads"

    @property
    def log_origin(self) -> str:
        """The log's name in its first checkpoint (C2SP tlog-checkpoint: a schema-less URL)."""
        return self.log_name or f"{urlsplit(self.public_url).netloc}/log"

    @property
    def security_contact(self) -> str:
        """Whom to tell of a weakness, as a URI; unless told, the mailbox that RFC 2142 names."""
        host = urlsplit(self.public_url).hostname or ""
        is_name = any(map(str.isalpha, host)) and ":" not in host
        return self.security or f"mailto:security@{host if is_name else f'%5B{host}%5D'}"


def _number(environment: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _switch(environment: Mapping[str, str], name: str, default: bool) -> bool:
    text = environment.get(name, "")
    if text not in ("", "0", "1"):
        raise SettingsError(f"{name} must be 0 or 1, not {text!r}.")
    return text == "1" if text else default


def _parts(url: str, *schemes: str) -> SplitResult | None:
    """The parts of a server's URL; None where it is none."""
    try:
        parts = urlsplit(url)
        right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if right else None


def _server(environment: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    """The URL of a server. What a wrong one holds is not repeated: it may be a password."""
    text = environment.get(name) or ""
    if not text:
        return None
    if _parts(text, *schemes) is None:
        raise SettingsError(f"{name} must be a URL that begins with {' or '.join(schemes)}://.")
    return text.rstrip("/")


def _address(environment: Mapping[str, str], name: str) -> tuple[str, int] | None:
    """An address to listen on, such as 127.0.0.1:9100 or [::1]:9100."""
    text = environment.get(name) or ""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SettingsError(f"{name} must be like 127.0.0.1:9100, not {text!r}.")
    return host.strip("[]"), int(port)


def _command(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """A program and its arguments, quoted as in a shell; no shell runs it."""
    try:
        words = tuple(shlex.split(environment.get(name) or ""))
    except ValueError:
        raise SettingsError(f"{name} has a quotation mark that nothing closes.") from None
    if words and shutil.which(words[0]) is None:
        raise SettingsError(f"{name} names the program {words[0]!r}, which is not there.")
    return words


def _region(environment: Mapping[str, str], own: Path | None) -> str:
    text = environment.get("REGION") or ""
    if not text:
        return "370700"
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        raise SettingsError(f"REGION must be a six-digit GB/T 2260 code, not {text!r}.")
    try:
        known = regions.load(own).known(text)
    except (regions.RegionsError, OSError):
        return text  # what is wrong with that file is told where it is needed
    if not known:
        raise SettingsError(f"REGION must be a code of GB/T 2260 or of REGIONS; {text} is none.")
    return text


def _networks(text: str, wanted: str) -> dict[str, networks.Network]:
    """Addresses and networks of others, as they are written; never all there are."""
    found: dict[str, networks.Network] = {}
    for entry, network in networks.named(text):
        if network is None:
            raise SettingsError(wanted.format(entry=entry))
        found[entry] = network
    return found


_PROXIES = (
    "FORWARDED_ALLOW_IPS must name the proxies' own addresses or networks, such as 10.0.0.5 or "
    "10.1.0.0/24, not {entry!r}: whoever is believed there can count as anybody."
)
_WEBHOOKS = "WEBHOOK_NETWORKS must name networks such as 10.1.0.0/24, not {entry!r}."


def _is_of_this_machine(url: SplitResult) -> bool:
    return (url.hostname or "") in ("127.0.0.1", "::1", "localhost")


def _refuse_what_is_not_safe(public: SplitResult, *, demo: bool, proxies: str) -> None:
    """Real people sign in: not to a demo, and not in the clear but on this very machine."""
    if demo:
        raise SettingsError("DEMO=1 and SIGN_IN exclude each other: a demo believes every name.")
    if _is_of_this_machine(public):
        return
    if public.scheme != "https":
        raise SettingsError("PUBLIC_URL must begin with https:// where people sign in (SIGN_IN).")
    if not proxies:
        raise SettingsError(
            "FORWARDED_ALLOW_IPS must name the proxy that speaks https for this service, where "
            "people sign in (SIGN_IN): the service itself speaks plain http."
        )


def _with_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with what is in the files of secrets (a container's, systemd's) read."""
    told = dict(environment)
    for name in SECRETS:
        file = told.pop(f"{name}_FILE", "")
        if not file:
            continue
        if told.get(name):
            raise SettingsError(f"{name} and {name}_FILE exclude each other: give one of them.")
        try:
            with Path(file).open("rb") as stream:
                text = stream.read(_LONGEST_SECRET + 1).decode().strip()
        except (OSError, ValueError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "is no text in UTF-8"
            raise SettingsError(f"{name}_FILE: {file}: {why}.") from None
        # A value of several lines is some other file, whose content nobody should be told.
        if not text or len(text) > _LONGEST_SECRET or not text.isprintable():
            raise SettingsError(f"{name}_FILE: {file} must hold one line, the value of {name}.")
        told[name] = text
    return told


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """`Settings` from the variables of the README; raises SettingsError naming a wrong one."""
    environment = _with_secrets(environment)
    port = _number(environment, "PORT", 8000, 1, 65535)
    public_url = (environment.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = _parts(public_url, "http", "https")
    if parts is None or parts.path or parts.query or parts.fragment:
        raise SettingsError(f"PUBLIC_URL must be like https://notices.example, not {public_url!r}.")
    security = environment.get("SECURITY_CONTACT") or ""
    if security and not _CONTACT.fullmatch(security):
        raise SettingsError(
            f"SECURITY_CONTACT must be like mailto:security@notices.example, https://… or "
            f"tel:+86…, not {security!r}."
        )
    demo = _switch(environment, "DEMO", False)
    files = {name: Path(environment[name]) for name in OWN_FILES if environment.get(name)}
    sign_in = files.get("SIGN_IN")
    if not _INDEX.fullmatch(index := environment.get("MEILI_INDEX") or "notices"):
        raise SettingsError(f"MEILI_INDEX takes letters, digits, - and _ only, not {index!r}.")
    proxies = ",".join(_networks(environment.get("FORWARDED_ALLOW_IPS") or "", _PROXIES))
    if sign_in:
        _refuse_what_is_not_safe(parts, demo=demo, proxies=proxies)
    metrics = _address(environment, "METRICS_ADDRESS")
    database_url = environment.get("DATABASE_URL") or None
    owner_url = environment.get("DATABASE_OWNER_URL") or None
    if owner_url and not database_url:
        raise SettingsError("DATABASE_OWNER_URL needs DATABASE_URL beside it, of the other role.")
    if metrics and metrics[1] == port:
        raise SettingsError("METRICS_ADDRESS needs a port other than PORT.")
    return Settings(
        host=environment.get("HOST") or "127.0.0.1",
        port=port,
        public_url=public_url,
        data=Path(environment.get("DATA") or "var"),
        database_url=database_url,
        database_owner_url=owner_url,
        database_audit_url=environment.get("DATABASE_AUDIT_URL") or None,
        meili_url=_server(environment, "MEILI_URL", ("http", "https")),
        meili_master_key=environment.get("MEILI_MASTER_KEY") or None,
        meili_search_key=environment.get("MEILI_SEARCH_KEY") or None,
        meili_write_key=environment.get("MEILI_WRITE_KEY") or None,
        meili_index=index,
        meili_bin=environment.get("MEILI_BIN") or None,
        demo=demo,
        sign_in=sign_in,
        rate_limits=_switch(environment, "RATE_LIMITS", not demo),
        region=_region(environment, files.get("REGIONS")),
        site_name=environment.get("SITE_NAME") or "遗失声明公示",
        site=files.get("SITE"),
        catalogue=files.get("CATALOGUE"),
        regions=files.get("REGIONS"),
        log_name=environment.get("LOG_NAME") or "",
        workers=_number(environment, "WORKERS", 1, 1, 64),
        spare=_switch(environment, "SPARE", True),
        forwarded_allow_ips=proxies,
        security=security,
        metrics=metrics,
        upload_scanner=_command(environment, "UPLOAD_SCANNER"),
        webhook_networks=tuple(
            _networks(environment.get("WEBHOOK_NETWORKS") or "", _WEBHOOKS).values()
        ),
        pool_size=_number(environment, "POOL_SIZE", 10, 2, 100),
        bulk_limit=_number(environment, "BULK_LIMIT", 50, 1, 1_000_000),
    )
