from base64 import b64decode
from typing import Any

from fastpix import Failure, Success
from fastpix.webhooks import MediaEvent, read


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    body = event.get("body") or ""
    match read(b64decode(body) if event.get("isBase64Encoded") else body.encode(), event["headers"]):
        case Success(MediaEvent("video.media.ready", media)):
            print(f"{media.id} is ready")
        case Success(_):
            pass  # another event, or the probe of a new URL
        case Failure(error):
            return {"statusCode": error.status, "body": str(error)}
    return {"statusCode": 204}
