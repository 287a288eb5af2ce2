"""What a notice claims, made again from its form and what is sealed with it, and what differs.

Without the keys only what the form itself tells is made: which document and copies, and of a number
that is public in full its search key and what kind of number it is. No hash can be, so a claim on
another number is found only where the keys are.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import msgspec

from notices import deployment as deployments
from notices.changing import following, issuing
from notices.deployment import Deployment, WrongDatabase
from notices.facts import catalogue
from notices.facts.catalogue import Catalogue, Certificate
from notices.facts.event_kinds import CONFIRM, END_CLAIMS, listed, standing, stands
from notices.facts.readings import RULES
from notices.facts.requests import Holder
from notices.facts.texts import Message
from notices.identity import hashes_of, hashes_of_acting
from notices.records import PrivateRecord, number_key
from notices.register.claims import Claim
from notices.register.reclaiming import Shown, ShownHolder, claim_of, copies_in
from notices.settings import Settings
from notices.trust import keys
from notices.trust.sealing import SealError


class Claimed(NamedTuple):
    """A row of `claim`, in the order of `NOTICES`."""

    copy: str
    copy_number: int | None
    document: str
    by_certificate: bytes
    by_number: bytes | None
    by_digits: bytes | None
    by_holder: bytes | None
    lettered: bool
    shown: bool
    living: bool
    rules: int


class Row(NamedTuple):
    """A row of `NOTICES`."""

    id: str
    form: str | None
    number_key: str | None
    evidence: str
    entry: str | None
    sealed: bytes | None
    holder_hash: bytes | None
    declarant_hash: bytes | None
    relation: str | None
    unproven: bool
    awaited: bool | None
    ended: bool
    replaced: int | None
    replacement: bytes | None
    confirmed: Sequence[tuple[int, bytes | None]]
    claimed: Sequence[tuple[Any, ...]]


NOTICES = f"""
SELECT n.id, n.form, n.number_key, n.evidence,
  CASE WHEN n.form IS NULL THEN (SELECT e.entry FROM event e WHERE e.index = n.published_index) END,
  p.sealed, p.holder_hash, p.declarant_hash, p.relation,
  n.form IS NOT NULL AND p.relation IN ('mandate', 'liquidator', 'heir')
    AND NOT EXISTS (SELECT 1 FROM exhibit x WHERE x.notice = n.id),
  (SELECT e.form ? 'awaiting' FROM event e WHERE e.index = n.published_index),
  told.ended, told.replaced,
  (SELECT sealed FROM event_private WHERE event = told.replaced),
  CASE WHEN n.form IS NULL THEN (SELECT array_agg(ROW(c.index, s.sealed)) FROM event c
    LEFT JOIN event_private s ON s.event = c.index
    WHERE c.notice = n.id AND c.kind IN {listed(CONFIRM)} AND {stands("c")}) END,
  (SELECT array_agg(ROW(c.copy, c.copy_number, c.document, c.by_certificate, c.by_number,
      c.by_digits, c.by_holder, c.lettered, c.shown, c.living, c.rules) ORDER BY c.copy, c.id)
    FROM claim c WHERE c.notice = n.id)
FROM notice n LEFT JOIN notice_private p ON p.notice = n.id
CROSS JOIN LATERAL (
  SELECT {standing(END_CLAIMS, "o")} IS NOT NULL AS ended,
    {standing(("replaced",), "o")} AS replaced
  FROM event o WHERE o.notice = n.id) AS told
WHERE n.published_index >= $1 AND n.published_index < $2 ORDER BY n.published_index
"""  # noqa: S608  (nothing in it comes from outside)


@dataclass(frozen=True, slots=True)
class Rules:
    """By what numbers are read, and the deployment whose keys they are under, where those are."""

    catalogue: Catalogue
    here: Deployment | None = None

    @classmethod
    def under(cls, settings: Settings) -> "Rules":
        """Those of `settings`; without keys where there are none, and none are made."""
        if (settings.keys_folder / keys.FILES[-1]).exists():
            here = deployments.load(settings)
            return cls(here.catalogue, here)
        return cls(catalogue.load(settings.catalogue, demo=settings.demo))

    def certificate(self, row: Row, form: Shown | None) -> Certificate:
        """Raises WrongDatabase where the catalogue lacks it: nothing can be said of its numbers."""
        id = form.certificate if form else msgspec.json.decode(row.entry or "{}")["certificate"]
        found = self.catalogue.certificates.get(id)
        if found is None:
            raise WrongDatabase(_LACKING.format(id=id, notice=row.id))
        return found


Look = tuple[tuple[str, str] | None, int]


def look(rules: Rules, rows: Sequence[Row]) -> Look:
    """The first notice (id) of `rows` that differs, with what; and how many are of older rules.

    Of these nothing is said: they are made anew (`rehashing`) before they are served.
    """
    older = 0
    for row in rows:
        claimed = [Claimed(*each) for each in row.claimed]
        if any(each.rules > RULES for each in claimed):
            return (row.id, "rules"), older
        old = any(each.rules < RULES for each in claimed)
        older += old
        wrong = _wrong(rules, row, claimed, old=old)
        if wrong is not None:
            return (row.id, wrong), older
    return None, older


def _wrong(rules: Rules, row: Row, claimed: Sequence[Claimed], *, old: bool) -> str | None:
    form = msgspec.json.decode(row.form, type=Shown) if row.form is not None else None
    certificate = rules.certificate(row, form)
    if row.sealed is None:
        return "private"
    if row.relation == "self" and row.holder_hash != row.declarant_hash:
        return "declarant"
    if row.unproven:
        return "exhibit"
    private = None
    if rules.here is not None:
        try:
            private = _opened(rules.here, row.sealed, row.id.encode(), PrivateRecord)
        except _SEALED:
            return "sealed"
        if _other_people(rules.here, row, private):
            return "declarant"
        if row.confirmed and _confirmed(rules.here, row.confirmed) != (
            row.evidence == "issuer_confirmed"
        ):
            return "evidence"
        verified = private.declarant.verified and row.awaited is not True
        if row.evidence == "identity_verified" and not verified:
            return "evidence"
        if row.evidence == "self_declared" and verified and row.awaited is False:
            return "evidence"
    if old:
        return None
    # A redaction deletes the key with the form.
    shown = form.number if form is not None else None
    number = private.number if private is not None else shown
    normal = certificate.normal_number(number or "")
    if row.number_key != number_key(normal, shown):
        return "number_key"
    if private is None or rules.here is None:
        return None if form is None or _as_shown(certificate, form, claimed) else "claimed"
    copies = [each.copy for each in claimed] if form is None else copies_in(form, certificate)
    made = [
        claim_of(key, certificate, (number, normal), private.holder, form, copies)
        for key in rules.here.keys.matching.both
    ]
    if not _agree(made, claimed, form):
        return "claimed"
    return _lives_wrongly(rules.here, row, certificate, private, claimed)


_SEALED = (SealError, msgspec.MsgspecError)
"""What a value raises that these keys did not seal for its place."""
Kind = TypeVar("Kind")


def _opened(here: Deployment, sealed: bytes | None, place: bytes, kind: type[Kind]) -> Kind:
    return msgspec.json.decode(here.keys.sealer.open(sealed or b"", place), type=kind)


def _other_people(here: Deployment, row: Row, private: PrivateRecord) -> bool:
    # One without identifier, a newborn, has a hash that nobody makes again.
    known = bool(private.holder.identifier)
    both = here.keys.matching.both
    if known and row.holder_hash not in hashes_of(both, private.holder):
        return True
    # Who declares for themselves is the holder, and both hashes are one.
    for_oneself = known and row.relation == "self"
    return not for_oneself and row.declarant_hash not in hashes_of_acting(both, private.declarant)


def _confirmed(here: Deployment, confirmed: Sequence[tuple[int, bytes | None]]) -> bool:
    """Whether one of these confirmations, whose texts were redacted, was an agency's."""
    for index, sealed in confirmed:
        with contextlib.suppress(*_SEALED):
            found = _opened(here, sealed, following.place(index), following.Doer)
            if found.agency is not None:
                return True
    return False


def _agree(made: Sequence[Claim], claimed: Sequence[Claimed], form: Shown | None) -> bool:
    """Whether the claims that are there are those that were made again, by one key or another.

    A holder's code may be hashed anew before or after the number.
    """
    numbers = {(each.by_certificate, each.by_number, each.by_digits) for each in made}
    holders = {each.by_holder for each in made}
    if any(
        each[3:6] not in numbers
        or each.by_holder not in holders
        or each.lettered != made[0].lettered
        for each in claimed
    ):
        return False
    return form is None or _papers(made[0], claimed)


def _papers(made: Claim, claimed: Sequence[Claimed]) -> bool:
    wanted = [
        (copy, made.copy_number if copy == "duplicate" else None, made.document, made.shown)
        for copy in sorted(made.copies)
    ]
    return wanted == [(*each[:3], each.shown) for each in claimed]


def _as_shown(certificate: Certificate, form: Shown, claimed: Sequence[Claimed]) -> bool:
    """`_agree`, as far as the form alone tells; nobody knows a hash."""
    shown, holder = form.number, form.holder or ShownHolder()
    known, coded = shown is None or "*" not in shown, holder.kind == "organisation"
    typed = shown if known else None
    made = claim_of(
        b"", certificate, (typed, certificate.normal_number(typed or "")),
        Holder(kind=holder.kind, identifier=holder.identifier), form, copies_in(form, certificate),
    )  # fmt: skip
    if len({each[3:7] for each in claimed}) != 1:
        return False
    numbers = {(made.by_digits is None, made.lettered)} if known and (shown or coded) else None
    if numbers and numbers != {(each.by_digits is None, each.lettered) for each in claimed}:
        return False
    if {each.by_holder is None for each in claimed} != {made.by_holder is None}:
        return False
    if shown is not None and not (known and (coded or not certificate.stands_for_number)):
        # Whether the holder's own code stands there for a number is not to be seen.
        made = made._replace(document=claimed[0].document)
    return _papers(made, claimed)


def _lives_wrongly(
    here: Deployment,
    row: Row,
    certificate: Certificate,
    private: PrivateRecord,
    claimed: Sequence[Claimed],
) -> str | None:
    """Of a replaced one: it lives on unless the new certificate bears the same number."""
    if row.replaced is None or row.ended:
        return None
    try:
        new = _opened(
            here, row.replacement, following.place(row.replaced), issuing.PrivateReplacement
        )
    except _SEALED:
        return None  # told of as the event's own
    living = not issuing.bears_the_same(certificate, private, new.number)
    return "living" if any(each.living != living for each in claimed) else None


_LACKING = Message(
    "证件目录里没有 {id}，而公告 {notice} 是这种证件的，无法核对它的号码。"
    "请用 CATALOGUE 指定原来的目录。"
)
