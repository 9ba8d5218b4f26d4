"""Reads what is to be imported: the rows of a CSV file, URLs, or requests."""

import csv
import os
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import UNSET

from fastpix._call.interrupts import pass_interrupt
from fastpix._call.redaction import shown
from fastpix._call.validation import refusal
from fastpix.api.common import AccessPolicy
from fastpix.api.media import CreateMediaRequest, VideoInput
from fastpix.errors import ConfigurationError, RequestValidationError
from fastpix.reply import Failure, Reply, Success

__all__ = ["KEY", "CsvFile", "key_of", "request_of"]

KEY = "import_key"
"""The entry of the metadata that identifies an imported item."""
SETTINGS = ("access_policy", "title", "creator_id", "max_resolution", "media_quality", "mp4_support")
"""The columns of a CSV file that are fields of the request."""
METADATA = "metadata."
METADATA_COLUMN = r"metadata\..+"
LONGEST = 255


class CsvFile:
    """The rows of a CSV file, as dicts.

    Args:
        path: The path of the file, in UTF-8. The first row has the names of the columns.

    Raises:
        ConfigurationError: The file cannot be read, has no column ``url``, or a column of an unknown name.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        no_columns: list[str] = []
        if self._path.exists() and not self._path.is_file():
            raise ConfigurationError(f"{str(self._path)!r} must be a regular file, because it is read twice")
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.reader(file)
                columns = next(rows, no_columns)
                self._length = sum(1 for row in rows if row)
        except (OSError, ValueError, csv.Error) as problem:
            raise ConfigurationError(f"the file {str(self._path)!r} cannot be read: {problem}") from None
        known = {"url", "key", *SETTINGS}
        wrong = [name for name in columns if name not in known and not re.fullmatch(METADATA_COLUMN, name)]
        if "url" not in columns or wrong:
            allowed = f"url, key, {', '.join(SETTINGS)} and {METADATA}NAME"
            told = f"column {shown(wrong[0])}" if wrong else "no column 'url'"
            raise ConfigurationError(f"the columns of {str(self._path)!r} must be {allowed}; it has {told}")

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Mapping[str, str]]:
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def request_of(given: object, access_policy: AccessPolicy) -> Reply[CreateMediaRequest] | None:
    """Return the request for a row, a URL or a request, or ``None`` for an empty line. Its metadata has a key.

    Args:
        given: The row, URL or request.
        access_policy: The access policy, if a row names none.
    """
    if isinstance(given, str) and not given.strip():
        return None
    try:
        return Success(_keyed(_request_of(given, access_policy)))
    except RequestValidationError as problem:
        return Failure(problem.with_traceback(None))
    except Exception as problem:  # a request of the user can hold anything
        pass_interrupt(problem)
        return Failure(refusal("request", "a request that can be sent", given))


def _request_of(given: object, access_policy: AccessPolicy) -> CreateMediaRequest:
    if isinstance(given, CreateMediaRequest):
        return given
    row: Mapping[str, object] = cast("Any", given) if isinstance(given, Mapping) else {"url": given}
    url = row.get("url")
    if None in row:  # where `csv` puts the values without a column
        raise refusal("row", "a row with a column for each value", row[cast("Any", None)])
    if not isinstance(url, str):
        raise refusal("url", "the URL of a file", url)
    entries = {name: value for name, value in row.items() if isinstance(value, str) and value}
    metadata = {name.removeprefix(METADATA): value for name, value in entries.items() if name.startswith(METADATA)}
    if "key" in entries:
        metadata[KEY] = entries["key"]
    settings: Any = {"access_policy": access_policy, **{name: entries[name] for name in SETTINGS if name in entries}}
    return CreateMediaRequest([VideoInput(url.strip())], metadata=metadata, **settings)


def _keyed(request: CreateMediaRequest) -> CreateMediaRequest:
    """Return the request with a key. Without one of its own, it is the URL of its video."""
    metadata = {} if request.metadata is UNSET else dict(request.metadata)
    for video in request.inputs:
        if isinstance(video, VideoInput) and not video.url:
            raise refusal("url", "the URL of a file", video.url)
    if metadata.get(KEY):
        return request
    url = next((each.url for each in request.inputs if isinstance(each, VideoInput)), None)
    if url is None:
        raise refusal(f"metadata[{KEY!r}]", "a text that identifies the item, because it has no video", None)
    metadata[KEY] = key_of(url)
    return msgspec.structs.replace(request, metadata=metadata)


def key_of(name: str) -> str:
    """Return a name or a URL as a key. It has no secrets, and no more characters than metadata may have."""
    scheme, separator, rest = name.partition("://")
    place = scheme + separator + re.sub(r"^[^/]*@|[?#].*", "", rest)
    if place == name and len(name) <= LONGEST:
        return name
    checksum = sha256(name.encode(errors="surrogatepass")).hexdigest()
    return f"{place[: LONGEST - len(checksum) - 1]}#{checksum}"
