"""Bytes as text that people copy: Bech32 (BIP 173), with its check against slips, of any length."""

CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECK = 6


class Bech32Error(Exception):
    """Text that is no Bech32."""


def _checksum(values: list[int]) -> int:
    found = 1
    for value in values:
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate(_GENERATOR):
            found ^= part if top >> place & 1 else 0
    return found


def _spread(prefix: str) -> list[int]:
    return [*(ord(letter) >> 5 for letter in prefix), 0, *(ord(letter) & 31 for letter in prefix)]


def encode(prefix: str, value: bytes) -> str:
    """`value` under `prefix`, in small letters."""
    bits = len(value) * 8
    padded = int.from_bytes(value, "big") << -bits % 5
    groups = [padded >> 5 * place & 31 for place in reversed(range(-(-bits // 5)))]
    check = _checksum([*_spread(prefix), *groups, *([0] * _CHECK)]) ^ 1
    groups += [check >> 5 * place & 31 for place in reversed(range(_CHECK))]
    return f"{prefix}1{''.join(CHARACTERS[group] for group in groups)}"


def decode(prefix: str, text: str) -> bytes:
    """The bytes behind `text`, which is all in small letters or all in capitals."""
    if text not in (text.lower(), text.upper()):
        raise Bech32Error("small letters and capitals are mixed")
    before, _, rest = text.lower().rpartition("1")
    if before != prefix or len(rest) < _CHECK or set(rest) - set(CHARACTERS):
        raise Bech32Error(f"this is no Bech32 under {prefix}")
    groups = [CHARACTERS.index(letter) for letter in rest]
    if _checksum([*_spread(prefix), *groups]) != 1:
        raise Bech32Error("a character was mistyped")
    value = 0
    for group in groups[:-_CHECK]:
        value = value << 5 | group
    bits = 5 * (len(groups) - _CHECK)
    left = bits % 8
    if left > 4 or value & (1 << left) - 1:
        raise Bech32Error("this is not the only spelling of its value")
    return (value >> left).to_bytes(bits // 8, "big")
