"""What one step of a declaration posts: from where, to where, and what is kept of it."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from notices.changing import unfinished
from notices.changing.draft import Draft
from notices.deployment import Deployment
from notices.facts.catalogue import Catalogue
from notices.pages import region_field, several
from notices.pages.drafts import AGREED, STEPS, merged, of_another
from notices.web import forms

_PAPER = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Posted:
    """A step's form: what was typed, from where to where, and the draft that it belongs to."""

    given: dict[str, str]
    at: str
    to: str
    draft: str
    """Empty where the form comes from no page of a draft, and holds all there is."""
    paper: str = ""
    """Of several papers the one that the form asks for; empty: the one in front."""
    turn: str = ""
    """The one that it leads to, or that is taken out."""
    act: str = ""
    """`another`: to one paper more, or `drop`."""

    @classmethod
    def of(cls, fields: Mapping[str, str], deployment: Deployment) -> "Posted":
        given = region_field.chosen(forms.with_days(fields), deployment.regions)
        # One button chooses a certificate and which of its copies.
        certificate, _, copies = given.get("certificate", "").partition("/")
        if copies:
            given |= {"certificate": certificate, "copies": copies}
        at, to = given.get("at", ""), given.get("to", "")
        to, _, turn = to.partition(".")
        act = to if to in ("another", "drop") else ""
        to = {"another": "certificate", "drop": "check"}.get(to, to)
        draft, paper = given.get("draft", ""), given.get("paper", "")
        return cls(
            given,
            at if at in STEPS else STEPS[0],
            to if to in STEPS else STEPS[0],
            draft if unfinished.is_id(draft) else "",
            paper if _PAPER.fullmatch(paper) else "",
            turn if _PAPER.fullmatch(turn) else "",
            act,
        )

    @property
    def page(self) -> str:
        """The step whose page is asked for."""
        return "check" if self.to == "publish" else self.to

    def is_stale(self, before: Draft) -> bool:
        """Whether the form asks for what another window has made something else, or taken out."""
        if self.act == "drop" or (self.at == "check" and several.are(before)):
            return False  # which of them is in front is no change; `seen` tells what is published
        here = several.turned(before, self.paper)
        return here is None or of_another(here.fields, self.given, self.at)

    def keep(self, deployment: Deployment, before: Draft | None) -> Draft:
        """The draft with what this form adds, before anybody has looked whether it is right."""
        was = before or Draft()
        here = several.turned(several.settled(was) if self.at == "check" else was, self.paper)
        if self.act == "drop":
            return self._led(several.without(was, self.turn or self.paper), was)
        if here is None:
            return self._led(was, was)
        fields = merged(here.fields, self._typed(here), self.at, deployment.catalogue)
        if self.at == "certificate":
            fields = self._begun(here, fields, deployment.catalogue)
        after = several.spread(msgspec.structs.replace(here, fields=fields), self.at)
        if self.act == "another" and several.are_fewer_than_may_be(after):
            after = several.with_another(after)
        elif self.turn:
            after = several.turned(after, self.turn) or after
        return self._led(after, was)

    def _typed(self, here: Draft) -> dict[str, str]:
        """What was typed, and what only the first of several papers is asked."""
        if self.at != "number" or several.is_first(here):
            return self.given
        own = {name: here.fields[name] for name in several.HOLDER if name in here.fields}
        return {k: v for k, v in self.given.items() if k not in several.HOLDER} | own

    def _begun(self, here: Draft, fields: dict[str, str], catalogue: Catalogue) -> dict[str, str]:
        """A paper with what its button says of the copy; a further one with the usual matter."""
        certificate = catalogue.certificates.get(fields.get("certificate", ""))
        if certificate is None or several.is_first(here):
            return fields
        copies = self.given.get("copies", "")
        if copies and certificate.parts:
            fields = fields | {"copies": copies}
        matters = catalogue.matters_of(certificate.id)
        if matters and "number" not in fields:
            fields = {"matter": matters[0].id} | fields
        return fields

    def _asks_all_anew(self, draft: Draft) -> bool:
        return self.at == "certificate" and several.is_first(draft)

    def _led(self, draft: Draft, was: Draft) -> Draft:
        same = draft.papers == was.papers
        return msgspec.structs.replace(
            draft,
            # Whoever goes back to change something will see another text, and agree to that.
            agreed=tuple(
                name for name in AGREED if self.to == "publish" and self.given.get(name) == "yes"
            ),
            agreed_at=time.time(),
            step=self.page,
            problems=(),
            review=self.at == "check" or (was.review and not self._asks_all_anew(draft)),
            refused=was.refused if same else (),
            reasons=was.reasons if same else (),
        )
