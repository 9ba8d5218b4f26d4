import ipaddress

import pytest
from hypothesis import given
from hypothesis.strategies import integers, ip_addresses

from fastpix._call.loopback import is_loopback


@given(ip_addresses())
def test_addresses_are_those_that_the_standard_library_calls_so(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert is_loopback(str(address)) is (address.is_loopback and "ffff" not in str(address))


@given(integers(int(ipaddress.ip_address("127.0.0.0")), int(ipaddress.ip_address("127.255.255.255"))))
def test_all_of_127_is_this_machine(number: int) -> None:
    assert is_loopback(str(ipaddress.ip_address(number)))


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "localhost.", "a.b.localhost", "0:0:0:0:0:0:0:1", "::1"])
def test_names_under_localhost_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "mylocalhost",
        "localhost.example",
        "127.0.0.1.example",
        "127.0.0.256",
        "127.1",
        "1270.0.0.1",
        "::2",
        "::1%eth0",
        "",
    ],
)
def test_others_are_not(host: str) -> None:
    assert not is_loopback(host)
