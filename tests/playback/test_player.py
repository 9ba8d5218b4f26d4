"""The HTML of the web player, as an HTML parser reads it."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from fastpix.playback import PLAYER_SCRIPT, player_html

Element = tuple[str, dict[str, str | None]]


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[Element]:
    parser = Elements()
    parser.feed(html)
    return parser.found


def test_a_player_has_its_script_and_what_was_asked_for() -> None:
    html = player_html("an-id", token="t", drm_token="d", stream_type="live-stream", start_time=0, muted=True)
    script, player = elements(html)
    assert script == ("script", {"defer": None, "src": PLAYER_SCRIPT})
    expected = {"playback-id": "an-id", "stream-type": "live-stream", "token": "t", "drm-token": "d"}
    assert player == ("fastpix-player", {**expected, "start-time": "0", "muted": None})


def test_a_second_player_of_a_page_has_no_script() -> None:
    assert player_html("an-id", script=None) == '<fastpix-player playback-id="an-id"></fastpix-player>'


SAFE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(title=SAFE, token=SAFE)
def test_no_value_leaves_its_attribute(title: str, token: str) -> None:
    ((tag, attributes),) = elements(player_html("an-id", title=title, token=token, script=None))
    assert tag == "fastpix-player"
    assert attributes == {"playback-id": "an-id", "title": title, "token": token}
