"""What one running copy of the service knows before the first request: rules, keys, settings."""

from dataclasses import dataclass

from notices.database import DB
from notices.facts import catalogue, regions
from notices.facts.catalogue import Catalogue
from notices.facts.regions import Regions
from notices.settings import Settings
from notices.trust.keys import Keys


class WrongKey(Exception):
    """The database was written with another matching key; its numbers could not be found."""


@dataclass(frozen=True, slots=True)
class Deployment:
    settings: Settings
    catalogue: Catalogue
    regions: Regions
    keys: Keys

    @property
    def evidence(self) -> str:
        """How a declarant is known here: the demo's sign-in proves nothing."""
        return "self_declared" if self.settings.demo else "identity_verified"

    def link(self, path: str) -> str:
        return self.settings.public_url + path


def load(settings: Settings) -> Deployment:
    return Deployment(
        settings,
        catalogue.load(settings.catalogue),
        regions.load(),
        Keys.open(settings.keys_folder, settings.log_origin),
    )


async def refuse_another_matching_key(keys: Keys) -> None:
    """Raise WrongKey unless the numbers in the database were hashed with this key.

    With another key every question would be answered `no_notice`, which is the worst
    thing this service could say.
    """
    await DB.fetch(
        "INSERT INTO key_check (purpose, key_id, check_value) VALUES ('matching', $1, $2)"
        " ON CONFLICT DO NOTHING",
        keys.matching_key_id,
        keys.matching_check_value,
    )
    row = await DB.row("SELECT key_id, check_value FROM key_check WHERE purpose = 'matching'")
    if row is None or row["check_value"] != keys.matching_check_value:
        known = row["key_id"] if row else "?"
        raise WrongKey(
            f"数据库中的证件号码是用匹配密钥 {known} 写入的，当前密钥是 {keys.matching_key_id}。"
            f"请把原来的密钥文件放回 keys 目录后再启动。\n"
            f"The numbers in the database were hashed with matching key {known}, the key here is "
            f"{keys.matching_key_id}. Put the original key file back into the keys folder."
        )
