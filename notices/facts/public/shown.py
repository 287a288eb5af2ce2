"""What a type alone cannot tell of a value to whoever reads the OpenAPI description."""

from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True, slots=True)
class Shown:
    """Beside the type of a text: its `format` (JSON Schema), or what JSON text holds (`content`).

    `content` is of a `msgspec.Raw`, which is passed on as it was kept, byte for byte.
    """

    format: str | None = None
    content: Any = None


Time = Annotated[str, Shown(format="date-time")]
"""RFC 3339 in +08:00 with milliseconds."""

Day = Annotated[str, Shown(format="date")]
"""ISO 8601."""

Address = Annotated[str, Shown(format="uri")]
