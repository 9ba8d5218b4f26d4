"""``python -m fastpix.emulator trigger``: send one signed event to a webhook, without a local FastPix that runs.

Standard output has the body of the event. Messages for people go to standard error.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches

import msgspec

from fastpix.emulator.webhooks.courier import check_url, post
from fastpix.emulator.webhooks.samples import sample
from fastpix.errors import WebhookError
from fastpix.webhooks import SIGNATURE_HEADER, sign
from fastpix.webhooks.events import EVENT_TYPES
from fastpix.webhooks.signature import SECRET_VARIABLE

__all__ = ["main"]


def main(arguments: Sequence[str]) -> int:
    """Run the command, and return its exit status: 0 if the response has a 2xx status."""
    parser = argparse.ArgumentParser(
        prog="python -m fastpix.emulator trigger",
        description="Send one event to a webhook, signed as FastPix signs it.",
        epilog=f"The types are: {', '.join(EVENT_TYPES)}.",
    )
    parser.add_argument("type", metavar="TYPE", help="the type of the event, such as video.media.ready")
    parser.add_argument("--to", required=True, metavar="URL", help="the URL of the webhook")
    parser.add_argument("--id", metavar="ID", help="the id of the media or live stream (default: a random one)")
    parser.add_argument(
        "--secret", metavar="SECRET", help=f"its signing secret, in base64 (default: the first in {SECRET_VARIABLE})"
    )
    parser.add_argument(
        "--allow-webhook-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a host of another machine that the webhook may be on (default: none)",
    )
    given = parser.parse_args(arguments)
    body = sample(given.type, given.id)
    if body is None:
        alike = get_close_matches(str(given.type), EVENT_TYPES, n=1)
        hint = f"Did you mean {alike[0]}?" if alike else f"The types are: {', '.join(EVENT_TYPES)}"
        parser.error(f"the type {given.type!r} is not known. {hint}")
    secret = given.secret or os.environ.get(SECRET_VARIABLE, "").partition(",")[0]
    try:
        check_url(given.to, given.allow_webhook_host)
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(body, secret)}
    except (msgspec.ValidationError, WebhookError) as problem:
        parser.error(str(problem))
    print(body.decode(), flush=True)
    answered = post(given.to, body, headers)
    print(f"{given.type}: {answered.outcome}", file=sys.stderr)
    return 0 if answered.is_success else 1
