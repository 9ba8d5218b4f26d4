import ipaddress

import pytest
from hypothesis import given
from hypothesis.strategies import integers, ip_addresses, text

from fastpix._http.environment_proxy import environment_proxy, is_exempt
from fastpix.errors import ConfigurationError


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("*", "api.fastpix.com"),
        ("api.fastpix.com", "api.fastpix.com"),
        ("fastpix.com", "api.fastpix.com"),
        (".fastpix.com", "api.fastpix.com"),
        (".fastpix.com", "fastpix.com"),
        ("*.fastpix.com", "api.fastpix.com"),
        ("FastPix.COM", "API.fastpix.com"),
        ("fastpix.com.", "api.fastpix.com"),
        ("fastpix.com", "api.fastpix.com."),
        ("a.test,fastpix.com", "api.fastpix.com"),
        ("a.test, fastpix.com", "api.fastpix.com"),
        ("a.test fastpix.com", "api.fastpix.com"),
        ("fastpix.com:443", "api.fastpix.com"),
        ("https://fastpix.com", "api.fastpix.com"),
        ("all://fastpix.com", "api.fastpix.com"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.1.2.0/255.255.255.0", "10.1.2.3"),
        ("10.1.2.3:443", "10.1.2.3"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::/32", "2001:db8:0:0::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
    ],
)
def test_what_no_proxy_names_is_reached_directly(no_proxy: str, host: str) -> None:
    assert is_exempt(no_proxy, "https", host, 443)


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("", "api.fastpix.com"),
        (",", "api.fastpix.com"),
        (".", "api.fastpix.com"),
        ("astpix.com", "api.fastpix.com"),
        ("api.fastpix.com", "fastpix.com"),
        ("fastpix.com:80", "api.fastpix.com"),
        ("http://fastpix.com", "api.fastpix.com"),
        ("10.0.0.0/8", "11.1.2.3"),
        ("10.1.2.3", "10.1.2.30"),
        ("10.0.0.0/99", "10.1.2.3"),
        ("2001:db8::/32", "2001:db9::1"),
    ],
)
def test_what_it_does_not_name_is_not(no_proxy: str, host: str) -> None:
    assert not is_exempt(no_proxy, "https", host, 443)


@given(ip_addresses(v=4), integers(0, 32), ip_addresses(v=4))
def test_a_network_names_what_is_in_it(base: ipaddress.IPv4Address, length: int, host: ipaddress.IPv4Address) -> None:
    network = ipaddress.ip_network(f"{base}/{length}", strict=False)
    assert is_exempt(str(network), "https", str(host), 443) is (host in network)


@given(text())
def test_no_text_is_an_error(no_proxy: str) -> None:
    is_exempt(no_proxy, "https", "api.fastpix.com", 443)


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("address", ["proxy.test:3128", "http://proxy.test:3128", "https://u:p@proxy.test:3128/"])
def test_a_proxy_is_found_by_each_name_and_form(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    monkeypatch.setenv(name, address)
    found = environment_proxy("https", "api.fastpix.com", 443)
    assert found is not None
    assert (found.url.host, found.url.port) == ("proxy.test", 3128)


def test_the_name_in_lower_case_comes_first_and_that_of_the_scheme_before_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(["https_proxy", "HTTPS_PROXY", "ALL_PROXY"]):
        monkeypatch.setenv(name, f"http://proxy-{number}.test")
    found = environment_proxy("https", "api.fastpix.com", 443)
    assert found is not None
    assert found.url.host == "proxy-0.test"


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_no_proxy_is_read_in_either_case(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.test")
    monkeypatch.setenv(name, "10.0.0.0/8")
    assert environment_proxy("https", "10.1.2.3", 443) is None


def test_a_proxy_that_is_not_spoken_to_is_named_by_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5h://u:canary@proxy.test")
    with pytest.raises(ConfigurationError) as raised:
        environment_proxy("https", "api.fastpix.com", 443)
    assert "must be an http:// or https:// url, not socks5h://;" in str(raised.value)
    assert "pass a client such as httpx.Client(proxy=...)" in str(raised.value)
    assert "canary" not in str(raised.value)
