"""The command ``python -m fastpix.emulator``, which serves a local FastPix until it is interrupted.

Standard output has only lines that a shell can evaluate. Messages for people go to standard error.
"""

import argparse
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from shlex import quote

from fastpix.emulator import Emulator, Seed, SeedStream

try:
    from fastpix.emulator.app import listen, server, server_url
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


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m fastpix.emulator", description="Serve a local FastPix until Ctrl-C."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=whole(0, 65535), default=0, help="port to listen on, 0 to 65535 (default: 0, any free port)"
    )
    parser.add_argument(
        "--db",
        default=":memory:",
        metavar="FILE",
        help="SQLite file for all data and the credentials (default: keep them in memory)",
    )
    parser.add_argument("--username", help="access token id (default: the one in FILE, or a random one)")
    parser.add_argument("--password", help="access token secret (default: the one in FILE, or a random one)")
    parser.add_argument(
        "--trial", action="store_true", help="put the workspace on a trial plan, where streams can't be enabled"
    )
    parser.add_argument(
        "--streams",
        type=whole(0, 10_000),
        default=0,
        metavar="N",
        help="add N streams at start, 0 to 10000 (default: 0)",
    )
    arguments = parser.parse_args()
    try:
        serve(arguments)
    except (OSError, sqlite3.Error) as problem:
        sys.exit(f"the local FastPix can't start: {problem}")


def serve(arguments: argparse.Namespace) -> None:
    emulator = Emulator(arguments.db, username=arguments.username, password=arguments.password, trial=arguments.trial)
    if arguments.streams:
        emulator.seed(Seed([SeedStream(count=arguments.streams)]))
    with listen(arguments.host, arguments.port) as listening, suppress(KeyboardInterrupt):
        print(
            "A local FastPix is listening. To use it, run the export lines in a shell. To stop it, press Ctrl-C.",
            file=sys.stderr,
            flush=True,
        )
        print(f"export FASTPIX_SERVER_URL={quote(server_url(listening))}")
        print(f"export FASTPIX_USERNAME={quote(emulator.username)}")
        print(f"export FASTPIX_PASSWORD={quote(emulator.password)}", flush=True)
        server(emulator).run(sockets=[listening])
    emulator.close()


if __name__ == "__main__":
    main()
