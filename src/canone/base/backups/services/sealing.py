"""A stream that is encrypted piece by piece, so that it needs neither memory nor a second pass.

The construction is STREAM over AES-256-GCM: each piece has its number and whether it is the last
in its nonce, so pieces can be neither swapped nor left out nor cut off unnoticed.
"""

from __future__ import annotations

import io
import os
import struct
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from canone.base.backups.rules.about import UnreadableError

MAGIC = b"CANONE-SEALED-1\n"
SALT = 16
PREFIX = 7
PIECE = 1024 * 1024
TAG = 16
LOG_N, R, P = 15, 8, 1


def is_sealed(head: bytes) -> bool:
    """Whether a file that begins so is sealed."""
    return head.startswith(MAGIC)


class Sealer(io.RawIOBase):
    """Takes plain bytes and writes sealed ones to `target`, which is not closed with it."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        super().__init__()
        salt, self._prefix = os.urandom(SALT), os.urandom(PREFIX)
        self._target, self._number, self._told = target, 0, 0
        self._kept = bytearray()
        self._cipher = _cipher(passphrase, salt)
        target.write(MAGIC + salt + self._prefix)

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._told

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Return how many plain bytes were taken: all."""
        self._kept += data
        self._told += len(data)
        while len(self._kept) > PIECE:
            self._seal(bytes(self._kept[:PIECE]), last=False)
            del self._kept[:PIECE]
        return len(data)

    def close(self) -> None:
        """Write the last piece; a sealed file without it counts as cut off."""
        if not self.closed:
            self._seal(bytes(self._kept), last=True)
            super().close()

    def leave(self) -> None:
        """Close without the last piece, for an archive that was given up."""
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce = self._prefix + struct.pack(">IB", self._number, last)
        self._target.write(self._cipher.encrypt(nonce, piece, None))
        self._number += 1


class Opener(io.RawIOBase):
    """Gives the plain bytes of a sealed file; an UnreadableError when they are not what they were.

    A wrong passphrase and an altered first piece cannot be told apart: both are `passphrase`.
    """

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        super().__init__()
        head = source.read(len(MAGIC) + SALT + PREFIX)
        if len(head) < len(MAGIC) + SALT + PREFIX:
            raise UnreadableError("cut_off")
        self._source, self._number = source, 0
        salt, self._prefix = head[len(MAGIC) : len(MAGIC) + SALT], head[-PREFIX:]
        self._cipher = _cipher(passphrase, salt)
        self._ahead = source.read(PIECE + TAG)
        self._open, self._ended = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Return how many plain bytes were put into `buffer`; 0 at the end."""
        if not self._open and not self._ended:
            self._open = self._next()
        taken = min(len(buffer), len(self._open))
        buffer[:taken] = self._open[:taken]
        self._open = self._open[taken:]
        return taken

    def _next(self) -> bytes:
        piece, self._ahead = self._ahead, self._source.read(PIECE + TAG)
        self._ended = not self._ahead
        nonce = self._prefix + struct.pack(">IB", self._number, self._ended)
        try:
            opened = self._cipher.decrypt(nonce, piece, None)
        except (InvalidTag, ValueError) as error:
            code = "passphrase" if not self._number else "cut_off" if self._ended else "altered"
            raise UnreadableError(code) from error
        self._number += 1
        return opened


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    derive = Scrypt(salt=salt, length=32, n=2**LOG_N, r=R, p=P)
    return AESGCM(derive.derive(passphrase.encode()))
