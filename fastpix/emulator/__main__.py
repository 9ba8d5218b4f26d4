"""The command ``python -m fastpix.emulator``, which serves a local FastPix until it is interrupted.

Standard output has one line that a shell can evaluate. Messages for people go to standard error.
``python -m fastpix.emulator trigger`` is a command of its own: it sends one event to a webhook.
"""

import argparse
import re
import signal
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from tempfile import NamedTemporaryFile
from threading import Thread
from time import sleep
from typing import TypeVar, get_args

import msgspec

from fastpix._call.loopback import is_loopback
from fastpix.emulator import Delays, Delivery, Emulator, RefusedError, Seed, SeedStream, State, StoreError, Webhook
from fastpix.emulator.webhooks import trigger
from fastpix.emulator.webhooks.deliveries import MOST_ATTEMPTS
from fastpix.emulator.workspace import Forms
from fastpix.errors import WebhookError

T = TypeVar("T")
BETWEEN_PROBES = 0.5
"""The seconds between two looks at a webhook that does not answer yet."""

try:
    from fastpix.emulator.server import listen, server_on, uvicorn_server
except ModuleNotFoundError as _missing:
    sys.exit(
        f"the local FastPix can't start: the package {_missing.name} is missing. Run: pip install 'fastpix[emulator]'"
    )


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return an argparse type for a whole number from ``least`` to ``most``."""

    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}, not {text!r}")
        return int(text)

    return number


def seconds(text: str) -> float:
    """Return an argparse value: a number of seconds from 0 to 86400."""
    with suppress(ValueError):
        if 0 <= float(text) <= 86_400:
            return float(text)
    raise argparse.ArgumentTypeError(f"must be a number of seconds from 0 to 86400, not {text!r}")


def address(text: str) -> str:
    """Return an argparse value: an address, or a host."""
    if not re.fullmatch("[0-9A-Za-z._:-]+", text):
        raise argparse.ArgumentTypeError(f"must be an address or a host, not {text!r}")
    return text


def host_name(text: str) -> str:
    """Return an argparse value: a host without a scheme and a port."""
    if not re.fullmatch("[0-9A-Za-z._-]+", text):
        raise argparse.ArgumentTypeError(f"must be a host without scheme and port, such as fastpix, not {text!r}")
    return text


def main() -> None:
    if sys.argv[1:2] == ["trigger"]:
        sys.exit(trigger.main(sys.argv[2:]))
    parser = argparse.ArgumentParser(
        prog="python -m fastpix.emulator",
        description="Serve a local FastPix until Ctrl-C.",
        epilog="python -m fastpix.emulator trigger --help tells how to send one event to a webhook.",
    )
    parser.add_argument(
        "--host",
        type=address,
        default="127.0.0.1",
        help="address to listen on; any address but a loopback one lets other machines read and delete all data "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--allow-host",
        type=host_name,
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which clients call this machine, such as the one of a docker compose service; can be repeated "
        "(default: only localhost, loopback addresses, and the address that a request was sent to)",
    )
    parser.add_argument(
        "--port", type=whole(0, 65535), default=0, help="port to listen on, 0 to 65535 (default: 0, any free port)"
    )
    parser.add_argument(
        "--db",
        default=":memory:",
        metavar="FILE",
        help="SQLite file for all data and the credentials; uploaded files are in the folder FILE.uploads; processes may "
        "share it (default: keep everything in memory and a temporary folder)",
    )
    parser.add_argument("--username", help="access token id (default: the one in FILE, or a random one)")
    parser.add_argument("--password", help="access token secret (default: the one in FILE, or a random one)")
    parser.add_argument(
        "--trial", action="store_true", help="put the workspace on a trial plan, where streams can't be enabled"
    )
    parser.add_argument(
        "--forms",
        choices=get_args(Forms),
        default="2026-11",
        help="answer as the API did in this month (default: %(default)s)",
    )
    parser.add_argument(
        "--delay",
        type=seconds,
        metavar="SECONDS",
        help="time that each state of a media or stream takes, 0 to 86400 (default: fractions of a second)",
    )
    parser.add_argument(
        "--streams",
        type=whole(0, 10_000),
        default=0,
        metavar="N",
        help="add N streams at start, 0 to 10000 (default: 0)",
    )
    parser.add_argument(
        "--env",
        metavar="FILE",
        help="file to write the variables to, as NAME=value without quotes, once the local FastPix is ready "
        "(default: none)",
    )
    parser.add_argument("--seed", metavar="FILE", help="JSON file with data to add at each start (default: none)")
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="JSON file from GET /_emulator/state, which replaces all data at the start (default: none)",
    )
    parser.add_argument(
        "--webhook",
        action="append",
        default=[],
        metavar="URL",
        help="URL that gets all events, signed; it must answer now; can be repeated (default: none)",
    )
    parser.add_argument(
        "--forward-to",
        action="append",
        default=[],
        metavar="URL",
        help="like --webhook, but it may answer later, and each delivery is shown; can be repeated (default: none)",
    )
    parser.add_argument(
        "--webhook-secret",
        metavar="SECRET",
        help="signing secret of these URLs, in base64 (default: the one in --db for this URL, or a random one)",
    )
    parser.add_argument(
        "--allow-webhook-host",
        type=host_name,
        action="append",
        default=[],
        metavar="NAME",
        help="a host of another machine that webhooks may be on; can be repeated (default: none)",
    )
    parser.add_argument(
        "--open",
        action="store_true",
        help="open the Studio in a browser, a page that shows media, live streams, requests and webhooks (default: tell its URL)",
    )
    parser.add_argument(
        "--pull",
        action="store_true",
        help="fetch the file behind the http or https URL of a new media (default: fetch nothing)",
    )
    parser.add_argument(
        "--media-root",
        metavar="FOLDER",
        help="folder whose files a new media may name with a file:// URL and an absolute path (default: none)",
    )
    arguments = parser.parse_args()
    if arguments.webhook_secret and not arguments.webhook + arguments.forward_to:
        parser.error("--webhook-secret needs --webhook or --forward-to")
    try:
        serve(arguments)
    except RefusedError as refused:
        sys.exit(f"the local FastPix can't start: {told_of(refused)}")
    except (OSError, UnicodeError, RecursionError, StoreError, WebhookError, msgspec.DecodeError) as problem:
        sys.exit(f"the local FastPix can't start: {problem}")


def serve(arguments: argparse.Namespace) -> None:
    emulator = Emulator(
        arguments.db,
        username=arguments.username,
        password=arguments.password,
        trial=arguments.trial,
        delays=Delays() if arguments.delay is None else Delays.all(arguments.delay),
        forms=arguments.forms,
        webhook_hosts=arguments.allow_webhook_host,
        pull=arguments.pull,
        media_root=arguments.media_root,
    )
    if arguments.state:
        emulator.import_state(read_json(arguments.state, State))
    if arguments.seed:
        emulator.seed(read_json(arguments.seed, Seed))
    if arguments.streams:
        emulator.seed(Seed(streams=[SeedStream(count=arguments.streams)]))
    if arguments.env:
        if (unquoted := f"{emulator.username}{emulator.password}") != quote(unquoted):
            sys.exit("the local FastPix can't start: with --env, username and password must need no quotes in a shell")
        Path(arguments.env).unlink(missing_ok=True)
    add_webhooks(emulator, arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # also ends as Ctrl-C does: without temporary files
    with listen(arguments.host, arguments.port) as listening, suppress(KeyboardInterrupt):
        server = server_on(listening, emulator)
        variables, page = server.environment, f"{server.origin}/"
        if arguments.env:
            write_private(Path(arguments.env), "".join(f"{name}={value}\n" for name, value in variables.items()))
        print(greeting(listening.getsockname()[0], page), file=sys.stderr, flush=True)
        print("export", *(f"{name}={quote(value)}" for name, value in variables.items()), flush=True)
        if arguments.open:
            Thread(target=webbrowser.open, args=[page], daemon=True).start()
        uvicorn_server(emulator, arguments.allow_host, log_level="warning").run(sockets=[listening])
    emulator.close()


def add_webhooks(emulator: Emulator, arguments: argparse.Namespace) -> None:
    """Add the webhooks of the command line."""
    for url in arguments.webhook:
        emulator.add_webhook(url, secret=arguments.webhook_secret)
    for url in arguments.forward_to:
        try:
            emulator.add_webhook(url, secret=arguments.webhook_secret)
        except RefusedError as refused:
            print(f"{told_of(refused)}. It gets the events when it does.", file=sys.stderr, flush=True)
            webhook = emulator.add_webhook(url, secret=arguments.webhook_secret, probe=False)
            Thread(target=wait_for, args=[emulator, webhook], daemon=True).start()
    if arguments.forward_to:
        emulator.on_delivery(show)


def wait_for(emulator: Emulator, webhook: Webhook) -> None:
    """Wait until a webhook accepts the unsigned request, and send it what waits."""
    with suppress(StoreError):  # the local FastPix is closed
        while True:
            sleep(BETWEEN_PROBES)
            with suppress(RefusedError):
                emulator.add_webhook(webhook.url, secret=webhook.secret)
                print(f"{webhook.url} answers, and gets the events.", file=sys.stderr, flush=True)
                return emulator.send_pending(webhook.id)


def show(delivery: Delivery) -> None:
    """Tell people what came of an attempt."""
    event = msgspec.json.decode(delivery.body)
    more = "" if delivery.status == "delivered" else f" (attempt {len(delivery.attempts)} of {MOST_ATTEMPTS})"
    outcome = f"{delivery.attempts[-1].outcome}{more}"
    print(f"{delivery.type} of {event['object']['id']}: {outcome}", file=sys.stderr, flush=True)


def told_of(refused: RefusedError) -> str:
    return refused.message if refused.description is None else f"{refused.message}: {refused.description}"


def greeting(address: str, page: str) -> str:
    """Return what people are told when the local FastPix listens on an address, with its page."""
    lines = ["A local FastPix is listening. Press Ctrl-C to stop it.", f"The Studio shows it: {page}"]
    if find_spec("av") is None:
        lines.append("Videos do not play, because the package av is missing. Run: pip install 'fastpix[media]'")
    if not is_loopback(address):
        lines.append("Other machines can reach it. They can read and delete all its data without credentials.")
    return "\n".join([*lines, "To use it, run the next line in another shell:"])


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read. It never exists with a part of the text."""
    with NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", delete=False) as unfinished:
        unfinished.write(text)
    Path(unfinished.name).replace(file)


def read_json(file: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(Path(file).read_bytes(), type=kind)
    except msgspec.DecodeError as problem:
        sys.exit(f"the local FastPix can't start: {file} is not valid: {problem}")


if __name__ == "__main__":
    main()
