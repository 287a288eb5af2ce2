"""Completing what somebody types into the search: certificates, holders, numbers."""

from notices import register
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.public.search import Suggestion
from notices.facts.readings import bare_form, read
from notices.finding.breaker import Breaker
from search.engine import SearchDown
from search.hanzi import usual_pinyin
from search.lookup import holder_questions
from search.understanding import compact
from search.vocabulary import Vocabulary

MOST_OF_A_KIND = 4
FEWEST_CHARACTERS = 4
"""Characters of a number from which on it is completed; before, it could be any."""

FEWEST_SOUNDS = 3
"""Letters of a certificate's pinyin from which on it is completed."""

LENGTH = 14
"""Digits of a notice's id."""

FEWEST_OF_AN_ID = 8
"""Digits of a notice's id; the first four say no more than the city."""


async def suggest(
    deployment: Deployment, breaker: Breaker, vocabulary: Vocabulary, q: str
) -> list[Suggestion]:
    """Up to four of each `{kind: document|certificate|holder|number, text, id?}` that `q` may be.

    `id` is a document's, a certificate's or a notice's. Documents are those papers that are called
    otherwise than their kind. Holders are organisations; persons are never suggested.
    """
    wanted = compact(q)
    if not wanted:
        return []
    return [
        *_documents(deployment, wanted),
        *_certificates(deployment, vocabulary, wanted),
        *await _holders(breaker, q, wanted),
        *await _numbers(bare_form(read(q).normal)),
    ]


def _documents(deployment: Deployment, wanted: str) -> list[Suggestion]:
    found = []
    for certificate in deployment.catalogue.certificates.values():
        for document in certificate.documents:
            fitting = [name for name in map(compact, document.names) if wanted in name]
            if fitting and document.name != certificate.name:
                begins = any(name.startswith(wanted) for name in fitting)
                english = all(map(str.isascii, fitting))
                text = document.name.en if english else document.name.zh
                found.append((not begins, text, document.id))
    found.sort(key=lambda one: one[0])
    return [Suggestion(kind="document", text=text, id=id) for _, text, id in found[:MOST_OF_A_KIND]]


def _certificates(deployment: Deployment, vocabulary: Vocabulary, wanted: str) -> list[Suggestion]:
    found = []
    sounding = {
        id
        for sound, id in vocabulary.by_sound.items()
        if len(wanted) >= FEWEST_SOUNDS and sound.startswith(wanted)
    }
    for certificate in deployment.catalogue.certificates.values():
        names = [compact(name) for name in certificate.names]
        fitting = [name for name in names if wanted in name]
        if fitting or certificate.id in sounding:
            begins = any(name.startswith(wanted) for name in fitting)
            # Who typed a part of the English name reads English.
            english = bool(fitting) and all(map(str.isascii, fitting))
            text = certificate.name.en if english else certificate.name.zh
            found.append((not begins, text, certificate.id))
    found.sort(key=lambda one: one[0])
    return [
        Suggestion(kind="certificate", text=text, id=id) for _, text, id in found[:MOST_OF_A_KIND]
    ]


async def _holders(breaker: Breaker, q: str, wanted: str) -> list[Suggestion]:
    try:
        results = await breaker.ask(holder_questions(breaker.engine.index, q))
    except (SearchDown, Unavailable):
        return []  # who types on will find without help too
    ids = [(hit.id, way > 0) for way, result in enumerate(results) for hit in result.hits]
    notices = await register.get_many([id for id, _ in ids])
    names: dict[str, None] = {}
    for id, by_sound in ids:
        notice = notices.get(id)
        if notice is not None and notice.form is not None:
            name = notice.form.holder.name
            # The engine takes a phrase for found that begins in another field, and the sound
            # of a certificate's name for the holder's.
            if wanted in compact(name) or (by_sound and _sounds_like(name, wanted)):
                names[name] = None
    ordered = sorted(names, key=lambda name: not compact(name).startswith(wanted))
    return [Suggestion(kind="holder", text=name) for name in ordered[:MOST_OF_A_KIND]]


def _sounds_like(name: str, wanted: str) -> bool:
    sounds = usual_pinyin(name)
    return wanted in "".join(sounds) or wanted in "".join(sound[0] for sound in sounds)


async def _numbers(begun: str) -> list[Suggestion]:
    if len(begun) < FEWEST_CHARACTERS or not any(letter.isdigit() for letter in begun):
        return []
    # Ranges and not LIKE: a plan that is kept for any parameter cannot use an index for LIKE.
    rows = await DB.fetch(
        "(SELECT id, form ->> 'number' AS text FROM notice"
        "  WHERE number_key ~>=~ $1 AND number_key ~<~ $2 ORDER BY number_key USING ~<~ LIMIT $3)"
        " UNION ALL (SELECT id, id FROM notice"
        "  WHERE $4 AND id BETWEEN $5 AND $6 ORDER BY id LIMIT $3)",
        begun,
        begun[:-1] + chr(ord(begun[-1]) + 1),
        MOST_OF_A_KIND,
        begun.isascii() and begun.isdecimal() and len(begun) in range(FEWEST_OF_AN_ID, LENGTH + 1),
        begun.ljust(LENGTH, "0"),  # whatever the database's collation, ids compare as numbers
        begun.ljust(LENGTH, "9"),
    )
    return [
        Suggestion(kind="number", text=row["text"], id=row["id"]) for row in rows[:MOST_OF_A_KIND]
    ]
