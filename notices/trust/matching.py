"""The keys by which numbers and persons are hashed: one, or two while one takes another's place.

Which of the keys in the folder it is that a register is hashed by the register says, and not the
folder: so nobody hashes by one that is about to be, or was.
"""

import hashlib
import hmac
from collections.abc import Sequence


def id_of(key: bytes) -> str:
    """What a key is called by."""
    return hashlib.sha256(b"notices-matching/v1\n" + key).hexdigest()[:8]


def check_of(key: bytes) -> str:
    """What a register keeps of a key, to know it again."""
    return hmac.digest(key, b"notices-matching-check/v1", "sha256")[:16].hex()


class Matching:
    """The key by which whatever is new is hashed, and the one of before while that still counts."""

    def __init__(self, *keys: bytes) -> None:
        """`keys` are those that there are; the first is the one to begin with."""
        self._known = {check_of(key): key for key in keys}
        self.present: bytes = keys[0]
        self.before: bytes | None = None

    def __repr__(self) -> str:
        return f"Matching({', '.join(map(id_of, self.both))})"

    @property
    def both(self) -> tuple[bytes, ...]:
        """All keys by which something may be hashed, the present one first."""
        return (self.present,) if self.before is None else (self.present, self.before)

    @property
    def checks(self) -> tuple[str, ...]:
        return tuple(map(check_of, self.both))

    @property
    def state(self) -> str:
        """As `matching_keys.STATE` has it of the register."""
        return " ".join(self.checks)

    def add(self, keys: Sequence[bytes]) -> None:
        """There are these too."""
        self._known |= {check_of(key): key for key in keys}

    def settle(self, checks: Sequence[str]) -> bool:
        """Hash by the keys that a register names, the present one first; False where one lacks."""
        if not checks or not set(checks) <= self._known.keys():
            return False
        present, *before = [self._known[check] for check in checks]
        self.present, self.before = present, before[0] if before else None
        return True
