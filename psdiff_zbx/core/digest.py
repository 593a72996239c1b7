"""SHA-256, without OpenSSL: ``hashlib`` takes three milliseconds of each command to load it.

In: bytes.  Out: hex digits, the same everywhere.
"""

from __future__ import annotations

# As the standard library's own random.py does.
try:
    from _sha2 import sha256  # type: ignore[import-not-found]
except ImportError:  # before Python 3.12
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256


def hex_digest(data: bytes) -> str:
    """64 hex digits.

    >>> hex_digest(b"")[:8]
    'e3b0c442'
    """
    return str(sha256(data).hexdigest())
