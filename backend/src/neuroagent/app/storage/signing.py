"""Proof that the app itself made a text: HMAC-SHA256, with a key of its own for every purpose."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from typing import Final, Self

SHORTEST_SECRET: Final = 16


@dataclass(frozen=True)
class Signer:
    """What is signed for one purpose proves nothing for another."""

    key: bytes = field(repr=False)

    @classmethod
    def for_purpose(cls, secret: bytes, purpose: str) -> Self:
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"The secret that signs links needs {SHORTEST_SECRET} bytes or more.")
        return cls(hmac.digest(secret, f"neuroagent storage: {purpose}".encode(), hashlib.sha256))

    def sign(self, *parts: str) -> str:
        message = json.dumps(parts).encode()  # JSON keeps the parts apart: ("a", "bc") is not ("ab", "c")
        return hmac.digest(self.key, message, "sha256").hex()

    def verifies(self, signature: str, *parts: str) -> bool:
        return hmac.compare_digest(self.sign(*parts).encode(), signature.encode("utf-8", "replace"))


def seal(text: str) -> str:
    """A text in a spelling that any form or header carries."""
    return b64encode(text.encode()).decode()


def unseal(sealed: str) -> bytes:
    """Only for what was verified: the app sealed it itself."""
    try:
        return b64decode(sealed, validate=True)
    except NotBase64 as error:
        raise ValueError("Signed, yet not sealed: the secret is shared with something else.") from error
