"""Every example of README.md runs against a local FastPix, and its tables and commands match the project."""

import ast
import inspect
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Any, get_args

import httpx
import pytest
import yaml
from fastapi.testclient import TestClient

import fastpix
from fastpix import FastpixCore, errors, pytest_plugin
from fastpix._call.retry import REPEATABLE_STATUSES
from fastpix.api.live_streams import live_streams_list
from fastpix.api.media import CreateMediaRequest, Media, VideoInput, media_create, media_list
from fastpix.emulator import Emulator, Fault, Seed, SeedStream
from fastpix.emulator.faults import Break
from fastpix.playback import stream_url
from fastpix.webhooks import MediaEvent, read
from fastpix.webhooks.events import kind_of
from tests.emulator.processes import variables_in
from tests.emulator.storage.movies import movie
from tests.emulator.webhooks.receivers import receiving
from tests.operations import OPERATIONS
from tests.playback.keys import KEY_ID, encoded, pem
from tests.servers import let_localhost_be
from tests.wheel import ROOT

README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MAKE = shutil.which("make")
BENCHMARKS = (ROOT / "tests" / "benchmarks" / "README.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
IN_OTHER_PLACES = re.findall(r"^```py\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
"""Examples with packages that have no types, or that only some environments have. Other tests run them."""
LISTINGS = ROOT / "tests" / "examples" / "listings"
QUICK_START = 0


@pytest.fixture
def _environment(server_url: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start a local FastPix, set the environment variables with which a core finds it, and make the file to upload."""
    monkeypatch.chdir(tmp_path)
    Path("talk.mp4").write_bytes(b"video" * 100_000)
    Path("library.csv").write_text("url,title\nhttps://example.com/talk.mp4,A talk\n")
    for fixture in LISTINGS.glob("*.json"):
        shutil.copy(fixture, tmp_path)
    monkeypatch.setenv("FASTPIX_SERVER_URL", server_url)
    monkeypatch.setenv("FASTPIX_USERNAME", emulator.username)
    monkeypatch.setenv("FASTPIX_PASSWORD", emulator.password)
    monkeypatch.setenv("SIGNING_KEY_ID", KEY_ID)
    monkeypatch.setenv("SIGNING_PRIVATE_KEY", encoded(pem()))


def run(number: int) -> dict[str, Any]:
    """Run an example and return the names that it defines."""
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(EXAMPLES[number], f"README example {number}", "exec"), names)
    return names


def media_of(emulator: Emulator) -> list[Media]:
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    return list(media_list(core).unwrap().data)


def example_with(word: str) -> int:
    (number,) = (number for number, example in enumerate(EXAMPLES) if word in example)
    return number


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
@pytest.mark.usefixtures("_environment")
def test_an_example_runs(number: int) -> None:
    run(number)


@pytest.mark.usefixtures("_environment")
def test_the_examples_of_jobs_leave_media(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        report = run(example_with("report_file="))["report"]
        assert (report.done, report.failed) == (1, 0)
        run(example_with("upload_once("))
    assert {media.title for media in media_of(emulator)} == {"A talk", None}
    assert "1/1" in capsys.readouterr().err


@pytest.mark.usefixtures("_environment")
def test_the_examples_of_migrations_import_what_the_listings_have(emulator: Emulator) -> None:
    s3, mux = run(example_with("from_s3"))["report"], run(example_with("from_mux"))["report"]
    assert (s3.done, s3.failed, mux.done, mux.failed) == (2, 0, 2, 1)
    found = {(media.metadata or {})["import_key"]: media for media in media_of(emulator)}
    assert found.keys() == {"s3:2025/A talk.mp4", "s3:2026/tour.mov", "mux:asset-1", "mux:asset-2"}
    policies = [[each.access_policy for each in found[f"mux:asset-{n}"].playback_ids or []] for n in (1, 2)]
    assert policies == [["public"], ["private"]]


@pytest.mark.usefixtures("_environment")
def test_the_examples_of_lists_give_each_stream_once(emulator: Emulator) -> None:
    emulator.seed(Seed(streams=[SeedStream(count=60), SeedStream(count=70, status="disabled")]))
    run(example_with("error.page"))  # it deletes the disabled streams
    names = run(example_with("live_streams.list.each()"))
    assert len(names["ids"]) == len(set(names["ids"])) == 60
    assert names["sizes"] == [50, 10]
    assert run(example_with("concurrency=20"))["left"] == []
    assert run(example_with("live_streams.list.each()"))["ids"] == []


def test_the_operations_of_the_quick_start_take_a_statement_each() -> None:
    statements = ast.parse(EXAMPLES[QUICK_START]).body
    assert [type(statement) for statement in statements] == [*[ast.ImportFrom] * 2, *[ast.Assign] * 8]


@pytest.mark.usefixtures("_environment")
def test_the_examples_of_uploads_leave_media(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    uploaded = run(example_with("ready_within=900"))["uploaded"]
    assert (uploaded.media.title, uploaded.media.status) == ("A talk", "Ready")
    run(example_with("UploadBars()"))
    run(example_with("from tqdm"))
    run(example_with("state_file"))
    assert "uploaded" in capsys.readouterr().out
    assert [(each.status, each.size) for each in emulator.uploads()] == [("complete", 500_000)] * 4


@pytest.mark.usefixtures("_environment")
def test_the_example_of_a_browser_returns_a_url_that_a_post_opens(emulator: Emulator) -> None:
    with TestClient(run(example_with("for_browser"))["app"]) as client:
        url = client.post("/uploads").json()["url"]
    opened = emulator.handle(httpx.Request("POST", url, headers={"x-goog-resumable": "start"}))
    assert (opened.status_code, "upload_id=" in opened.headers["location"]) == (201, True)


class OfALambda:
    """The context of an invocation that has some time left."""

    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


@pytest.mark.usefixtures("_environment")
def test_the_example_of_private_playback_makes_a_page(
    emulator: Emulator, core: FastpixCore, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = run(example_with("key.private_key"))["key"]
    monkeypatch.setenv("SIGNING_KEY_ID", key.id)
    monkeypatch.setenv("SIGNING_PRIVATE_KEY", key.private_key)
    media = CreateMediaRequest([VideoInput("https://example.com/a.mp4")], access_policy="private", title="A & B")
    media_id = media_create(core, media).unwrap().data.id
    emulator.clock.advance(seconds=1)
    page = run(example_with("def watch_page"))["watch_page"](core, media_id)
    assert 'title="A &amp; B"' in page
    (playback_id,) = re.findall(r'playback-id="([^"]+)"', page)
    (token,) = re.findall(r' token="([^"]+)"', page)
    origin = server_url.removesuffix("/v1/")
    assert httpx.get(stream_url(playback_id, token=token, origin=origin)).status_code == 200
    assert httpx.get(stream_url(playback_id, origin=origin)).status_code == 401


@pytest.mark.usefixtures("_environment")
def test_the_example_of_playing_prints_a_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    Path("talk.mp4").write_bytes(movie())
    run(example_with("ready_within=60"))
    master = httpx.get(capsys.readouterr().out.strip())
    assert "#EXT-X-STREAM-INF" in master.text


@pytest.mark.usefixtures("_environment")
def test_the_example_of_a_lambda_lists_streams_in_the_time_that_is_left() -> None:
    handler = run(example_with("get_remaining_time_in_millis"))["handler"]
    assert handler({"limit": 5}, OfALambda(30_000)) == {"streams": []}
    assert handler({"limit": 500}, OfALambda(30_000)) == {
        "error": "live_streams_list: limit must be an int from 1 to 50, not 500",
        "may_have_been_applied": False,
    }
    assert "not sent" in handler({"limit": 5}, OfALambda(100))["error"]


@pytest.mark.usefixtures("_environment")
def test_the_example_of_a_service_maps_errors_to_statuses(emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    with TestClient(run(example_with("exception_handler"))["app"]) as client:
        assert [stream["streamId"] for stream in client.get("/streams").json()["data"]] == [stream_id]
        assert client.get("/streams?limit=1&page=2").json()["data"] == []
        refused = client.get("/streams?limit=51")
        assert (refused.status_code, refused.json()["detail"][:26]) == (422, "live_streams_list: limit m")
        assert client.delete(f"/streams/{stream_id}").status_code == 202
        assert client.get("/streams").json()["data"] == []


@pytest.mark.usefixtures("_environment")
def test_the_example_of_unknown_outcomes_finds_the_stream_that_was_created(emulator: Emulator) -> None:
    names = run(example_with("create_once"))
    assert names["stream"].metadata == {"order": "order-17"}
    transport, lost = emulator.transport(), list[httpx.Request]()

    class LosesCreates(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = transport.handle_request(request)
            if request.method == "POST":
                lost.append(request)
                raise httpx.ReadError("gone")
            return response

    core = FastpixCore(username=emulator.username, password=emulator.password, transport=LosesCreates())
    found = names["create_once"](core, "order-18")
    assert (found.metadata, len(lost)) == ({"order": "order-18"}, 1)


def test_the_table_of_operations_is_complete() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\S+ \| ((?:`\w+` ?)+)\|$", README, re.MULTILINE)
    named = [f"{resource}_{name}" for resource, names in rows for name in re.findall(r"\w+", names)]
    assert sorted(named) == sorted(OPERATIONS)


def test_the_commands_named_are_targets() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"demo", "emulator", "test", "bench"} <= named
    assert all(re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE) for target in named)


def made(*arguments: str, folder: Path = ROOT) -> str:
    """Return the output of ``make``."""
    done = subprocess.run(
        [str(MAKE), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},  # without the variables of a `make` that runs the tests
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
def test_bare_make_lists_the_targets() -> None:
    assert made("-n") == made("-n", "help")
    listed = re.findall(r"^  make ([a-z]+) +\S", made("help"), re.MULTILINE)
    assert sorted(listed) == sorted(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize("target", ["demo", "test", "emulator"])
def test_a_target_makes_an_environment_first(target: str, tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    made_first, *_, last = re.findall(r"-m (venv \S+|pip|pytest|fastpix\.\S+)", made("-n", target, folder=tmp_path))
    assert re.fullmatch(r"venv \.venv/(run|dev)", made_first)
    assert last == {"demo": "fastpix.emulator.demo", "emulator": "fastpix.emulator"}.get(target, "pytest")


def test_the_python_and_the_extras_that_are_named_are_declared() -> None:
    (least,) = set(re.findall(r"Python (\S+) or newer", README))
    assert PROJECT["requires-python"] == f">={least}"
    assert set(re.findall(r"'\.\[(\w+)\]'", README)) == PROJECT["optional-dependencies"].keys()
    assert {re.split(r"\W", line)[0] for line in PROJECT["optional-dependencies"]["emulator"]} == {
        "cryptography",
        "pyjwt",
        "uvicorn",
    }


def test_the_version_and_the_license_are_those_of_the_distribution() -> None:
    assert f"The version is {fastpix.__version__.rpartition('.')[0]}:" in README
    assert PROJECT["license"] == "MIT AND Apache-2.0"
    assert [f"({path})" in README for path in PROJECT["license-files"]] == [True, True]
    assert "MIT [licensed](LICENSE)." in README
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")


def test_a_check_is_all_that_is_said_of_it_and_ci_runs_it() -> None:
    (parts,) = re.findall(r"^check: (.*?) ##", MAKEFILE, re.MULTILINE)
    assert parts == "format lint types test faults instructions wheel versions"
    assert (ROOT / ".ci" / "run").read_text().endswith("\nmake check\nmake strangers\n")
    coverage = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]
    assert (coverage["run"]["branch"], coverage["report"]["fail_under"]) == (True, 100)
    assert re.search(r"^check: MEASURED := --cov\b", MAKEFILE, re.MULTILINE)


def test_figures_are_measured_beside_the_sdk_that_is_named() -> None:
    (version,) = re.findall(r"fastpix-python==([\d.]+)", MAKEFILE)
    assert f"with the official SDK {version} and" in README
    assert f"beside the official SDK {version}," in BENCHMARKS


def test_the_figures_reach_the_goals_that_they_are_said_to() -> None:
    rows = re.findall(r"\| ([\d.,]+) \| ([≤≥]) ([\d.]+) \| (reached|missed)[^|]*\|$", BENCHMARKS, re.MULTILINE)
    reached = [
        float(ratio) <= float(goal) if bound == "≤" else float(ratio) >= float(goal) for ratio, bound, goal, _ in rows
    ]
    assert reached == [said == "reached" for *_, said in rows]
    assert (len(rows), reached.count(False)) == (58, 5)


def test_the_figures_are_those_of_the_benchmarks() -> None:
    _, section = README.split("## Measured")
    measured = re.findall(r"^\| [^|]+ \| ([\d.,]+ \S+) \| ([\d.,]+ \S+) \| ([\d.]+) \|$", section, re.MULTILINE)
    rows = re.findall(r"\| ([\d.,]+ \S+) \| ([\d.,]+ \S+) \| ([\d.]+) \| [≤≥]", BENCHMARKS)
    assert len(measured) == 6
    for ours, theirs, ratio in measured:
        assert any(
            (ours, theirs) == row[:2] and float(ratio) in {float(row[2]), round(1 / float(row[2]), 2)} for row in rows
        )


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_shell_reads_where_the_local_fastpix_is(tmp_path: Path, shell: str, unbuffered: str) -> None:
    (lines,) = re.findall(r"```sh\n(rm -f fastpix\.env\n.*?)```", README, re.DOTALL)
    python = quote(sys.executable)
    serving = lines.replace("python -m fastpix.emulator", f"{python} -m fastpix.emulator --username me")
    ask = (
        "import fastpix as f, fastpix.api.live_streams as l; print(l.live_streams_list(f.FastpixCore()).unwrap().data)"
    )
    script = f"set -eu; export PYTHONUNBUFFERED={unbuffered}\n{serving}\n{python} -c {quote(ask)}; kill $emulator; wait"
    with subprocess.Popen(
        [str(shutil.which(shell)), "-c", script],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            ready, asked, end = process.communicate(timeout=30)[0].split("\n")
            assert ready.startswith("export FASTPIX_SERVER_URL=http://127.0.0.1:")
            assert (asked, end) == ("[]", "")
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("name", ["def test_a_503", "def test_a_webhook_ends_a_wait"])
def test_the_example_of_a_test_runs_under_pytest(tmp_path: Path, name: str) -> None:
    (tmp_path / "test_example.py").write_text(EXAMPLES[example_with(name)])
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:asyncio", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert "1 passed" in done.stdout, done.stdout


IMPORTED_INSIDE = """
import service

def test_the_server_is_found():
    assert service.listed().data == []
"""
SERVICE = """
from fastpix import FastpixCore
from fastpix.api.live_streams import live_streams_list

def listed():
    return live_streams_list(FastpixCore()).unwrap()
"""


def test_the_example_of_an_environment_reaches_the_server(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(EXAMPLES[example_with("fastpix_server.environment")])
    (tmp_path / "service.py").write_text(SERVICE)
    (tmp_path / "test_example.py").write_text(IMPORTED_INSIDE)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:asyncio", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert "1 passed" in done.stdout, done.stdout


YAML = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)]


def test_the_steps_of_a_workflow_find_the_local_fastpix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serving, testing = (step["run"] for step in YAML[0]["steps"])
    assert testing == "pytest"
    passed_on = tmp_path / "github.env"
    environment = os.environ | {"GITHUB_ENV": str(passed_on)}
    script = serving.replace("python -m fastpix.emulator", f"{quote(sys.executable)} -m fastpix.emulator")
    with subprocess.Popen(
        [str(shutil.which("bash")), "-e", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            assert process.wait(timeout=30) == 0
            for line in passed_on.read_text().splitlines():
                monkeypatch.setenv(*line.split("=", 1))
            assert live_streams_list(FastpixCore()).unwrap().data == []
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_the_services_of_docker_compose_find_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    services = YAML[1]["services"]
    command = shlex.split(services["fastpix"]["command"])
    assert command[:7] == shlex.split("python -m fastpix.emulator --host 0.0.0.0 --port 8080")
    here = [sys.executable, *command[1:3], "--host", "127.0.0.1", *command[7:]]  # the test stays on this machine
    with subprocess.Popen(here, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            port = re.findall(r":(\d+)/v1/", process.stdout.readline())[0]
            for name, value in services["app"]["environment"].items():
                monkeypatch.setenv(name, value.replace(":8080", f":{port}"))
            let_localhost_be(monkeypatch, "127.0.0.1", name="fastpix")
            assert FastpixCore().configuration.server_url == f"http://fastpix:{port}/v1/"
            assert live_streams_list(FastpixCore()).unwrap().data == []
        finally:
            process.kill()


def test_the_commands_for_webhooks_send_signed_events() -> None:
    forward, trigger = re.findall(r"```sh\npython -m (.*http://localhost:8000/hooks)\n```", README)
    with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        here = [sys.executable, "-m", *forward.replace("http://localhost:8000/hooks", url).split()]
        with subprocess.Popen(here, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout is not None
            variables = variables_in(process.stdout.readline())
            assert receiver.next()[0] == b"{}"
            process.kill()
        secret = variables["FASTPIX_WEBHOOK_SECRET"]
        here = [sys.executable, "-m", *trigger.replace("http://localhost:8000/hooks", url).split()]
        subprocess.run(here, env={**os.environ, **variables}, check=True, capture_output=True)
        body, headers = receiver.next()
        assert isinstance(read(body, headers, secret).unwrap(), MediaEvent)


def test_the_table_of_events_names_known_types() -> None:
    rows = re.findall(r"^\| `(\w+Event)` \| `(\w+)` \| (.*) \|$", README, re.MULTILINE)
    assert len(rows) == 6
    for name, data, types in rows:
        for type in re.findall(r"`([\w.]+)`", types):
            kind = kind_of(f"video.{type}")[0].event
            assert (kind.__name__, kind.__annotations__["data"].__name__) == (name, data)


def test_the_table_of_outcomes_is_complete() -> None:
    _, section = README.split("### Faults on request")
    rows = re.findall(r"^\| `(\S+)`(?: to `\S+`)? \|", section.partition("### As a server")[0], re.MULTILINE)
    words = [f'"{word}"' for word in (*get_args(Break), "invalid")]
    assert sorted(rows) == sorted(["400", "200", *words, "Fault(...)"])
    (told,) = re.findall(r"^\| `Fault\(\.\.\.\)` \|.*$", section, re.MULTILINE)
    assert {field for field in Fault.__struct_fields__ if f"`{field}`" in told} == {*Fault.__struct_fields__} - {
        "status",
        "connection",
    }


def test_the_fixtures_are_those_of_the_plugin() -> None:
    (table,) = re.findall(r"^\| fixture \|.*?\n\n", README, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`(fastpix_\w+)`", table)) == {*pytest_plugin.__all__}


def test_the_table_of_what_is_sent_again_names_every_status() -> None:
    (row,) = (line for line in README.splitlines() if "a lost response |" in line)
    assert {int(status) for status in re.findall(r"\b\d{3}\b", row)} == REPEATABLE_STATUSES


def test_the_table_of_errors_is_complete() -> None:
    rows = re.findall(r"^\| `(\w+Error)` \|", README, re.MULTILINE)
    classes = {*errors.__all__} - {"Err", "FastpixError", "FieldError", "TransportError"}
    assert sorted(rows) == sorted(classes)


def test_the_table_of_settings_is_complete() -> None:
    (table,) = re.findall(r"^\| setting \|.*?\n\n", README, re.MULTILINE | re.DOTALL)
    first = " ".join(re.findall(r"^\| (`.+?) \|", table, re.MULTILINE))
    assert sorted(re.findall(r"`(\w+)`", first)) == sorted(inspect.signature(FastpixCore).parameters)
