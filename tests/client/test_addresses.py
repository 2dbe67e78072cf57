from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.client.addresses import refusal

NEVER = """\
169.254.169.254 169.254.0.1 fe80::1 fe80::1%eth0 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::1
::169.254.169.254 224.0.0.1 ff02::1 255.255.255.255 240.0.0.1
"""

PRIVATE = """\
127.0.0.1 127.8.8.8 ::1 0.0.0.0 :: 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.255
192.0.0.8 192.0.0.9 192.88.99.1 198.18.0.1 192.0.2.1 203.0.113.7 fc00::1 fd00:ec2::254 fec0::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::a00:1 2002:7f00:1::1 2002:c0a8:101::
2001:0:4136:e378:8000:63bf:f5ff:fffe 2001:db8::1 3fff::1 2001:20::1 100::1
"""

PUBLIC = "8.8.8.8 93.184.216.34 172.32.0.1 100.128.0.1 2606:4700::6810:84e5 2a00:1450::1 ::ffff:8.8.8.8"


@pytest.mark.parametrize("address", NEVER.split())
def test_link_local_multicast_and_reserved_are_refused_always(address: str) -> None:
    assert refusal(address, allow_private=True)
    assert refusal(address, allow_private=False)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_private_ranges_are_refused_unless_allowed(address: str) -> None:
    assert refusal(address, allow_private=False)
    assert not refusal(address, allow_private=True)


@pytest.mark.parametrize("address", [*PUBLIC.split(), "64:ff9b::808:808"])
def test_public_addresses_are_fetched_from(address: str) -> None:
    assert not refusal(address, allow_private=False)


@given(st.ip_addresses())
def test_what_python_calls_not_global_never_passes(address: object) -> None:
    ip = ip_address(str(address))
    if not ip.is_global and not str(ip).startswith("64:ff9b"):
        assert refusal(str(ip), allow_private=False)
