"""Which addresses may be connected to. Pure.

Asked about the very address that is then connected to, so no notation of it and no second answer of the DNS slips by.
`ipaddress.is_global` alone is not enough: it lets 6to4 relays, multicast and IPv4 addresses inside IPv6 ones through.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_COMPATIBLE = ip_network("::/96")  # RFC 4291, deprecated; still routed to IPv4 by some systems
_TEREDO = ip_network("2001::/32")
_GLOBAL_UNICAST = ip_network("2000::/3")  # all that IANA hands out so far
_SPECIAL_V4 = (
    ip_network("192.0.0.0/24"),  # protocol assignments; some of them pass as global
    ip_network("192.88.99.0/24"),  # 6to4 relay anycast, RFC 7526
)
_SPECIAL_V6 = (
    ip_network("2001::/23"),  # protocol assignments
    ip_network("2001:db8::/32"),
    ip_network("3fff::/20"),  # documentation
)


def refusal(address: str, *, allow_private: bool) -> str:
    """Why nothing is fetched from this IP address ("a loopback address"); "" when it may be.

    `allow_private` admits loopback, private and shared ranges; link-local ones (where clouds keep their credentials),
    multicast and reserved ones are never admitted.
    """
    ip = _innermost(ip_address(address.partition("%")[0]))
    if ip.is_link_local:
        return "a link-local address"
    if ip.is_multicast:
        return "a multicast address"
    if isinstance(ip, IPv4Address) and ip.is_reserved:
        return "a reserved address"
    if allow_private:
        return ""
    if ip.is_loopback or ip.is_unspecified:
        return "a loopback address"
    if isinstance(ip, IPv4Address):
        public = ip.is_global and not any(ip in network for network in _SPECIAL_V4)
    else:
        public = ip in _GLOBAL_UNICAST and ip.is_global and not any(ip in network for network in _SPECIAL_V6)
    return "" if public else "a private address"


def _innermost(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip in _TEREDO and ip.teredo:
        return ip.teredo[1]
    if any(ip in network for network in _NAT64) or (ip in _COMPATIBLE and int(ip) > 1):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
