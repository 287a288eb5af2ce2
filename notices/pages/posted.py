"""What one step of a declaration posts: from where, to where, and what is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from notices.changing import unfinished
from notices.changing.unfinished import Draft
from notices.deployment import Deployment
from notices.pages import region_field
from notices.pages.drafts import AGREED, STEPS, merged
from notices.web import forms


@dataclass(frozen=True)
class Posted:
    """A step's form: what was typed, from where to where, and the draft that it belongs to."""

    given: dict[str, str]
    at: str
    to: str
    draft: str
    """Empty where the form comes from no page of a draft, and holds all there is."""

    @classmethod
    def of(cls, fields: Mapping[str, str], deployment: Deployment) -> "Posted":
        given = region_field.chosen(forms.with_days(fields), deployment.regions)
        at, to = (given.get(name, "") for name in ("at", "to"))
        draft = given.get("draft", "")
        return cls(
            given,
            at if at in STEPS else STEPS[0],
            to if to in STEPS else STEPS[0],
            draft if unfinished.is_id(draft) else "",
        )

    @property
    def page(self) -> str:
        """The step whose page is asked for."""
        return "check" if self.to == "publish" else self.to

    def keep(self, deployment: Deployment, before: Draft | None) -> Draft:
        """The draft with what this form adds, before anybody has looked whether it is right."""
        was = before or Draft()
        fields = merged(was.fields, self.given, self.at, deployment.catalogue)
        same = fields == was.fields
        return Draft(
            fields=fields,
            # Whoever goes back to change something will see another text, and agree to that.
            agreed=tuple(
                name for name in AGREED if self.to == "publish" and self.given.get(name) == "yes"
            ),
            step=self.page,
            review=self.at == "check" or (was.review and self.at != "certificate"),
            file=was.file,
            published=was.published if same else (),
            refused=was.refused if same else (),
        )
