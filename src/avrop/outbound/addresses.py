"""Which addresses an installation connects to by itself: public ones. What a setting names is let through elsewhere."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_V6_PUBLIC = IPv6Network("2000::/3")
_V6_TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo and 6to4: an IPv4 address in disguise."""
_METADATA = (IPv4Network("168.63.129.16/32"), IPv4Network("192.88.99.0/24"))
"""Public by number only: a cloud's machine-side service, and the relay of 6to4."""


def is_public(text: str) -> bool:
    """Whether an address, as a resolver gives it, lies on the public internet and is one machine's.

    Private, shared, loopback, link-local (with the clouds' metadata services), unspecified, reserved and multicast
    addresses do not, nor do IPv6 addresses that carry an IPv4 address (mapped, translated, tunnelled).

    >>> [is_public(a) for a in ("93.184.215.14", "10.0.0.1", "169.254.169.254", "::ffff:8.8.8.8", "64:ff9b::808:808")]
    [True, False, False, False, False]
    """
    try:
        address = ip_address(text)
    except ValueError:  # also one with a zone, as link-local addresses have
        return False
    return _public_v4(address) if isinstance(address, IPv4Address) else _public_v6(address)


def _public_v4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in network for network in _METADATA)


def _public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _V6_PUBLIC:
        return False
    return address.is_global and not any(address in network for network in _V6_TUNNELS)
