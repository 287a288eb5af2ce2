"""What a declarant fills in, as typed: decoded leniently, so all problems can be told at once."""

from typing import Any, TypeVar

import msgspec

from notices.facts.text_check import given


class Holder(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whose certificate it is; `identifier` may be missing for a newborn."""

    kind: str | None = None
    name: str | None = None
    identifier: str | None = None
    identifier_type: str | None = None


class Contact(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How to reach the declarant; never published."""

    phone: str | None = None


class Declaration(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /api/v1/notices before anything is checked."""

    certificate: str | None = None
    document: str | None = None
    matter: str | None = None
    number: str | None = None
    copies: str | None = None
    copy_number: str | None = None
    cause: str | None = None
    lost_on: str | None = None
    holder: Holder | None = None
    issuer: str | None = None
    issued_on: str | None = None
    region: str | None = None
    contact: Contact | None = None
    details: dict[str, Any] | None = None
    relation: str | None = None
    publication_consent: bool | None = None
    truthful: bool | None = None
    confirm_unusual_number: bool | None = None
    alert_on_check: bool | None = None


class Correction(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of a correction: clerical fields only; what is left out stays as it is."""

    issuer: str | msgspec.UnsetType | None = msgspec.UNSET
    issued_on: str | msgspec.UnsetType | None = msgspec.UNSET
    lost_on: str | msgspec.UnsetType | None = msgspec.UNSET


class Withdrawal(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of a withdrawal."""

    reason: str | None = None


class Objection(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of an objection; in a form an evidence file may come with it."""

    number: str | None = None
    ground: str | None = None
    text: str | None = None


class Decision(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of an officer's decision."""

    objection: str | None = None
    decision: str | None = None
    reason: str | None = None


class Confirmation(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of an issuer's confirmation: it says nothing but itself."""


class Replacement(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of a replacement: the new certificate."""

    number: str | None = None
    issued_on: str | None = None


class Redaction(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of a redaction."""

    reason: str | None = None


class Watch(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of a watch: a number, what its owner calls it, and an agency's webhook."""

    certificate: str | None = None
    number: str | None = None
    label: str | None = None
    url: str | None = None


class Replay(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of a replay: from which place of the log on all is told again."""

    since: int | None = None


class LoginOrganisation(msgspec.Struct, forbid_unknown_fields=True):
    """The organisation in a `Login`."""

    name: str | None = None
    identifier: str | None = None


class Login(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a demo's sign-in."""

    kind: str | None = None
    name: str | None = None
    identifier_type: str | None = None
    identifier: str | None = None
    organisation: LoginOrganisation | None = None


Form = TypeVar("Form", bound=msgspec.Struct)


def stripped(form: Form) -> Form:
    """`form` without spaces around its texts; what is blank counts as left out.

    A `number` that is blank stays: only one that is truly left out lets the holder's identifier
    stand for it.
    """
    changes: dict[str, Any] = {}
    for name in form.__struct_fields__:
        value = getattr(form, name)
        if isinstance(value, str):
            changes[name] = given(value) or (value if name == "number" else None)
        elif isinstance(value, msgspec.Struct):
            changes[name] = stripped(value)
        elif isinstance(value, dict):
            texts = {
                key: given(each) if isinstance(each, str) else each for key, each in value.items()
            }
            changes[name] = {
                key: each for key, each in texts.items() if each is not None or value[key] is None
            }
    return msgspec.structs.replace(form, **changes)
