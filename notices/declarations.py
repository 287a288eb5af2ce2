"""Declaring, withdrawing and correcting: the only code that writes events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import rfc8785

from notices import log, once, records, register
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import declaration_check, disclosure, lifecycle, notice_ids, numbers, periods
from notices.facts.catalogue import Certificate
from notices.facts.errors import AlreadyDeclared, Invalid, NotTheDeclarant, NotTheHolder, Problem
from notices.facts.forms import Correction, Declaration, Holder
from notices.facts.texts import CHINA, rfc3339
from notices.identity import Person, holder_hash
from notices.once import Once

REASONS = ("found", "mistake", "other")


class _Conflict(Exception):
    """Another living notice covers a copy; the transaction is to be rolled back."""


def check(
    deployment: Deployment,
    person: Person,
    declaration: Declaration,
    now: datetime,
    wrong: Sequence[Problem] = (),
) -> Certificate:
    """The declared certificate; raises Invalid with all problems, or NotTheHolder.

    `wrong` are problems already found in decoding, of fields that were then left out.
    """
    today = now.astimezone(CHINA).date()
    problems = list(wrong)
    known = {problem.field for problem in wrong}
    problems += [
        problem
        for problem in declaration_check.check(
            declaration, deployment.catalogue, deployment.regions, today
        )
        if problem.field not in known
    ]
    holder = declaration.holder
    kind, identifier, name = person.acts_for
    if (
        holder is not None
        and holder.kind == kind
        and numbers.identifier_form(holder.identifier or "") == identifier
        and _plain(holder.name or name) != _plain(name)
    ):
        problems.append(Problem("holder.name", "holder_name_differs"))
    if problems:
        raise Invalid(problems=problems)
    assert holder is not None  # noqa: S101  (checked above)
    assert declaration.certificate is not None  # noqa: S101  (likewise)
    _refuse_unless_holder(person, holder, declaration.relation or "self")
    return deployment.catalogue.certificates[declaration.certificate]


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _refuse_unless_holder(person: Person, holder: Holder, relation: str) -> None:
    kind, identifier, _ = person.acts_for
    if person.kind == "officer":
        raise NotTheHolder
    if holder.kind == kind and numbers.identifier_form(holder.identifier or "") == identifier:
        return
    if relation in ("parent", "guardian") and kind == "person" and holder.kind == "person":
        return
    raise NotTheHolder


async def declare(
    deployment: Deployment,
    person: Person,
    declaration: Declaration,
    *,
    certificate: Certificate,
    once_: Once | None = None,
    channel: str = "web",
) -> str:
    """Publish `declaration` and return the 201's body as JSON: the public notice and its receipt.

    `certificate` is what `check` returned for it. Raises AlreadyDeclared or
    IdempotencyKeyReused; nothing is then written.
    """
    claim = records.claimed(deployment, certificate, declaration)
    try:
        async with DB.transaction():
            earlier = await once.begin(once_)
            if earlier is None:
                id, index = await _publish(
                    deployment, person, declaration, certificate, claim, channel
                )
                await once.done(once_, id, index)
            else:
                id, index = earlier.notice, earlier.event
    except _Conflict:
        raise await _already_declared(deployment, declaration, claim) from None
    if earlier is not None and earlier.response is not None:
        return earlier.response
    notice = await register.get(id)
    receipt = await register.receipt(deployment, id, index)
    body = {**notice.public(deployment), "receipt": receipt}
    return await once.answer(once_, msgspec.json.encode(body).decode())


async def _publish(
    deployment: Deployment,
    person: Person,
    declaration: Declaration,
    certificate: Certificate,
    claim: records.Claimed,
    channel: str,
) -> tuple[str, int]:
    row = await DB.row("SELECT nextval('notice_serial') AS serial")
    assert row is not None  # noqa: S101
    id = notice_ids.make(deployment.settings.region[:4], row["serial"])
    taken = await DB.fetch(
        "INSERT INTO claim (number_hash, copy, notice) SELECT $1, copy, $3"
        " FROM unnest($2::text[]) AS copy ORDER BY copy ON CONFLICT DO NOTHING RETURNING id",
        claim.number_hash,
        list(claim.copies),
        id,
    )
    if len(taken) < len(claim.copies):
        raise _Conflict
    rows = records.record(deployment, person, declaration, certificate, id, channel)
    turn = await log.take_turn()
    await DB.fetch(
        "WITH notice AS (INSERT INTO notice (id, form, number_key, evidence, number_form,"
        "   published_index, published_at, effective_at)"
        "   VALUES ($1, $2::jsonb, $3, $4, $5, $6, $7, $8))"
        " INSERT INTO notice_private (notice, sealed, holder_hash, declarant_hash, relation,"
        "   consent_version, channel) VALUES ($9, $10, $11, $12, $13, $14, $15)",
        *rows.notice,
        turn.index,
        turn.at,
        periods.effective_at(turn.at, certificate.notice_period),
        *rows.private,
    )
    await log.append(turn, "published", id, certificate.id, rows.commitment)
    return id, turn.index


async def _already_declared(
    deployment: Deployment, declaration: Declaration, claim: records.Claimed
) -> AlreadyDeclared:
    """The refusal that names the first notice; another holder's declaration is kept sealed."""
    row = await DB.row(
        "SELECT c.notice, p.holder_hash FROM claim c JOIN notice_private p USING (notice)"
        " WHERE c.number_hash = $1 AND c.copy = ANY($2::text[]) AND c.living ORDER BY c.id LIMIT 1",
        claim.number_hash,
        list(claim.copies),
    )
    if row is None:  # withdrawn in this very moment: the declarant may simply try again
        return AlreadyDeclared()
    holder = declaration.holder or Holder()
    identifier = numbers.identifier_form(holder.identifier or "")
    if row["holder_hash"] != holder_hash(deployment, holder.kind or "", identifier):
        sealed = deployment.keys.sealer.seal(
            msgspec.json.encode(declaration), row["notice"].encode()
        )
        await DB.fetch(
            "INSERT INTO rival (notice, at, sealed) VALUES ($1, now(), $2)", row["notice"], sealed
        )
    notice = await register.get(row["notice"])
    return AlreadyDeclared(
        existing={
            "id": notice.id,
            "status": notice.state.status,
            "published_at": rfc3339(notice.published_at),
            "links": register.links(deployment, notice.id),
        }
    )


async def is_declarant(deployment: Deployment, person: Person, id: str) -> bool:
    """Whether `person` acts for the holder of notice `id`, or is the guardian who declared it."""
    kind, identifier, _ = person.acts_for
    mine = holder_hash(deployment, kind, identifier)
    row = await DB.row(
        "SELECT 1 FROM notice_private WHERE notice = $1 AND (holder_hash = $2"
        " OR (relation IN ('parent', 'guardian') AND declarant_hash = $2))",
        id,
        mine,
    )
    return row is not None and person.kind != "officer"


async def declared_by(deployment: Deployment, person: Person, limit: int = 50) -> list[str]:
    """The ids of the newest notices whose declarant `person` is."""
    kind, identifier, _ = person.acts_for
    rows = await DB.fetch(
        "SELECT notice FROM notice_private WHERE holder_hash = $1"
        " OR (relation IN ('parent', 'guardian') AND declarant_hash = $1)"
        " ORDER BY notice DESC LIMIT $2",
        holder_hash(deployment, kind, identifier),
        limit,
    )
    return [row["notice"] for row in rows]


async def withdraw(
    deployment: Deployment, person: Person, id: str, reason: str | None, once_: Once | None = None
) -> str:
    """Take notice `id` back; returns the 201's body `{index, kind, at, notice}` as JSON."""
    if reason not in REASONS:
        code = "required" if reason is None else "bad_value"
        raise Invalid(problems=[Problem("reason", code, {"expected": ", ".join(REASONS)})])
    notice = await register.get(id)

    async def change(before: register.Notice) -> dict[str, Any]:
        await DB.fetch("UPDATE claim SET living = false WHERE notice = $1", before.id)
        return disclosure.withdrawal_form(before.id, reason)

    return await _follow(deployment, person, notice.id, "withdrawn", change, once_)


async def correct(
    deployment: Deployment,
    person: Person,
    id: str,
    correction: Correction,
    *,
    now: datetime,
    once_: Once | None = None,
) -> str:
    """Correct clerical fields of notice `id`; returns the 201's body as JSON."""
    notice = await register.get(id)
    changes = {
        name: value.strip() or None if isinstance(value, str) else value
        for name, value in msgspec.structs.asdict(correction).items()
        if value is not msgspec.UNSET
    }
    today = now.astimezone(CHINA).date()
    shown = {name: (notice.form or {}).get(name) for name in Correction.__struct_fields__}
    corrected = msgspec.convert({**shown, **changes}, Declaration)
    problems = [
        problem
        for problem in declaration_check.check(
            corrected, deployment.catalogue, deployment.regions, today
        )
        if problem.field in shown
    ]
    if not problems and all(shown[name] == value for name, value in changes.items()):
        problems = [Problem("", "nothing_changed")]
    if problems:
        raise Invalid(problems=problems)

    async def change(before: register.Notice) -> dict[str, Any]:
        old = before.form or {}
        new = {**old, **changes}
        new["issuer"] = disclosure.without_ids(new["issuer"]) if new["issuer"] else None
        await DB.fetch(
            "UPDATE notice SET form = $2::jsonb WHERE id = $1",
            before.id,
            rfc8785.dumps(new).decode(),
        )
        return disclosure.correction_form(before.id, old, new)

    return await _follow(deployment, person, notice.id, "corrected", change, once_)


async def _follow(
    deployment: Deployment,
    person: Person,
    id: str,
    kind: str,
    change: Any,
    once_: Once | None,
) -> str:
    """Append an event of `kind` to notice `id` if its life allows it, and answer."""
    if not await is_declarant(deployment, person, id):
        raise NotTheDeclarant
    async with DB.transaction():
        earlier = await once.begin(once_)
        if earlier is None:
            turn = await log.take_turn()
            # Read under the head's lock: no other event can come between this and ours.
            before = await register.get(id)
            lifecycle.refuse_unless_may_follow(kind, before.state)
            form = await change(before)
            certificate = (before.form or {}).get("certificate", "")
            await log.append(turn, kind, id, certificate, log.commit(form))
            await once.done(once_, id, turn.index)
            index = turn.index
        else:
            index = earlier.event
    if earlier is not None and earlier.response is not None:
        return earlier.response
    notice = await register.get(id)
    at = next(event.at for event in notice.events if event.index == index)
    body = {
        "index": index,
        "kind": kind,
        "at": rfc3339(at),
        "notice": notice.public(deployment),
    }
    return await once.answer(once_, msgspec.json.encode(body).decode())
