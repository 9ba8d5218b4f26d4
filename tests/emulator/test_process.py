"""``python -m fastpix.emulator``, run as a process."""

import os
import re
import socket
import stat
import subprocess
import time
from contextlib import closing
from pathlib import Path
from threading import Event

import httpx
import pytest

from fastpix import FastpixCore, Success, each, until
from fastpix.api.live_streams import (
    DeleteLiveStreamRequest,
    DisableLiveStreamRequest,
    EnableLiveStreamRequest,
    live_streams_delete,
    live_streams_disable,
    live_streams_enable,
    live_streams_list,
)
from fastpix.api.media import GetMediaRequest, media_get, media_list
from fastpix.emulator import Emulator, Inbox, Server
from fastpix.emulator.__main__ import greeting
from fastpix.emulator.server import server_on
from fastpix.errors import UnauthorizedError, WaitFailedError
from fastpix.states import media_ready
from fastpix.uploads import upload
from fastpix.webhooks import LiveStreamEvent, read
from tests.emulator.acts import new_media, new_stream, read_media, read_stream
from tests.emulator.processes import COMMAND, control, core_of, running, variables_in
from tests.emulator.storage.movies import movie
from tests.emulator.webhooks.receivers import receiving
from tests.pages import paging


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command until it ends by itself."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False)


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_what_was_uploaded_goes_when_the_process_is_terminated(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([*COMMAND], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        with core_of(variables_in(process.stdout.readline())) as core:
            upload(core, b"a").unwrap()
        assert len([*tmp_path.glob("fastpix-*/*")]) == 1
        process.terminate()
        assert process.wait(timeout=30) == 0
    assert [*tmp_path.glob("fastpix-*")] == []


def number_of_streams(core: FastpixCore) -> int | None:
    return paging(live_streams_list(core).unwrap()).total_records


def test_it_prints_what_a_shell_needs_and_serves_only_this_machine() -> None:
    with running() as variables, core_of(variables) as core:
        assert list(variables) == ["FASTPIX_SERVER_URL", "FASTPIX_USERNAME", "FASTPIX_PASSWORD"]
        assert variables["FASTPIX_SERVER_URL"].startswith("http://127.0.0.1:")
        assert number_of_streams(core) == 0
        with core_of({**variables, "FASTPIX_PASSWORD": "other"}) as stranger:
            assert isinstance(live_streams_list(stranger).failure(), UnauthorizedError)


def test_it_listens_where_it_is_told_to_and_takes_the_credentials_that_it_is_given() -> None:
    with socket.create_server(("127.0.0.2", 0)) as free:
        port = free.getsockname()[1]
    with running("--host", "127.0.0.2", "--port", str(port), "--username", "me", "--password", "it's") as variables:
        assert variables == {
            "FASTPIX_SERVER_URL": f"http://127.0.0.2:{port}/v1/",
            "FASTPIX_USERNAME": "me",
            "FASTPIX_PASSWORD": "it's",
        }
        with core_of(variables) as core:
            assert number_of_streams(core) == 0


def test_a_file_keeps_streams_and_credentials_and_a_reset_the_credentials(tmp_path: Path) -> None:
    file = str(tmp_path / "fastpix.db")
    with running("--db", file, "--streams", "3") as first:
        pass
    with running("--db", file) as second, core_of(second) as core:
        assert (second["FASTPIX_USERNAME"], second["FASTPIX_PASSWORD"]) == (
            first["FASTPIX_USERNAME"],
            first["FASTPIX_PASSWORD"],
        )
        assert number_of_streams(core) == 3
        assert httpx.post(f"{control(second)}reset").status_code == 204
        assert number_of_streams(core) == 0
    with running("--db", file) as third:
        assert third["FASTPIX_PASSWORD"] == first["FASTPIX_PASSWORD"]


@pytest.mark.parametrize("is_trial", [True, False])
def test_a_trial_plan_enables_no_stream(is_trial: bool) -> None:
    with running("--streams", "1", *["--trial"] * is_trial) as variables, core_of(variables) as core:
        (stream,) = live_streams_list(core).unwrap().data
        live_streams_disable(core, DisableLiveStreamRequest(stream.stream_id)).unwrap()
        reply = live_streams_enable(core, EnableLiveStreamRequest(stream.stream_id))
    assert ("stream cannot be enabled on trial plan" in str(reply)) is is_trial
    assert isinstance(reply, Success) is not is_trial


def test_it_starts_with_a_seed_in_the_forms_and_with_the_delays_that_it_is_told(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text('{"media": [{"count": 2, "title": "A talk", "content": {"duration": 3725}}]}')
    with (
        running("--seed", str(seed), "--forms", "2026-05", "--delay", "86400") as variables,
        core_of(variables) as core,
    ):
        titles = [(media.title, media.duration) for media in media_list(core).unwrap().data]
        assert titles == [("A talk", "01:02:05")] * 2
        media_id = new_media(core)
        assert httpx.post(f"{control(variables)}clock", json={"advance": 86_399}).status_code == 200
        assert read_media(core, media_id).status == "Created"
        httpx.post(f"{control(variables)}clock", json={"advance": 1})
        assert read_media(core, media_id).status == "Processing"


def test_a_state_moves_from_one_process_to_another(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with running("--streams", "2") as variables:
        state.write_bytes(httpx.get(f"{control(variables)}state").content)
    with running("--state", str(state)) as variables, core_of(variables) as core:
        assert number_of_streams(core) == 2


def test_processes_share_a_file(tmp_path: Path) -> None:
    file = str(tmp_path / "fastpix.db")
    with running("--db", file) as one, running("--db", file) as other:
        assert one["FASTPIX_PASSWORD"] == other["FASTPIX_PASSWORD"]
        with core_of(one) as core, core_of(other) as same:
            stream = new_stream(core)
            assert read_stream(same, stream) == stream
            live_streams_delete(same, DeleteLiveStreamRequest(stream.stream_id)).unwrap()
            assert number_of_streams(core) == 0


def test_a_killed_server_loses_nothing_that_it_answered(tmp_path: Path) -> None:
    command = [*COMMAND, "--db", str(tmp_path / "fastpix.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        variables = variables_in(process.stdout.readline())
        with core_of(variables) as core:
            streams = [new_stream(core).stream_id for _ in range(20)]
            process.kill()
    with running("--db", str(tmp_path / "fastpix.db")) as again, core_of(again) as core:
        assert {reply.unwrap().stream_id for reply in each(live_streams_list)(core)} == {*streams}


@pytest.mark.parametrize("host", ["::1", "localhost", "127.0.0.3"])
def test_what_it_prints_is_what_a_client_accepts(host: str) -> None:
    if host == "::1" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with running("--host", host) as variables, core_of(variables) as core:
        assert number_of_streams(core) == 0
        new_stream(core)


def test_a_file_has_the_variables_once_it_is_ready(tmp_path: Path) -> None:
    file = tmp_path / "fastpix.env"
    file.write_text("FASTPIX_SERVER_URL=http://127.0.0.1:1/v1/")
    with running("--env", str(file), "--password", "dev-secret") as variables:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [*tmp_path.iterdir()] == [file]
        assert dict(line.split("=", 1) for line in file.read_text().splitlines()) == variables
    ended = run("--env", str(file), "--password", "it's $HOME")
    assert ended.returncode == 1
    assert ended.stderr.endswith("with --env, username and password must need no quotes in a shell\n")


def test_an_address_that_is_not_loopback_comes_with_consent_to_http() -> None:
    emulator = Emulator()
    assert Server(emulator, "192.0.2.7", 80).environment == {
        "FASTPIX_SERVER_URL": "http://192.0.2.7:80/v1/",
        "FASTPIX_USERNAME": emulator.username,
        "FASTPIX_PASSWORD": emulator.password,
        "FASTPIX_ALLOW_HTTP": "1",
    }
    assert "FASTPIX_ALLOW_HTTP" not in Server(emulator, "::1", 80).environment


def test_a_service_name_is_a_host_that_is_allowed() -> None:
    with running("--allow-host", "fastpix", "--allow-host", "FastPix.example") as variables:
        url = httpx.URL(variables["FASTPIX_SERVER_URL"]).join("/_emulator/")
        for host in ("fastpix", "fastpix:80", "fastpix.example"):
            assert httpx.get(url, headers={"host": host}).status_code == 200
        refused = httpx.get(url, headers={"host": "example"})
        assert refused.status_code == 403
        assert "To allow it, start it with --allow-host example." in refused.json()["error"]["description"]


@pytest.mark.parametrize(
    ("address", "url"),
    [("0.0.0.0", "http://127.0.0.1:{}/v1/"), ("::", "http://[::1]:{}/v1/")],  # noqa: S104 - the test
)
def test_on_all_addresses_it_prints_one_of_this_machine_and_tells_that_others_reach_it(address: str, url: str) -> None:
    if address == "::" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as bound:  # it does not listen
        bound.bind((address, 0))
        assert server_on(bound, Emulator()).url == url.format(bound.getsockname()[1])
    assert "Other machines can reach it. They can read and delete all its data" in greeting(
        address, "http://127.0.0.1:1/"
    )
    assert "Other machines" not in greeting("127.0.0.1", "http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("username", "password", "problem"),
    [
        ("a:b", "c", "username must be a str without a colon"),
        ("a", "", "username and password must not be empty"),
        ("a", "b\n", "password must"),
    ],
)
def test_credentials_that_no_client_can_send_are_refused(username: str, password: str, problem: str) -> None:
    ended = run("--username", username, "--password", password)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"the local FastPix can't start: {problem}")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--port", "65536"], "argument --port: must be a whole number from 0 to 65535, not '65536'"),
        (["--port", "-1"], "argument --port: "),
        (["--streams", "10001"], "argument --streams: must be a whole number from 0 to 10000, not '10001'"),
        (["--streams", "many"], "not 'many'"),
        (["--delay", "-1"], "argument --delay: must be a number of seconds from 0 to 86400, not '-1'"),
        (["--delay", "nan"], "not 'nan'"),
        (["--delay", "soon"], "not 'soon'"),
        (["--allow-host", "http://fastpix"], "argument --allow-host: must be a host without scheme and port"),
        (["--host", ""], "argument --host: must be an address or a host, not ''"),
        (["--host", "b\u00fccher"], "argument --host: must be"),
        (["--forms", "2025"], "argument --forms: invalid choice: '2025'"),
    ],
)
def test_a_wrong_argument_is_named(arguments: list[str], problem: str) -> None:
    ended = run(*arguments)
    assert ended.returncode == 2
    assert problem in ended.stderr
    assert ended.stdout == ""


def test_what_keeps_it_from_starting_is_told_in_a_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.startswith("the local FastPix can't start: [Errno ")
    assert ended.stderr.count("\n") == 1
    ended = run("--db", str(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr == f"the local FastPix can't start: {tmp_path} can't be used: unable to open database file\n"
    seed = tmp_path / "seed.json"
    seed.write_text('{"media": [{"count": 0}]}')
    ended = run("--seed", str(seed))
    assert (ended.returncode, ended.stderr) == (
        1,
        f"the local FastPix can't start: {seed} is not valid: Expected `int` >= 1 - at `$.media[0].count`\n",
    )
    seed.write_text('{"playlists": [{"name": "A", "referenceId": "a"}]}')
    file = str(tmp_path / "fastpix.db")
    with running("--db", file, "--seed", str(seed)):
        pass
    ended = run("--db", file, "--seed", str(seed))  # a seed is added at each start
    assert (ended.returncode, ended.stderr) == (
        1,
        "the local FastPix can't start: playlist create failed: Another playlist has this referenceId.\n",
    )
    seed.write_text("[" * 100_000)
    assert run("--seed", str(seed)).stderr.startswith("the local FastPix can't start: ")
    ended = run("--state", str(tmp_path / "nothing.json"))
    assert ended.stderr.startswith("the local FastPix can't start: [Errno 2] No such file")


def test_help_tells_each_argument() -> None:
    told = run("--help").stdout
    for argument in (
        "--host",
        "--allow-host NAME",
        "--env FILE",
        "--port",
        "--db FILE",
        "--username",
        "--password",
        "--trial",
        "--streams N",
        "--seed FILE",
        "--state FILE",
        "--forms",
        "--delay SECONDS",
        "--open",
        "--pull",
        "--media-root FOLDER",
    ):
        assert f"  {argument} " in told
    assert "(default: 127.0.0.1)" in " ".join(told.split())


def test_a_webhook_of_the_command_line_gets_the_events() -> None:
    with receiving() as receiver, running("--webhook", receiver.url) as variables:
        assert receiver.next()[0] == b"{}"
        with core_of(variables) as core:
            stream = new_stream(core)
        body, headers = receiver.next()
        event = read(body, headers, variables["FASTPIX_WEBHOOK_SECRET"]).unwrap()
        assert isinstance(event, LiveStreamEvent)
        assert event.data == stream


def test_a_webhook_that_does_not_answer_keeps_the_command_from_starting() -> None:
    done = run("--webhook", "http://127.0.0.1:9/hooks")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "the local FastPix can't start: http://127.0.0.1:9/hooks must accept the unsigned request that a new webhook "
    )
    refused = run("--webhook", "https://example.com/hooks")
    assert (refused.returncode, "--allow-webhook-host" in refused.stderr) == (1, True)


def test_events_are_forwarded_to_a_url_as_soon_as_it_answers_and_each_delivery_is_shown() -> None:
    secret = Inbox().secret
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hooks"
    command = [*COMMAND, "--forward-to", url, "--webhook-secret", secret]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "It gets the events when it does." in process.stderr.readline()
        variables = variables_in(process.stdout.readline())
        assert variables["FASTPIX_WEBHOOK_SECRET"] == secret
        assert process.stderr.readline().startswith("A local FastPix is listening.")
        assert process.stderr.readline().startswith("The Studio shows it: http://127.0.0.1:")
        assert process.stderr.readline() == "To use it, run the next line in another shell:\n"
        with core_of(variables) as core:
            stream_id = new_stream(core).stream_id
        told = f"video.live_stream.created of {stream_id}: "
        assert re.fullmatch(rf"{told}ConnectError: .* \(attempt 1 of 6\)\n", process.stderr.readline())
        assert httpx.post(f"{control(variables)}clock", json={"hold": True}).is_success
        with receiving(port) as receiver:
            assert receiver.next()[0] == b"{}"
            body, headers = receiver.next()
            assert isinstance(read(body, headers, secret).unwrap(), LiveStreamEvent)
            lines = {process.stderr.readline() for _ in range(2)}
        assert lines == {f"{url} answers, and gets the events.\n", f"{told}204\n"}
        process.kill()


def test_the_studio_is_opened_in_a_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.new && mv {opened}.new {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    with running("--open") as variables:
        end = time.monotonic() + 30
        while not opened.exists() and time.monotonic() < end:
            time.sleep(0.01)
        assert opened.read_text() == variables["FASTPIX_SERVER_URL"].removesuffix("v1/")
        assert "Local FastPix" in httpx.get(opened.read_text()).text


def test_files_are_pulled_and_read(tmp_path: Path) -> None:
    (tmp_path / "movie.mp4").write_bytes(movie())
    with running("--media-root", str(tmp_path), "--pull", "--delay", "0") as variables, core_of(variables) as core:
        (gone, read) = (new_media(core, url) for url in ("http://127.0.0.1:1/a", (tmp_path / "movie.mp4").as_uri()))
        wait = until(media_get, media_ready, pause=0.02)
        assert wait(core, GetMediaRequest(read)).unwrap().data.duration == 1
        assert isinstance(wait(core, GetMediaRequest(gone)).failure(), WaitFailedError)


def test_a_secret_for_no_webhook_is_refused() -> None:
    done = run("--webhook-secret", Inbox().secret)
    assert (done.returncode, "needs --webhook or --forward-to" in done.stderr) == (2, True)


def test_what_was_in_flight_when_the_process_was_killed_is_sent_again(tmp_path: Path) -> None:
    database = str(tmp_path / "fastpix.db")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/hooks"
        with subprocess.Popen([*COMMAND, "--db", database], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            variables = variables_in(process.stdout.readline())
            assert httpx.post(f"{control(variables)}webhooks", json={"url": url, "probe": False}).is_success
            with core_of(variables) as core:
                new_stream(core)
            connection, _ = silent.accept()
            with connection:
                process.kill()
                process.wait(timeout=30)
    with closing(Emulator(database)) as emulator:
        emulator.clock.hold()
        noted = Event()
        emulator.on_delivery(lambda _: noted.set())
        (delivery,) = emulator.deliveries()
        assert (delivery.status, delivery.attempts) == ("pending", ())
        emulator.clock.advance(seconds=60)
        assert noted.wait(30)
        assert len(emulator.deliveries()[0].attempts) == 1
