"""What one running copy of the service knows before the first request: rules, keys, settings."""

from dataclasses import dataclass

from notices.database import DB, Database
from notices.facts import catalogue, regions
from notices.facts.catalogue import Catalogue
from notices.facts.regions import Regions
from notices.settings import Settings
from notices.trust.keys import Keys


class WrongDatabase(Exception):
    """The database was written under another key or rule; its numbers could not be found."""


class Held(WrongDatabase):
    """The database is not to be served until somebody has said so, or restored it to the end."""


@dataclass(frozen=True, slots=True)
class Deployment:
    settings: Settings
    catalogue: Catalogue
    regions: Regions
    keys: Keys

    @property
    def evidence(self) -> str:
        """How well a declarant is known here: not at all while no sign-in asks a provider."""
        return "self_declared"

    def link(self, path: str) -> str:
        return self.settings.public_url + path


def load(settings: Settings) -> Deployment:
    return Deployment(
        settings,
        catalogue.load(settings.catalogue),
        regions.load(),
        Keys.open(settings.keys_folder, settings.log_origin),
    )


async def look_at(url: str, deployment: Deployment) -> None:
    """`refuse_another_database` of the one at `url`, before anything else is asked of it.

    Raises Unavailable and PostgresError while there is none, or none that was migrated.
    """
    database = Database()
    await database.start(url, 1)
    try:
        await refuse_another_database(deployment, database)
    finally:
        await database.stop()


async def refuse_another_database(deployment: Deployment, database: Database = DB) -> None:
    """Raise WrongDatabase unless the database was written with these keys and these rules.

    With another matching key, or another rule of what a number's normal form and its copies
    are, a question would be answered `no_notice` about a certificate that is declared lost,
    which is the worst thing this service could say; with another log key it would fork the log.
    """
    await _refuse_held(database)
    here = {
        f"{name} key": (id, check) for name, (id, check) in deployment.keys.check_values.items()
    }
    rules = {
        f"certificate {certificate.id}": (deployment.catalogue.version[:8], certificate.matched_by)
        for certificate in deployment.catalogue.certificates.values()
    }
    known = await _known(database, here | rules)
    earlier = deployment.keys.earlier_check_values
    for purpose, (id, check) in here.items():
        if known[purpose][1] in earlier.get(purpose.removesuffix(" key"), ()):
            await database.fetch(
                "UPDATE key_check SET key_id = $2, check_value = $3 WHERE purpose = $1",
                purpose,
                id,
                check,
            )
        elif known[purpose][1] != check:
            raise WrongDatabase(
                f"数据库是用密钥 {purpose} {known[purpose][0]} 写入的，当前密钥是 {id}。"
                "请把原来的密钥文件放回 keys 目录后再启动。\n"
                f"The database was written with {purpose} {known[purpose][0]}; the one here is "
                f"{id}. Put the original key file back into the keys folder and start again."
            )
    changed = [
        purpose.removeprefix("certificate ")
        for purpose, (_, check) in rules.items()
        if known[purpose][1] != check
    ]
    if changed:
        await _refuse_where_used(database, changed)
        await database.fetch(
            "UPDATE key_check SET check_value = new.value"
            " FROM unnest($1::text[], $2::text[]) AS new (name, value)"
            " WHERE purpose = 'certificate ' || new.name",
            changed,
            [rules[f"certificate {id}"][1] for id in changed],
        )


async def _refuse_held(database: Database) -> None:
    row = await database.row(
        "SELECT to_regnamespace('restoring') IS NOT NULL AS unfinished,"
        " to_regclass('public.hold') IS NOT NULL AS may_be_held"
    )
    assert row is not None  # noqa: S101
    if row["unfinished"]:
        raise Held(
            "这个数据库的恢复没有完成，或恢复后的日志没有通过核对。请再次运行 notices restore。\n"
            "This database was not restored to the end, or its log was not found whole. Run "
            "notices restore again."
        )
    held = await database.fetch("SELECT reason FROM hold") if row["may_be_held"] else []
    if held:
        zh, _, en = held[0]["reason"].partition("\n")
        raise Held(
            f"{zh}确认不再能找回、仍要以现状提供服务时，请运行 notices log accept。\n"
            f"{en} When they cannot be found again and it is to be served as it is, run "
            "notices log accept."
        )


async def _known(
    database: Database, here: dict[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """What the database has under each purpose; what it lacks is written now."""
    await database.fetch(
        "INSERT INTO key_check (purpose, key_id, check_value)"
        " SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING",
        list(here),
        [id for id, _ in here.values()],
        [check for _, check in here.values()],
    )
    rows = await database.fetch(
        "SELECT purpose, key_id, check_value FROM key_check WHERE purpose = ANY($1::text[])",
        list(here),
    )
    return {row["purpose"]: (row["key_id"], row["check_value"]) for row in rows}


async def _refuse_where_used(database: Database, changed: list[str]) -> None:
    rows = await database.fetch(
        "SELECT DISTINCT certificate FROM notice WHERE certificate = ANY($1::text[])", changed
    )
    used = ", ".join(sorted(row["certificate"] for row in rows))
    if used:
        raise WrongDatabase(
            f"证件目录改动了 {used} 的 optional_prefix 或 parts，而这些证件已有公告；"
            "这样改会查不到它们。请恢复原来的规则，或改用新的证件编号（id）。\n"
            f"The catalogue changed optional_prefix or parts of {used}, of which there are "
            "notices; these would no longer be found. Restore the rule, or use a new id."
        )
