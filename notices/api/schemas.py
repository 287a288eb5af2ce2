"""Types of answers as OpenAPI 3.1 shows them: what Litestar does not know of ours."""

from inspect import cleandoc
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import msgspec
from litestar.openapi.spec import OpenAPIType, Reference, Schema
from litestar.params import ParameterKwarg
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from notices.facts.public import answer, catalogue, form, notice
from notices.facts.public.shown import Shown

SAME = {
    catalogue.Named: form.Words,
    catalogue.Elsewhere: form.Elsewhere,
    catalogue.Period: form.NoticePeriod,
}
"""Types of which another says the same, with its members in another order."""


def _vocabularies(*modules: ModuleType) -> dict[Any, str]:
    every = (pair for module in modules for pair in vars(module).items())
    return {value: name for name, value in every if get_origin(value) is Literal}


NAMED = _vocabularies(form, notice, answer, catalogue)
"""Words that are chosen among: each set of them is one type for whoever reads the description."""


class Schemas(OpenAPISchemaPlugin):
    """Formats of texts, names of vocabularies, JSON text that is passed on, and descriptions."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        field = field_definition
        if _shown(field) is not None or _vocabulary(field.annotation) or field.annotation in SAME:
            return True
        return not field.is_union and field.is_subclass_of(msgspec.Struct)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Any:
        """A `Schema`, or what refers to one that is known; `schema_creator` is Litestar's own."""
        shown, field = _shown(field_definition), field_definition
        if shown is not None and shown.content is None:
            return Schema(type=OpenAPIType.STRING, format=shown.format)  # type: ignore[arg-type]
        if words := _vocabulary(field.annotation):
            known = _reference(words, schema_creator.schema_registry)
            null = Schema(type=OpenAPIType.NULL)
            return Schema(one_of=[known, null]) if field.is_optional else known
        other = shown.content if shown is not None else SAME.get(field.annotation)
        if other is not None:
            schema = schema_creator.for_field_definition(FieldDefinition.from_annotation(other))
            if isinstance(schema, Schema) and schema.one_of:
                # Of the forms of events some have all that others have.
                return Schema(any_of=schema.one_of)
            return schema
        others = (each for each in schema_creator.plugins if each is not self)
        usual = next(each for each in others if schema_creator.plugin_supports_field(each, field))
        schema = usual.to_openapi_schema(field, schema_creator)
        schema.description = cleandoc(field.annotation.__doc__ or "")
        return schema


def _shown(field: FieldDefinition) -> Shown | None:
    return next((each for each in field.metadata if isinstance(each, Shown)), None)


def _vocabulary(annotation: Any) -> Any:
    """The one vocabulary that a type is, which may be null or absent besides."""
    if get_origin(annotation) is Literal:
        return annotation if annotation in NAMED else None
    empty = (type(None), msgspec.UnsetType)
    kinds = [each for each in get_args(annotation) if each not in empty]
    one = kinds[0] if len(kinds) == 1 else None
    return one if get_origin(one) is Literal and one in NAMED else None


def _reference(words: Any, registry: Any) -> Reference:
    """To the component of a vocabulary, which is made when it is met first."""
    key = FieldDefinition.from_annotation(
        words, kwarg_definition=ParameterKwarg(schema_component_key=NAMED[words])
    )
    schema = registry.get_schema_for_field_definition(key)
    schema.type, schema.enum, schema.title = OpenAPIType.STRING, list(get_args(words)), NAMED[words]
    found: Reference = registry.get_reference_for_field_definition(key)
    return found


class Raw(Schema):
    """A JSON Schema that is already what OpenAPI 3.1 shows."""

    def __init__(self, raw: dict[str, Any]) -> None:
        super().__init__()
        self.raw = raw

    def to_schema(self) -> dict[str, Any]:
        return self.raw


def reference_to(name: str) -> Reference:
    return Reference(f"#/components/schemas/{name}")
