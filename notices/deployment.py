"""What one running copy of the service knows before the first request: rules, keys, settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from notices import data_keys, matching_keys
from notices.database import DB, Database
from notices.facts import catalogue, readings, regions, sites
from notices.facts.catalogue import Catalogue
from notices.facts.regions import Regions
from notices.facts.sites import Site
from notices.facts.texts import ByLanguage, Message, TextError
from notices.facts.troubles import Unrestored
from notices.providers import configuration
from notices.providers.configuration import Provider
from notices.settings import Settings
from notices.tables import Hold, KeyCheck, LogHead
from notices.tables.prepared import as_sql
from notices.trust.keys import Keys

LOG = structlog.get_logger()


class WrongDatabase(TextError):
    """The database was written under another key or rule; its numbers could not be found."""


class Held(WrongDatabase):
    """The database is not to be served until somebody has said so, or restored it to the end."""


@dataclass(frozen=True, slots=True)
class Deployment:
    settings: Settings
    catalogue: Catalogue
    regions: Regions
    keys: Keys
    providers: tuple[Provider, ...] = ()
    """Who may say who somebody is; of none, nobody signs in but to a demo."""
    site: Site = field(default_factory=Site)
    """Who runs this copy; without a word of theirs nothing is claimed."""

    def link(self, path: str) -> str:
        return self.settings.public_url + path


def load(settings: Settings) -> Deployment:
    site, certificates = site_and_catalogue(settings)
    return Deployment(
        settings,
        certificates,
        regions.load(settings.regions),
        Keys.open(settings.keys_folder, settings.log_origin),
        configuration.load(settings.sign_in) if settings.sign_in else (),
        site,
    )


def site_and_catalogue(settings: Settings) -> tuple[Site, Catalogue]:
    """Who runs this copy, and what can be declared here, with where one goes for it.

    Nothing made up stands beside what a city says, not even in a demo.
    """
    demo = settings.demo and settings.site is None
    own = catalogue.load(settings.catalogue, demo=demo)
    return sites.load(settings.site, own, demo=demo)


def refuse_wrong_files(settings: Settings) -> None:
    """Raise what is wrong in a city's own files, before a database is made for nothing."""
    if settings.catalogue is not None or settings.site is not None:
        site_and_catalogue(settings)
    regions.load(settings.regions)
    if settings.sign_in is not None:
        configuration.load(settings.sign_in)


async def refuse_another_database(deployment: Deployment, database: Database = DB) -> None:
    """Raise WrongDatabase unless the database was written with these keys and these rules.

    With another matching key, or another rule of what a number's normal form and its copies
    are, a question would be answered `no_notice` about a certificate that is declared lost,
    which is the worst thing this service could say; with another log key it would fork the log.
    """
    await refuse_other_keys(deployment, database)
    await _refuse_a_demo_of_it(deployment, database)
    await _refuse_older_rules(database)
    for rule in RULES:
        await _refuse_other_rule(database, deployment.catalogue, rule)


async def _refuse_a_demo_of_it(deployment: Deployment, database: Database) -> None:
    """Raise WrongDatabase where whoever says a name would be believed in a register of real ones.

    It is one from the day on which a provider is asked who somebody is. What was made up before
    stays in it for ever, and whoever opens it is told.
    """
    asked = KeyCheck.select(KeyCheck.purpose).where(KeyCheck.purpose == "sign-in")
    if deployment.providers:
        if not await database.fetch(*as_sql(asked)):
            head = await database.row(*as_sql(LogHead.select(LogHead.size)))
            if head is not None and head["size"]:
                LOG.warning("notices_of_a_demo_stay", entries=head["size"])
        await _known(database, {"sign-in": ("providers", "")})
    elif deployment.settings.demo and await database.fetch(*as_sql(asked)):
        raise WrongDatabase(_REAL_PEOPLE)


async def _refuse_older_rules(database: Database) -> None:
    """Raise WrongDatabase while numbers are hashed by older rules than this version's."""
    # Written out, since an index of those alone serves no parameter.
    older = f"SELECT 1 FROM claim WHERE rules < {readings.RULES} LIMIT 1"  # noqa: S608  (our own)
    if await database.row(older):
        raise WrongDatabase(_OLDER_RULES)


async def refuse_other_keys(deployment: Deployment, database: Database = DB) -> None:
    """Raise WrongDatabase unless the database was written with these keys, and may be served."""
    await _refuse_held(database)
    if not await matching_keys.load(deployment.keys, database):
        written = KeyCheck.select(KeyCheck.key_id).where(KeyCheck.purpose == matching_keys.PRESENT)
        [row] = await database.fetch(*as_sql(written))
        own = deployment.keys.check_values["matching"][0]
        raise WrongDatabase(
            _OTHER_KEY.format(purpose="matching key", written=row["key_id"], here=own)
        )
    here = {
        f"{name} key": (id, check) for name, (id, check) in deployment.keys.check_values.items()
    }
    known = await _known(database, here)
    earlier = deployment.keys.earlier_check_values
    for purpose, (id, check) in here.items():
        if known[purpose][1] in earlier.get(purpose.removesuffix(" key"), ()):
            now = KeyCheck.update({KeyCheck.key_id: id, KeyCheck.check_value: check})
            await database.fetch(*as_sql(now.where(KeyCheck.purpose == purpose)))
            # What the key before this one had signed too much of, this one has not. It is for the
            # tables' owner to say so, at the start of `serve` or by `migrate`.
            spent = LogHead.select(LogHead.spent_key).where(LogHead.id == 1)
            head = await database.row(*as_sql(spent))
            if head is not None and head["spent_key"] not in (None, deployment.keys.log.vkey):
                none = LogHead.update({LogHead.spent_key: None, LogHead.spent_size: None})
                await database.fetch(*as_sql(none.where(LogHead.id == 1)))
        elif known[purpose][1] != check and not (
            purpose == "sealing key"
            and await data_keys.is_followed(deployment.keys, known[purpose][1], database)
        ):
            raise WrongDatabase(
                _OTHER_KEY.format(purpose=purpose, written=known[purpose][0], here=id)
            )
    await data_keys.begin(deployment.keys, database)
    if not deployment.keys.sealer.ready:
        master = deployment.keys.sealer.master.id.hex()
        raise WrongDatabase(_OTHER_KEY.format(purpose="sealing key", written="?", here=master))


async def _refuse_held(database: Database) -> None:
    row = await database.row(
        "SELECT to_regnamespace('restoring') IS NOT NULL AS unfinished,"
        " to_regclass('public.hold') IS NOT NULL AS may_be_held"
    )
    assert row is not None  # noqa: S101
    if row["unfinished"]:
        raise Held(Unrestored.text)
    reasons = as_sql(Hold.select(Hold.reason))
    held = await database.fetch(*reasons) if row["may_be_held"] else []
    if held:
        zh, _, en = held[0]["reason"].partition("\n")
        raise Held(_HELD.format(why=ByLanguage({"zh": zh, "en": en})))


async def _known(
    database: Database, here: dict[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """What the database has under each purpose; what it lacks is written now."""
    if not here:
        return {}
    lacking = KeyCheck.insert(
        *(
            KeyCheck(purpose=purpose, key_id=id, check_value=check)
            for purpose, (id, check) in here.items()
        )
    ).on_conflict(action="DO NOTHING")
    await database.fetch(*as_sql(lacking))
    there = KeyCheck.select().where(KeyCheck.purpose.is_in(list(here)))
    rows = await database.fetch(*as_sql(there))
    return {row["purpose"]: (row["key_id"], row["check_value"]) for row in rows}


class Rule(NamedTuple):
    """Something of the catalogue on which it rests that the notices of it are found."""

    kind: str
    of: Callable[[Catalogue], dict[str, str]]
    """Of each thing of this kind, by its id, what must not change while there are notices of it."""

    used: str
    """Which of the ids $1 there are notices of, as SQL."""

    lost: Message
    changed: Message | None


RULES = (
    Rule(
        "certificate",
        lambda catalogue: {each.id: each.matched_by for each in catalogue.certificates.values()},
        # Redacted notices are found too, and only their entries know the certificate.
        "SELECT certificate AS id FROM notice WHERE certificate = ANY($1::text[]) UNION"
        " SELECT e.entry::jsonb ->> 'certificate' FROM notice n JOIN event e"
        " ON e.index = n.published_index WHERE n.form IS NULL"
        " AND e.entry::jsonb ->> 'certificate' = ANY($1::text[])",
        lost=Message(
            "证件目录里没有 {ids}，而这些证件已有公告；这样会查不到它们，公告上的名称和规则也不全。"
            "请用 CATALOGUE 指定原来的目录，或把这些证件（id）放回目录后再启动。"
        ),
        changed=Message(
            "证件目录改动了 {ids} 的 optional_prefix 或 parts，而这些证件已有公告；"
            "这样改会查不到它们。请恢复原来的规则，或改用新的证件编号（id）。"
        ),
    ),
    Rule(
        "document",
        lambda catalogue: {
            f"{each.id}/{document.id}": ""
            for each in catalogue.certificates.values()
            for document in each.documents
        },
        "SELECT DISTINCT certificate || '/' || (form -> 'document' ->> 'id') AS id FROM notice"
        " WHERE certificate || '/' || (form -> 'document' ->> 'id') = ANY($1::text[])",
        lost=Message(
            "证件目录里没有 {ids}（证件/证件文本），而它们已有公告，公告和查询结果上的名称会不全。"
            "请把它们放回目录后再启动，已停用的可标为 former。"
        ),
        changed=None,  # an id is all that counts of a document
    ),
)


async def _refuse_other_rule(database: Database, catalogue: Catalogue, rule: Rule) -> None:
    """Raise WrongDatabase where the catalogue lost or changed what there are notices of.

    What there are none of may go and change; the database then knows it as it is now.
    """
    here = {
        f"{rule.kind} {id}": (catalogue.version[:8], text)
        for id, text in rule.of(catalogue).items()
    }
    known = await _known(database, here)
    of_kind = KeyCheck.select(KeyCheck.purpose).where(KeyCheck.purpose.like(f"{rule.kind} %"))
    rows = await database.fetch(*as_sql(of_kind))
    lost = [row["purpose"] for row in rows if row["purpose"] not in here]
    changed = [purpose for purpose, (_, text) in here.items() if known[purpose][1] != text]
    for purposes, words in ((lost, rule.lost), (changed, rule.changed)):
        ids = [purpose.removeprefix(f"{rule.kind} ") for purpose in purposes]
        if words and ids and (used := await database.fetch(rule.used, ids)):
            raise WrongDatabase(words.format(ids=", ".join(sorted(row["id"] for row in used))))
    if lost:
        await database.fetch(*as_sql(KeyCheck.delete().where(KeyCheck.purpose.is_in(lost))))
    for purpose in changed:
        now = KeyCheck.update({KeyCheck.check_value: here[purpose][1]})
        await database.fetch(*as_sql(now.where(KeyCheck.purpose == purpose)))


_OLDER_RULES = Message(
    "数据库里的证件号码还是按旧规则登记的，现在查会查不到。请先运行 notices migrate"
    "（notices serve 会自己做）。"
)
_OTHER_KEY = Message(
    "数据库是用密钥 {purpose} {written} 写入的，当前密钥是 {here}。"
    "请把原来的密钥文件放回 keys 目录后再启动。"
)
_HELD = Message("{why}确认不再能找回、仍要以现状提供服务时，请运行 notices log accept。")
_REAL_PEOPLE = Message(
    "这个数据库的公告是真实的人经登录平台（SIGN_IN）发布的，不能再以演示模式启动：演示模式不核验身份。"
    "演示请另用一个数据目录（DATA）或数据库。"
)
