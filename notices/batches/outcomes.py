"""How it is told that a file could not be answered."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import asyncpg

from notices import files
from notices.batches import Ended, Failed, FileRefused, Refused
from notices.facts.errors import Unavailable
from notices.facts.outages import StorageFull
from notices.matching_keys import Stale

T = TypeVar("T")


def outcome(work: Callable[[], T]) -> T | Refused | Failed:
    """What it comes to, or why it does not."""
    try:
        return work()
    except Ended as ended:
        return ended.told
    except FileRefused as refused:
        return refused.refused
    except Stale:
        return Failed("stale")
    except (StorageFull, Unavailable):
        return Failed("away")
    except MemoryError:
        return Refused("file_too_large_inside")
    except OSError as error:
        return Failed("full" if error.errno in files.NO_ROOM else _where(error))
    except asyncpg.PostgresError as error:
        return Failed(f"{type(error).__name__} {error.sqlstate}")
    except Exception as error:
        return Failed(_where(error))


def _where(error: BaseException) -> str:
    """The fault by its place in the code: what it says may hold a number."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"
