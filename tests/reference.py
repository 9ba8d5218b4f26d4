"""`make reference`: write a reference page beside each module of `fastpix.api`, from its declarations and docstrings.

README's table of the operations of the official SDK is written as well. The SDK's own source says which method calls which
operation.
"""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType, NoneType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, UNSET, Meta, UnsetType

import fastpix.api
from fastpix import (
    Attempt,
    Deviation,
    FastpixCore,
    Hooks,
    Progress,
    RequestOptions,
    Response,
    Retries,
    Timeout,
    WithResponse,
    bind_core,
    each,
    emulator,
    errors,
    jobs,
    journal,
    many,
    pages,
    playback,
    states,
    until,
    uploads,
    webhooks,
    with_response,
)
from fastpix.api import common
from fastpix.api.times import TIMESTAMP
from fastpix.core import Core
from fastpix.emulator.api import HANDLERS
from fastpix.emulator.server import serving
from fastpix.jobs.bar import JobBar
from fastpix.operation import Operation
from fastpix.uploads.bars import UploadBars
from fastpix.webhooks.events import EventFields
from tests.facts import LISTS, UNIONS, is_struct, structs_at
from tests.operations import OPERATIONS, RESOURCES
from tests.wheel import ROOT

README = ROOT / "README.md"
FOLDER = ROOT / "fastpix" / "api"
FEW = 8
"""A type with more values than that has its list of values in a section of its own."""
LINK = "\0"
"""Marks the name in a link that is to be made."""
INHERITED = re.compile(r"^`(\w+)`: (.+)$", re.MULTILINE)
NAME = re.compile(r"(?<!`)`(\w+)`(?!`)")
DEFAULT = re.compile(r"\s*Default: (.+?)\.(?=\s|$)")
NOTICE = "<!-- Written by `make reference` from the declarations in {name}. Change those, not this page. -->"
OPERATIONS_IN_README = re.compile(r"(?<=<!-- operations: written by `make reference` -->\n).*?(?=<!-- end)", re.DOTALL)
ERRORS = "../../README.md#errors"
REQUESTS = (
    "A request field that you omit is `UNSET` and is not sent. Its default is then the service's, where that is known."
)
RESPONSES = "In a response, a field with the default `None` reads as `None` if the service omits it or sends null."
LIBRARY = (
    *(Timeout, Retries, RequestOptions, Hooks, Attempt, Response, WithResponse, Deviation, Progress, states.Failed),
    *(value for value in vars(errors).values() if isinstance(value, type) and value.__module__ == errors.__name__),
)
"""The classes on the page `library.md`, after `FastpixCore`."""
FUNCTIONS: tuple[Callable[..., object], ...] = (pages, each, until, many, with_response, bind_core)
"""The functions on the page `functions.md`."""
TESTS: list[Callable[..., object]] = [vars(states)[name] for name in states.__all__ if name[0].islower()]
"""The tests for `until` on the page `functions.md`."""
SECTION = re.compile(r"^(?:Args|Raises|Fails with):\n(?:(?: .*)?\n)*(?: .*)?$", re.MULTILINE)
LISTED = re.compile(r"^(Args|Raises|Fails with):\n((?:(?: .*)?\n)*(?: .*)?)$", re.MULTILINE)
ENTRY = re.compile(r"^    (\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)


class Docs(NamedTuple):
    """The parts of an operation's docstring."""

    text: str
    failures: list[tuple[str, str]]
    example: str


def page_of(module: str) -> str:
    return module.rpartition(".")[2]


def markdown(text: str) -> str:
    """A docstring's text in Markdown, on one line. Names in single backticks become links later, in `linked`."""
    return " ".join(NAME.sub(rf"{LINK}\1{LINK}", text).replace("``", "`").split())


def linked(text: str, page: str, homes: dict[str, str]) -> str:
    """The text with a link for each name that has a heading, on this page or on another one."""

    def link_to(found: re.Match[str]) -> str:
        name = found[1]
        home = page if f"\n### {name}\n" in text else homes.get(name)
        return f"[`{name}`]({'' if home == page else home}#{name.lower()})" if home else f"`{name}`"

    return re.sub(rf"{LINK}(\w+){LINK}", link_to, text)


def paragraphs(text: str) -> str:
    return "\n\n".join(markdown(part) for part in text.split("\n\n") if part.strip())


def docs_of(operation: Operation[..., Any]) -> Docs:
    doc = inspect.getdoc(operation) or ""
    text, failures, example = re.split(r"\n\nFails with:\n|\n\nAPI operation: [^\n]+\n\nExample:\n", doc)
    found = [part.partition(": ") for part in re.split(r"\n {4}(?! )", f"\n{failures}")[1:]]
    return Docs(
        paragraphs(text),
        [(markdown(error), markdown(reason)) for error, _, reason in found],
        "\n".join(line.strip().removeprefix(">>> ") for line in example.splitlines()),
    )


@cache
def body_of(module: str) -> list[ast.stmt]:
    return ast.parse(inspect.getsource(sys.modules[module])).body


@cache
def definitions(module: str) -> dict[str, ast.ClassDef | ast.FunctionDef]:
    """The classes and functions of a module."""
    return {node.name: node for node in body_of(module) if isinstance(node, ast.ClassDef | ast.FunctionDef)}


@cache
def field_docs(kind: type) -> dict[str, str]:
    """The string literal under each field of a struct and of its bases, by the field's name.

    A class can document an inherited field in its own docstring.
    """
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        found |= INHERITED.findall(inspect.getdoc(base) or "")
        node = definitions(base.__module__).get(base.__name__) if base.__module__.startswith("fastpix.") else None
        body = node.body if node else []
        for field, doc in pairwise(body):
            match field, doc:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = inspect.cleandoc(text)
                case _:
                    pass
    return found


class Page:
    """The reference page of a module."""

    def __init__(self, module: ModuleType) -> None:
        self.name = page_of(module.__name__)
        self._module = module
        self._operations = [value for value in OPERATIONS.values() if value.__module__ == module.__name__]

    def __str__(self) -> str:
        functions = [self._function(operation) for operation in self._operations]
        structs, values = [self._struct(kind) for kind in self._structs()], literals(self._module)
        parts = [
            NOTICE.format(name=f"{self.name}.py"),
            f"# fastpix.api.{self.name}",
            markdown(self._module.__doc__ or ""),
            *self._contents(),
            *functions,
            *(["## Types", RESPONSES, *structs] if structs else []),
            *(["## Values", *map(self._list, values)] if values else []),
        ]
        return "\n\n".join(parts) + "\n"

    def _contents(self) -> Iterator[str]:
        if self._operations:
            rows = [
                f"| [`{operation.__name__}`](#{operation.__name__}) | {summary(operation)} |"
                for operation in self._operations
            ]
            yield "\n".join(["| function | |", "|---|---|", *rows])
            yield f"Besides the errors that are named here, every call can fail with [these]({ERRORS})."
            yield REQUESTS

    def _function(self, operation: Operation[..., Any]) -> str:
        endpoint, docs = operation.endpoint, docs_of(operation)
        signature = (
            f"{operation.__name__}(core, request: {' | '.join(kind.__name__ for kind in endpoint.request_types)}"
        )
        signature += f"{self._default(operation)}, options=None) -> Reply[{self._code(endpoint.response_type)}]"
        again = "retries" if endpoint.idempotent else "does not retry"
        parts = [
            f"### {operation.__name__}",
            f"```python\n{signature}\n```",
            docs.text,
            f"`{endpoint.method} {endpoint.path}`, API operation `{endpoint.id}`. The library {again} it after a lost response.",
            *(self._fields(kind, f"**Request** `{kind.__name__}`: ") for kind in endpoint.request_types),
            f"**Value** {self._shown(endpoint.response_type)}{self._alias(operation)}",
            f"**Fails with**{self._failures(docs)}",
            f"**Example**\n\n```python\n{docs.example}\n```",
        ]
        return "\n\n".join(parts)

    def _alias(self, operation: Operation[..., Any]) -> str:
        """The other name of the value's type, if its declaration uses one."""
        declared: Any = definitions(operation.__module__)[operation.__name__]
        name = ast.unparse(declared.returns).removeprefix("Reply[").removesuffix("]")
        return f", also named `{name}`" if name != self._code(operation.endpoint.response_type) else ""

    @staticmethod
    def _default(operation: Operation[..., Any]) -> str:
        default = inspect.signature(operation).parameters["request"].default
        return "" if default is inspect.Parameter.empty else f" = {type(default).__name__}()"

    @staticmethod
    def _failures(docs: Docs) -> str:
        named = [(error, reason) for error, reason in docs.failures if reason]
        if not named:
            return f" only the [errors of every call]({ERRORS})."
        return "\n\n" + "\n".join(f"* `{error}`: {reason}" for error, reason in named)

    def _structs(self) -> list[type]:
        """All structs of this module but the requests of its operations, which stand with these."""
        requests = {kind for operation in self._operations for kind in operation.endpoint.request_types}
        own = [value for value in vars(self._module).values() if is_struct(value) and value not in requests]
        return [
            kind for kind in own if page_of(kind.__module__) == self.name and kind not in (common.Model, common.Answer)
        ]

    def _struct(self, kind: type) -> str:
        return f"### {kind.__name__}\n\n{self._fields(kind)}"

    def _fields(self, kind: type, label: str = "") -> str:
        doc = INHERITED.sub("", inspect.getdoc(kind) or "").strip()
        rows = [
            *self._tag(kind),
            *(self._row(kind, field) for field in msgspec.structs.fields(kind)),
            *properties(kind),
        ]
        if not rows:
            return f"{label}{paragraphs(doc)}"
        head = "| field | type | default | meaning |\n|---|---|---|---|"
        return "\n".join([f"{label}{paragraphs(doc)}", "", head, *rows])

    @staticmethod
    def _tag(kind: Any) -> Iterator[str]:
        config = kind.__struct_config__
        if config.tag is not None:
            yield f"| `{config.tag_field}` | | always `{config.tag}` | The library sets it. |"

    def _row(self, kind: type, field: msgspec.structs.FieldInfo) -> str:
        doc = markdown(field_docs(kind)[field.name])
        default = "**required**" if field.required else self._default_of(kind, field, DEFAULT.search(doc))
        return f"| `{field.name}` | {self._shown(field.type)} | {default} | {DEFAULT.sub('', doc)} |"

    @staticmethod
    def _default_of(kind: type, field: msgspec.structs.FieldInfo, documented: re.Match[str] | None) -> str:
        if field.default not in (NODEFAULT, UNSET, None):
            return f"`{field.default!r}`"
        if issubclass(kind, common.Answer):
            return "`None`"
        return documented[1] if documented else "not sent"

    def _shown(self, hint: Any) -> str:
        """A type in words, with links to the structs it names."""
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._annotated(arguments[0], arguments[1])
        if origin is Literal:
            return self._one_of(arguments)
        if origin in UNIONS:
            told = [choice for choice in arguments if choice not in (NoneType, UnsetType)]
            return " or ".join(dict.fromkeys(self._shown(choice) for choice in told))
        if origin in LISTS:
            return f"list of {self._shown(arguments[0])}"
        if origin is dict:
            none = " or `None`" if NoneType in get_args(arguments[1]) else ""
            return f"map of {self._shown(arguments[0])} to {self._shown(arguments[1])}{none}"
        if origin is tuple:
            return f"tuple of {len(arguments)} `{arguments[0].__name__}`"
        if structs_at(origin or hint):
            inner = f" of {self._shown(arguments[0])}" if arguments else ""
            return f"{self._link((origin or hint).__module__, (origin or hint).__name__)}{inner}"
        return "any JSON" if hint is object else f"`{hint.__name__}`"

    def _annotated(self, hint: Any, meta: Any) -> str:
        if meta is TIMESTAMP:
            return "`datetime`"
        if not isinstance(meta, Meta):
            return self._shown(hint)
        if meta.examples:
            return f"{self._one_of(tuple(meta.examples))}, or another text"
        low, high, longest = meta.ge, meta.le, meta.max_length
        if low is not None:
            return f"{self._shown(hint)}, {f'{low} to {high}' if high is not None else f'at least {low}'}"
        if longest is not None:
            return f"{self._shown(hint)}, at most {longest} {'characters' if hint is str else 'entries'}"
        return self._shown(hint)

    def _one_of(self, values: tuple[str, ...]) -> str:
        if len(values) <= FEW:
            return " or ".join(f'`"{value}"`' for value in values)
        return next(
            self._link(module.__name__, name)
            for module in RESOURCES
            for name in literals(module)
            if get_args(vars(module)[name]) == values
        )

    def _list(self, name: str) -> str:
        return f"### {name}\n\n{', '.join(f'`{value}`' for value in get_args(vars(self._module)[name]))}"

    def _link(self, module: str, name: str) -> str:
        page = page_of(module)
        return f"[`{name}`]({'' if page == self.name else f'{page}.md'}#{name.lower()})"

    def _code(self, hint: Any) -> str:
        origin, arguments = get_origin(hint), get_args(hint)
        inner = f"[{', '.join(self._code(argument) for argument in arguments)}]" if arguments else ""
        return f"{(origin or hint).__name__}{inner}"


def literals(module: ModuleType) -> list[str]:
    """The names of the types with a few texts as values that a module declares."""
    declared = [node.target for node in body_of(module.__name__) if isinstance(node, ast.AnnAssign)]
    named = [target.id for target in declared if isinstance(target, ast.Name)]
    return [name for name in named if get_origin(vars(module).get(name)) is Literal]


def properties(kind: type) -> Iterator[str]:
    """The rows of a class's properties, which have no default."""
    for name, value in inspect.getmembers(kind, lambda member: isinstance(member, property)):
        yield f"| `{name}` | property | | {markdown(inspect.getdoc(value) or '')} |"


def library() -> str:
    """The page of the classes that all operations share."""
    settings = (inspect.getdoc(vars(Core)["__init__"]) or "").partition("All arguments")
    core = _class(FastpixCore, f"{inspect.getdoc(FastpixCore)}\n\n{''.join(settings[1:])}")
    rest = [_class(kind, inspect.getdoc(kind) or "") for kind in LIBRARY]
    title = "# Settings, hooks, responses and errors\n\nThe classes that all operations share."
    return (
        "\n\n".join([NOTICE.format(name="configuration.py, core.py, errors.py and _call"), title, core, *rest]) + "\n"
    )


def functions() -> str:
    """The page of the functions that take an operation and return a function."""
    tests = [f"| `{test.__name__}` | {markdown(inspect.getdoc(test) or '')} |" for test in TESTS]
    parts = [
        NOTICE.format(name="operation.py, paging.py, polling.py, concurrency.py and states.py"),
        "# Functions of operations",
        "Each function takes an operation and returns a function that is called with a core. Import them from `fastpix`.",
        *map(_function, FUNCTIONS),
        "## Tests for until",
        "\n".join(["Import them from `fastpix.states`.", "", "| test | |", "|---|---|", *tests]),
    ]
    return "\n\n".join(parts) + "\n"


def uploads_of_files() -> str:
    """The page of `fastpix.uploads`."""
    steps: tuple[Callable[..., object], ...] = (
        *(uploads.upload, uploads.start, uploads.send),
        *(uploads.resume, uploads.status, uploads.cancel),
    )
    kinds = (uploads.Uploaded, uploads.UploadProgress, uploads.UploadSession, uploads.UploadStatus)
    parts = [
        NOTICE.format(name="fastpix/uploads"),
        "# Uploads of files",
        "Import these names from `fastpix.uploads`. README shows [how to use them](../../README.md#uploads).",
        *map(_function, steps),
        "## Classes",
        *(_class(kind, inspect.getdoc(kind) or "") for kind in kinds),
        _with_methods(uploads.UploadControl),
        "### UploadBars",
        f"Import it from `fastpix.uploads.bars`. {_first(UploadBars)}",
    ]
    return "\n\n".join(parts) + "\n"


def jobs_and_journals() -> str:
    """The page of `fastpix.jobs` and `fastpix.journal`."""
    functions: tuple[Any, ...] = (jobs.import_media, jobs.label_media, jobs.delete_media, jobs.upload_once)
    answers = (journal.Go, journal.Done, journal.InDoubt)
    parts = [
        NOTICE.format(name="fastpix/jobs"),
        "# Jobs and journals",
        "Import these names from `fastpix.jobs`. README shows [how to use them](../../README.md#jobs).",
        *map(_function, functions),
        "### JobSettings",
        markdown(inspect.getdoc(jobs.JobSettings) or ""),
        *(_class(kind, inspect.getdoc(kind) or "") for kind in (jobs.Report, jobs.FailedItem)),
        "### JobBar",
        f"Import it from `fastpix.jobs.bar`. {_first(JobBar)}",
        "## Journals",
        "Import these names from `fastpix.journal`.",
        _function(journal.once),
        *map(_with_methods, (journal.SqliteJournal, journal.Journal)),
        *(_class(kind, inspect.getdoc(kind) or "") for kind in answers),
    ]
    return "\n\n".join(parts) + "\n"


def received_webhooks() -> str:
    """The page of `fastpix.webhooks`."""
    kinds = [vars(webhooks)[name] for name in webhooks.__all__ if name[0].isupper() and name.isalnum()]
    kinds = [kind for kind in kinds if is_struct(kind)]
    types = [
        f"* {markdown(f'`{kind.__name__}`')}: {', '.join(f'`{type}`' for type in get_args(hint))}"
        for kind in kinds
        for hint in [kind.__annotations__.get("type")]
        if get_origin(hint) is Literal
    ]
    parts = [
        NOTICE.format(name="fastpix/webhooks"),
        "# Webhooks",
        "Import these names from `fastpix.webhooks`. README shows [how to use them](../../README.md#webhooks).",
        _function(webhooks.read),
        _function(webhooks.sign),
        "## Events",
        "`read` returns one of these, or an `UnknownEvent`, or a `Probe`. Each class has the types of one kind of data.",
        "\n".join(types),
        *(_class(kind, inspect.getdoc(kind) or "") for kind in (EventFields, *kinds)),
    ]
    return "\n\n".join(parts) + "\n"


def playback_urls() -> str:
    """The page of `fastpix.playback`."""
    urls: tuple[Callable[..., object], ...] = (
        *(playback.stream_url, playback.live_clip_url, playback.thumbnail_url, playback.spritesheet_url),
        *(playback.animation_url, playback.mp4_url, playback.audio_url, playback.subtitles_url, playback.player_html),
    )
    parts = [
        NOTICE.format(name="fastpix/playback"),
        "# Playback",
        "Import these names from `fastpix.playback`. README shows [how to use them](../../README.md#playback).",
        *map(_function, urls),
        _function(playback.playback_signer),
        _with_methods(playback.Signer),
    ]
    return "\n\n".join(parts) + "\n"


def local_fastpix() -> str:
    """The page of the local FastPix."""
    seeds = [kind for name, kind in vars(emulator).items() if name.startswith("Seed")]
    parts = [
        NOTICE.format(name="fastpix/emulator"),
        "# The local FastPix",
        "Import these classes from `fastpix.emulator`. README shows [how to use them](../../README.md#testing).",
        *map(_with_methods, (emulator.Emulator, emulator.Clock)),
        *(_class(kind, inspect.getdoc(kind) or "") for kind in (emulator.Fault, emulator.PlannedFaults)),
        *(
            _class(kind, inspect.getdoc(kind) or "")
            for kind in (emulator.Sent, emulator.ReceivedUpload, emulator.Server)
        ),
        *(
            _class(kind, inspect.getdoc(kind) or "")
            for kind in (emulator.Webhook, emulator.Delivery, emulator.Attempt, emulator.Answered)
        ),
        _with_methods(emulator.Inbox),
        *(_class(kind, inspect.getdoc(kind) or "") for kind in (emulator.Delays, emulator.Reads, *seeds)),
        *(_class(kind, inspect.getdoc(kind) or "") for kind in (emulator.Content, emulator.State)),
        "### serving",
        f"Import it from `fastpix.emulator.server`. {markdown((inspect.getdoc(serving) or '').partition('Args:')[0])}",
        "## What each operation is based on",
        "`GET /_emulator/` of a local FastPix has the same table.",
        basis(),
    ]
    return "\n\n".join(parts) + "\n"


def _with_methods(kind: type) -> str:
    """The section of a class, with a table of its methods."""
    constructor = inspect.getdoc(kind) or ""
    names = [name for name, value in vars(kind).items() if inspect.isfunction(value) and not name.startswith("_")]
    rows = [f"| `{name}{_parameters(getattr(kind, name))}` | {_first(getattr(kind, name))} |" for name in names]
    return "\n".join([_class(kind, constructor), "", "| method | |", "|---|---|", *rows])


def _parameters(function: Callable[..., object]) -> str:
    parameters = [value for name, value in inspect.signature(function).parameters.items() if name != "self"]
    return str(inspect.Signature([value.replace(annotation=value.empty) for value in parameters]))


def _first(function: Callable[..., object]) -> str:
    """What a docstring says before its lists."""
    return markdown(SECTION.sub("", inspect.getdoc(function) or "").strip())


def basis() -> str:
    """The table of what the local FastPix is based on."""
    rows = [
        f"| {link(operation, '')} | {known.recorded} | {known.documented} | {known.guessed} |"
        for operation in OPERATIONS.values()
        for known in [HANDLERS[operation.endpoint.id].basis]
    ]
    return "\n".join(["| function | recorded | documented | guessed |", "|---|---|---|---|", *rows])


def _function(function: Callable[..., object]) -> str:
    doc = inspect.getdoc(function) or ""
    listed = {title: ENTRY.findall(entries) for title, entries in LISTED.findall(doc)}
    text, _, example = SECTION.sub("", doc).strip().partition("\n\nExample:\n")
    rows = [f"| `{name}` | {default} | {meaning} |" for name, default, meaning in map(cells, listed["Args"])]
    parts = [
        f"### {function.__name__}",
        paragraphs(text.strip()),
        "\n".join(["| argument | default | meaning |", "|---|---|---|", *rows]),
        *(f"**{title}**\n\n{bullets(listed[title])}" for title in ("Fails with", "Raises") if title in listed),
        *([f"**Example** {markdown(example)}"] if example else []),
    ]
    return "\n\n".join(parts)


def bullets(entries: list[tuple[str, str]]) -> str:
    return "\n".join(f"* {LINK}{error}{LINK}: {markdown(reason)}" for error, reason in entries)


def _class(kind: type, doc: str) -> str:
    text = SECTION.sub("", doc).strip()
    bases = [base.__name__ for base in kind.__bases__ if base.__module__ == errors.__name__]
    kind_of = f"A kind of {markdown(f'`{bases[0]}`')}.\n\n" if bases else ""
    rows = [
        *_declared(kind),
        *_listed(doc.partition("\n\nRaises:\n")[0]),
        *properties(kind),
    ]
    table = "\n".join(["| | type | default | meaning |", "|---|---|---|---|", *rows])
    return f"### {kind.__name__}\n\n{kind_of}{paragraphs(text)}" + (f"\n\n{table}" if rows else "")


def cells(entry: tuple[str, str]) -> tuple[str, str, str]:
    """The name, the default and the meaning of an argument that a docstring lists."""
    name, text = entry[0], markdown(entry[1])
    given = DEFAULT.search(text)
    return name, given[1] if given else "", DEFAULT.sub("", text)


def _listed(doc: str) -> Iterator[str]:
    """The rows of the arguments that a docstring lists."""
    for name, default, meaning in map(cells, ENTRY.findall(doc)):
        yield f"| `{name}` | | {default} | {meaning} |"


def _declared(kind: type) -> Iterator[str]:
    """The rows of the fields with a docstring."""
    own = [base for base in kind.__mro__[::-1] if base is kind or base.__name__.startswith("_Seed")]
    for node in (node for base in own for node in definitions(base.__module__)[base.__name__].body):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=hint, value=value) if name in field_docs(kind):
                default = f"`{ast.unparse(value)}`" if value else ""
                meaning = DEFAULT.sub("", markdown(field_docs(kind)[name]))
                yield f"| `{name}` | `{ast.unparse(hint).replace(' | ', ' or ')}` | {default} | {meaning} |"
            case _:
                pass


def index() -> str:
    """The page that GitHub shows for the folder: all operations in one table."""
    rows = [
        f"| {link(operation, '')} | `{operation.endpoint.method} {operation.endpoint.path}` | {summary(operation)} |"
        for operation in OPERATIONS.values()
    ]
    table = "\n".join(["| function | request | |", "|---|---|---|", *rows])
    shared = (
        "[Settings, hooks, responses and errors](library.md), [functions of operations](functions.md), [uploads of "
        "files](file_uploads.md), [jobs](jobs.md), [webhooks](webhooks.md), [playback](playback.md), [structs that several modules share](common.md) and [the local "
        "FastPix](emulator.md) have pages of their own."
    )
    return "\n\n".join(["# Reference", paragraphs(inspect.getdoc(fastpix.api) or ""), shared, table]) + "\n"


def link(operation: Operation[..., Any], folder: str) -> str:
    page, name = page_of(operation.__module__), operation.__name__
    return f"[`{name}`]({folder}{page}.md#{name})"


def summary(operation: Operation[..., Any]) -> str:
    """The first sentence of an operation's docstring."""
    return re.split(r"\.(?:\s|$)", docs_of(operation).text)[0]


def official_methods() -> dict[str, str]:
    """The method of the official SDK that calls each operation, by the operation's id."""
    groups: dict[str, tuple[str, str]] = import_module("fastpix_python").Fastpix._sub_sdk_map
    return {
        id: f"{group}.{method}"
        for group, (module, name) in groups.items()
        for method, function in inspect.getmembers(getattr(import_module(module), name), inspect.isfunction)
        if not method.endswith("_async")
        for id in re.findall(r'operation_id="([^"]+)"', inspect.getsource(function))
    }


def migration() -> str:
    """README's table of all operations by their names in the official SDK."""
    methods = official_methods()
    pairs = [(methods.get(operation.endpoint.id), operation) for operation in OPERATIONS.values()]
    rows = [
        f"| {f'`{method}`' if method else 'none'} | {link(operation, 'fastpix/api/')} |" for method, operation in pairs
    ]
    return "\n".join(["| fastpix_python | fastpix |", "|---|---|", *rows])


def written() -> dict[Path, str]:
    """The text of each written file."""
    resources = {f"{page.name}.md": str(page) for page in map(Page, RESOURCES) if page.name != "times"}
    found = {**resources, "library.md": library(), "functions.md": functions(), "emulator.md": local_fastpix()}
    found |= {"file_uploads.md": uploads_of_files(), "webhooks.md": received_webhooks()}
    found |= {"playback.md": playback_urls(), "jobs.md": jobs_and_journals()}
    found["README.md"] = index()
    homes = {name: page for page, text in found.items() for name in re.findall(r"^### (\w+)$", text, re.MULTILINE)}
    readme = OPERATIONS_IN_README.sub(lambda _: f"\n{migration()}\n\n", README.read_text())
    return {FOLDER / page: linked(text, page, homes) for page, text in found.items()} | {README: readme}


def main() -> None:
    for path, text in written().items():
        path.write_text(text)
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
