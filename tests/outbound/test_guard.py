"""What goes out goes to a checked and pinned address, over verified TLS, and comes back bounded (negative test 26)."""

import datetime as dt
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from avrop.errors import AvropError, Fault, Mistake, Refusal
from avrop.outbound.addresses import is_public
from avrop.outbound.guard import Answer, Outbound
from tests.outbound.peers import answer, peer, recorded


def ask(outbound: Outbound, url: str, *, limit_bytes: int = 1000, timeout_seconds: float = 5) -> Answer:
    return outbound.request("GET", url, limit_bytes=limit_bytes, timeout_seconds=timeout_seconds)


def code(act: Callable[[], object]) -> str:
    with pytest.raises(AvropError) as refused:
        act()
    return refused.value.code


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104  an address that is told; nothing listens there
     "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "168.63.129.16",
     "192.88.99.1", "100.100.100.200",
     "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
     "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::5db8:d70e",
     "2002:7f00:1::1", "2001:0:7f00:1::1", "not an address", ""],
)  # fmt: skip
def test_an_address_that_is_not_public_is_none(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://10.0.0.1/",
     "https://169.254.169.254/latest/meta-data/", "https://0.0.0.0/", "https://2130706433/", "https://0x7f.1/",
     "https://127.1/", "https://[fd00:ec2::254]/", "https://224.0.0.1/"],
)  # fmt: skip
def test_a_private_address_is_refused_before_anything_is_sent(url: str) -> None:
    with recorded() as sockets:
        assert code(lambda: ask(Outbound(), url)) == "outbound.address"
    assert [event for event, _ in sockets if event == "socket.connect"] == []


def test_a_host_with_one_private_address_among_public_ones_is_refused() -> None:
    outbound = Outbound(resolve=lambda _host, _port: ("93.184.215.14", "127.0.0.1"))
    with recorded() as sockets:
        assert code(lambda: ask(outbound, "https://mixed.example/")) == "outbound.address"
    assert sockets == []


def test_an_allowed_host_is_let_through_and_only_at_its_port() -> None:
    with peer(answer(200, b"here")) as it, peer(answer(200, b"there")) as other:
        outbound = Outbound(allowed_hosts=(it.host,))
        assert ask(outbound, f"{it.url}/a").body == b"here"
        assert code(lambda: ask(outbound, other.url)) == "outbound.plain"
        assert code(lambda: ask(outbound, other.url.replace("http:", "https:"))) == "outbound.address"
        assert other.connections == 0


def test_a_public_host_is_not_asked_without_tls() -> None:
    outbound = Outbound(resolve=lambda _host, _port: ("93.184.215.14",))
    with recorded() as sockets:
        assert code(lambda: ask(outbound, "http://public.example/")) == "outbound.plain"
    assert sockets == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://public.example/", "//public.example/", "public.example", "https://", "https:///x",
     "https://user@public.example/", "https://user:pass@public.example/", "https://public.example:port/", "", "http:",
     "https://a\nb.example/", "gopher://127.0.0.1:70/"],
)  # fmt: skip
def test_what_is_no_address_is_a_mistake(url: str) -> None:
    with recorded() as sockets, pytest.raises(Mistake) as refused:
        ask(Outbound(), url)
    assert refused.value.code == "outbound.url"
    assert sockets == []


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to() -> None:
    """A resolver that answers with another address the second time has nobody to tell it to."""
    with peer(answer(200, b"first")) as first, peer(answer(200, b"second")) as second:
        told = []

        def rebinding(host: str, port: int) -> tuple[str, ...]:
            told.append((host, port))
            return ("127.0.0.1",) if len(told) == 1 else ("127.0.0.2",)

        outbound = Outbound(allowed_hosts=(f"name.example:{first.port}",), resolve=rebinding)
        with recorded() as sockets:
            assert ask(outbound, f"http://name.example:{first.port}/path?q=1").body == b"first"
        assert told == [("name.example", first.port)]
        assert sockets == [("socket.getaddrinfo", "127.0.0.1"), ("socket.connect", ("127.0.0.1", first.port))]
        assert first.requests[0].startswith(b"GET /path?q=1 HTTP/1.1\r\n")
        assert f"Host: name.example:{first.port}\r\n".encode() in first.requests[0]
        assert second.connections == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_checked_addresses_are_tried_in_turn_until_one_answers(place: int) -> None:
    addresses = ["127.0.0.8", "127.0.0.9"]
    addresses.insert(place, "127.0.0.1")
    with peer(answer(200, b"here")) as it:
        outbound = Outbound(allowed_hosts=(f"name.example:{it.port}",), resolve=lambda _host, _port: addresses)
        with recorded() as sockets:
            assert ask(outbound, f"http://name.example:{it.port}/").body == b"here"
    tried = [to for event, to in sockets if event == "socket.connect"]
    assert tried == [(address, it.port) for address in addresses[: place + 1]]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with peer(answer(200)) as aim, peer(answer(status, Location=aim.url)) as it:
        found = ask(Outbound(allowed_hosts=(it.host, aim.host)), it.url)
        assert (found.status, found.headers["location"]) == (status, aim.url)
        assert aim.connections == 0


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with peer(answer(200, b"proxy")) as proxy, peer(answer(200, b"host")) as it:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert ask(Outbound(allowed_hosts=(it.host, proxy.host)), it.url).body == b"host"
        assert proxy.connections == 0


def test_an_answer_is_read_up_to_its_limit_and_not_further() -> None:
    def endless(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with peer(answer(200, b"x" * 1000)) as it:
        assert len(ask(Outbound(allowed_hosts=(it.host,)), it.url, limit_bytes=1000).body) == 1000
        assert code(lambda: ask(Outbound(allowed_hosts=(it.host,)), it.url, limit_bytes=999)) == "outbound.too_large"
    with peer(endless) as it:
        assert code(lambda: ask(Outbound(allowed_hosts=(it.host,)), it.url)) == "outbound.too_large"


def test_a_compressed_answer_is_not_asked_for_and_not_unpacked() -> None:
    with peer(answer(200, b"\x1f\x8b packed", Content_Encoding="gzip")) as it:
        assert ask(Outbound(allowed_hosts=(it.host,)), it.url).body == b"\x1f\x8b packed"
        assert b"Accept-Encoding: identity\r\n" in it.requests[0]


def drip(first: bytes) -> Callable[[socket.socket, bytes], None]:
    def one_byte_at_a_time(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(first)
        for _ in range(400):
            connection.sendall(b"x")
            time.sleep(0.05)

    return one_byte_at_a_time


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"], ids=["head", "body"]
)
def test_a_peer_that_sends_one_byte_at_a_time_is_given_up(first: bytes) -> None:
    """Each single read is quick, so that a limit for each of them would never be reached."""
    with peer(drip(first)) as it, pytest.raises(Fault) as refused:
        ask(Outbound(allowed_hosts=(it.host,)), it.url, timeout_seconds=0.3)
    assert (refused.value.code, "ReadTimeout" in str(refused.value)) == ("outbound.unavailable", True)


def test_a_peer_that_is_not_there_or_breaks_off_is_a_fault_that_names_the_host() -> None:
    def break_off(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")

    with peer(break_off) as it, pytest.raises(Fault) as refused:
        ask(Outbound(allowed_hosts=(it.host,)), f"{it.url}/somebody")
    with pytest.raises(Fault) as gone:
        ask(Outbound(allowed_hosts=(it.host,)), f"{it.url}/somebody")
    assert (refused.value.code, gone.value.code) == ("outbound.unavailable", "outbound.unavailable")
    assert "somebody" not in str(refused.value) + str(gone.value)
    assert refused.value.where == {"host": "127.0.0.1"}


def test_a_body_is_sent_in_parts_and_an_error_of_its_maker_is_not_hidden() -> None:
    got = bytearray()

    def read_on(connection: socket.socket, head: bytes) -> None:
        got.extend(head)
        while not got.endswith(b"0\r\n\r\n"):
            got.extend(connection.recv(65536))
        answer(200)(connection, head)

    with peer(read_on) as it:
        outbound = Outbound(allowed_hosts=(it.host,))
        outbound.request(
            "PUT", it.url, headers={"X-A": "b"}, content=iter([b"one", b"two"]), limit_bytes=10, timeout_seconds=5
        )
    assert b"one" in got
    assert b"two" in got

    def failing() -> object:
        yield b"one"
        raise Refusal("test.no", "No.")

    with peer(answer(200)) as it:
        assert code(
            lambda: Outbound(allowed_hosts=(it.host,)).request(
                "PUT", it.url, content=failing(), limit_bytes=10, timeout_seconds=5,  # type: ignore[arg-type]
            )
        ) == "test.no"  # fmt: skip


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for that name, and a client's that trusts it and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=file)


def test_a_certificate_is_checked_against_the_name_although_the_address_is_pinned(tmp_path: Path) -> None:
    server, trusting = certified(tmp_path, "name.example")
    with peer(answer(200, b"safe"), tls=server) as it:
        hosts = (f"name.example:{it.port}", f"other.example:{it.port}")
        outbound = Outbound(allowed_hosts=hosts, resolve=lambda _host, _port: ("127.0.0.1",), tls=trusting)
        assert ask(outbound, f"https://name.example:{it.port}/").body == b"safe"
        assert code(lambda: ask(outbound, f"https://other.example:{it.port}/")) == "outbound.unavailable"
        assert len(it.requests) == 1


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    server, _ = certified(tmp_path, "name.example")
    with peer(answer(200, b"unsafe"), tls=server) as it:
        outbound = Outbound(allowed_hosts=(f"name.example:{it.port}",), resolve=lambda _host, _port: ("127.0.0.1",))
        assert code(lambda: ask(outbound, f"https://name.example:{it.port}/")) == "outbound.unavailable"
        assert it.requests == []


def test_a_context_that_does_not_verify_is_refused() -> None:
    lax = ssl.create_default_context()
    lax.check_hostname = False
    assert code(lambda: Outbound(tls=lax)) == "outbound.unverified"
    lax.verify_mode = ssl.CERT_NONE
    assert code(lambda: Outbound(tls=lax)) == "outbound.unverified"
