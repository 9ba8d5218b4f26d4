"""The names that a user can import, and the modules that an import loads."""

import ast
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib import import_module, metadata
from pathlib import Path

import pytest

import fastpix
from tests.servers import PAGE, Scripted, answer

ROOT = Path(__file__).parent.parent
PROCESS_GLUE = "fastpix.emulator.__main__"
MODULES = ["fastpix"] + [
    found.name for found in pkgutil.walk_packages(fastpix.__path__, "fastpix.") if found.name != PROCESS_GLUE
]
PIPELINE = {
    "fastpix",
    "fastpix._call",
    "fastpix._call.arguments",
    "fastpix._call.call",
    "fastpix._call.clock",
    "fastpix._call.deviation",
    "fastpix._call.endpoint",
    "fastpix._call.hints",
    "fastpix._call.interrupts",
    "fastpix._call.http_date",
    "fastpix._call.libraries",
    "fastpix._call.loopback",
    "fastpix._call.messages",
    "fastpix._call.pace",
    "fastpix._call.redaction",
    "fastpix._call.request",
    "fastpix._call.response",
    "fastpix._call.retry",
    "fastpix._call.structs",
    "fastpix._call.validation",
    "fastpix._http",
    "fastpix._http.per_process",
    "fastpix.api",
    "fastpix.api.common",
    "fastpix.api.times",
    "fastpix.configuration",
    "fastpix.core",
    "fastpix.errors",
    "fastpix.operation",
    "fastpix.reply",
}
SHARED_BY = {
    "fastpix.api.metrics": {"fastpix.api.dimensions"},
    "fastpix.api.simulcasts": {"fastpix.api.live_streams"},
    "fastpix.api.uploads": {"fastpix.api.media"},
}
"""The resources that use models of another resource, and the resource that declares them."""
SHARED_BY_ALL = {"fastpix.api.common", "fastpix.api.times"}
RESOURCES = [name for name in MODULES if name.startswith("fastpix.api.") and name not in SHARED_BY_ALL]


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a new process has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def of_fastpix(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "fastpix"}


LIBRARIES = "msgspec, returns.result"
OF_A_RESOURCE = {
    "_string", "_weakrefset", "atexit", "binascii", "ipaddress", "logging", "string", "threading", "traceback",
    "urllib", "urllib.parse", "weakref", "zlib", "math", "_colorize",
}  # fmt: skip
"""Standard library modules that a resource loads and the libraries do not, the last two only after Python 3.11."""
CALL = """
from fastpix import {core}
from fastpix.api.live_streams import live_streams_list
core = {core}(username="a", password="b", server_url="http://127.0.0.1:1/", timeout=0.1)
"""
SYNC_CALL = CALL.format(core="FastpixCore") + "live_streams_list(core)"
ASYNC_CALL = CALL.format(core="AsyncFastpixCore") + "import asyncio\nasyncio.run(live_streams_list(core))"


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("pages", {"fastpix.paging"}),
        ("each", {"fastpix.paging"}),
        ("until", {"fastpix.polling", "fastpix.states"}),
        ("many", {"fastpix.concurrency", "fastpix._background"}),
    ],
)
def test_a_function_of_operations_loads_what_it_uses(name: str, own: set[str]) -> None:
    loaded = loaded_by(f"from fastpix import {name}")
    assert own <= of_fastpix(loaded) <= PIPELINE | own
    assert not loaded & {"anyio", "asyncio", "httpx", "httpcore", "ssl"}
    assert ("concurrent.futures" in loaded) == (name == "many")


def test_uploads_load_what_they_use() -> None:
    loaded = loaded_by("import fastpix.uploads")
    resources = {"fastpix.api.media", "fastpix.api.uploads"}
    own = {name for name in MODULES if name.startswith("fastpix.uploads")} - {"fastpix.uploads.bars"}
    assert of_fastpix(loaded) == PIPELINE | resources | own | {"fastpix.workflow"}
    assert not loaded & {"anyio", "asyncio", "httpx", "httpcore", "ssl", "hashlib", "google_crc32c", "rich"}


def test_webhooks_load_what_they_use() -> None:
    loaded = loaded_by("import fastpix.webhooks")
    resources = {"fastpix.api.live_streams", "fastpix.api.media", "fastpix.api.uploads"}
    own = {name for name in MODULES if name.startswith("fastpix.webhooks")}
    tolerant = {f"fastpix._call.{name}" for name in ("bad_text", "shape", "tolerance")}
    assert of_fastpix(loaded) == PIPELINE | resources | own | tolerant
    assert not loaded & {"anyio", "asyncio", "httpx", "httpcore", "h11", "ssl", "socket", "http.client"}


def test_playback_loads_no_http_client() -> None:
    loaded = loaded_by("import fastpix.playback")
    own = {name for name in MODULES if name.startswith("fastpix.playback")}
    assert of_fastpix(loaded) <= PIPELINE | own
    assert not loaded & {"anyio", "asyncio", "httpx", "httpcore", "h11", "ssl", "socket", "jwt", "cryptography"}


def test_the_tests_for_until_load_no_resource() -> None:
    assert of_fastpix(loaded_by("import fastpix.states")) == {"fastpix", "fastpix.states"}


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_resource_loads_the_pipeline_and_nothing_else_of_the_library(resource: str) -> None:
    loaded = loaded_by(f"import {resource}")
    assert of_fastpix(loaded) == PIPELINE | {resource} | SHARED_BY.get(resource, set())
    assert loaded - of_fastpix(loaded) - loaded_by(f"import {LIBRARIES}") <= OF_A_RESOURCE


@pytest.mark.parametrize(("call", "libraries"), [(SYNC_CALL, "httpcore"), (ASYNC_CALL, "httpcore, asyncio")])
def test_a_call_loads_what_speaks_http_and_nothing_that_it_has_no_use_for(call: str, libraries: str) -> None:
    loaded = loaded_by(call)
    more = loaded - of_fastpix(loaded) - loaded_by(f"import {LIBRARIES}, {libraries}")
    assert {name for name in more if not name.startswith("anyio.")} <= OF_A_RESOURCE | {"encodings.idna", "stringprep"}
    assert not loaded & {"httpx", "click", "rich", "starlette", "uvicorn", "sqlite3"}
    assert ("asyncio" in loaded) is (call == ASYNC_CALL)
    assert ("fastpix._http.async_transport" in loaded) is (call == ASYNC_CALL)
    assert ("fastpix._http.sync_transport" in loaded) is (call == SYNC_CALL)


FIRST_CALL = """
import asyncio, sys
from fastpix import {core}
from fastpix.api.live_streams import live_streams_list
core = {core}(username="a", password="b", server_url="{url}")
before = set(sys.modules)
{call}.unwrap()
print(*set(sys.modules) - before)
"""


@pytest.mark.parametrize(
    ("core", "call", "late"),
    [
        ("FastpixCore", "live_streams_list(core)", set[str]()),
        (
            "AsyncFastpixCore",
            "asyncio.run(live_streams_list(core))",
            {"anyio"},
        ),  # anyio loads the modules for its event loop
    ],
)
def test_a_core_has_loaded_what_its_first_call_needs(scripted: Scripted, core: str, call: str, late: set[str]) -> None:
    scripted.script(answer(PAGE))
    program = FIRST_CALL.format(core=core, call=call, url=scripted.url)
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert {name.partition(".")[0] for name in done.stdout.split()} <= {"encodings", "stringprep"} | late


def test_a_call_over_http_makes_no_ssl_context() -> None:
    loaded_by(
        f"{SYNC_CALL}\nimport fastpix._http.route\nassert not fastpix._http.route.ssl_context.cache_info().currsize"
    )


def test_spans_need_no_httpx() -> None:
    traced = SYNC_CALL.replace("timeout=0.1", "timeout=0.1, hooks=Hooks(around_call=spans())")
    loaded = loaded_by(f"from fastpix import Hooks\nfrom fastpix.tracing import spans{traced}")
    assert "opentelemetry" in loaded
    assert "httpx" not in loaded


def test_the_package_alone_loads_nothing() -> None:
    loaded = loaded_by("import fastpix")
    assert of_fastpix(loaded) == {"fastpix"}
    assert not loaded & {"httpx", "msgspec", "returns", "ssl"}


def test_errors_alone_load_no_library() -> None:
    assert not loaded_by("import fastpix.errors") & {"httpx", "msgspec", "returns", "ssl"}


@pytest.mark.parametrize("name", MODULES)
def test_all_is_the_public_names(name: str) -> None:
    module = import_module(name)
    exported = set(getattr(module, "__all__", []))
    assert all(hasattr(module, name) for name in exported)
    tree = ast.parse(Path(module.__file__ or "").read_text())
    public = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    assert name in {"fastpix", "fastpix.emulator.demo"} or public <= exported


@pytest.mark.parametrize("name", RESOURCES)
def test_a_module_exports_the_types_of_its_fields(name: str) -> None:
    module = import_module(name)
    tree = ast.parse(Path(module.__file__ or "").read_text())
    imported = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fastpix.api.")
        for alias in node.names
    }
    in_annotations = {
        found.id
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for field in node.body
        if isinstance(field, ast.AnnAssign)
        for found in ast.walk(field.annotation)
        if isinstance(found, ast.Name)
    }
    assert (imported & in_annotations) - {"Open", "Secret"} <= set(module.__all__)


def test_the_package_gives_what_it_names() -> None:
    assert dir(fastpix) == sorted([*fastpix.__all__, "__version__"])
    assert all(hasattr(fastpix, name) for name in dir(fastpix))
    with pytest.raises(AttributeError, match="'fastpix' has no attribute 'nonsense'"):
        fastpix.nonsense  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - wrong on purpose


def test_version_changelog_and_distribution_agree() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == fastpix.__version__ == metadata.version("fastpix")


def test_what_is_imported_is_declared() -> None:
    required = [line for line in metadata.requires("fastpix") or [] if "extra ==" not in line]
    named = {"httpx", "msgspec", "returns"}
    brought_by_httpx = {"anyio", "certifi", "httpcore"}
    assert {re.split(r"[<>=!]", line)[0] for line in required} == named | brought_by_httpx
    assert brought_by_httpx <= {re.split(r"[^\w-]", line)[0] for line in metadata.requires("httpx") or []}


@pytest.mark.parametrize(
    ("extra", "modules", "brought"),
    [
        ("otel", ["tracing.py"], {"opentelemetry-api"}),
        ("progress", ["jobs/bar.py", "uploads/bars.py"], {"rich"}),
        ("crc32c", ["uploads/checksums.py"], {"google-crc32c"}),
        (
            "emulator",
            ["emulator/server.py", "emulator/model/signing_keys.py", "emulator/playback/access.py"],
            {"cryptography", "pyjwt", "uvicorn"},
        ),
        ("jwt", ["playback/signer.py"], {"pyjwt[crypto]"}),
        ("media", ["emulator/storage/probe.py", "emulator/storage/pictures.py"], {"av"}),
    ],
)
def test_an_extra_brings_what_its_module_imports(extra: str, modules: list[str], brought: set[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {re.split(r"[<>=!]", line)[0] for line in project["optional-dependencies"][extra]} == brought
    source = "\n".join((ROOT / "fastpix" / module).read_text() for module in modules)
    imported = " ".join(re.findall(r"^ *(?:from|import) (\w+)", source, re.MULTILINE))
    assert all(
        re.search(rf"\b{name.removeprefix('py').partition('-')[0].partition('[')[0]}", imported) for name in brought
    )
