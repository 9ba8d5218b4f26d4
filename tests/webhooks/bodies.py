"""Bodies of webhooks, and a secret that signs them."""

import json
from base64 import b64encode
from typing import Any

from fastpix.reply import Success
from fastpix.webhooks import SIGNATURE_HEADER, Event, read, sign

SECRET = b64encode(b"a signing key of thirty-two bytes").decode()
MEDIA_ID = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
EVENT: dict[str, Any] = {
    "type": "video.media.ready",
    "object": {"type": "media", "id": MEDIA_ID},
    "id": "0f8a3b54-6b5c-4d0a-9f6e-3a3d1e0c7b11",
    "workspace": {"name": "Production", "id": "22222222-2222-4222-8222-222222222222"},
    "status": "ready",
    "data": {"id": MEDIA_ID, "status": "Ready", "duration": 145.821315, "title": "A talk"},
    "createdAt": "2026-05-11T20:42:16.361817248Z",
    "attempts": [],
}


def signed(body: bytes) -> dict[str, str]:
    return {SIGNATURE_HEADER: sign(body, SECRET)}


def read_event(**changes: Any) -> Event:
    """Read a signed event with changes. A change to ``...`` leaves a field out."""
    fields = {name: value for name, value in {**EVENT, **changes}.items() if value is not ...}
    return read_body(json.dumps(fields).encode())


def read_body(body: bytes) -> Event:
    result = read(body, signed(body), SECRET)
    assert isinstance(result, Success), result
    return result.unwrap()
