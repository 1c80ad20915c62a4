"""Which requests count as from one sender."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from news.web import senders


def request_from(peer, forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)


def test_without_a_proxy_the_peer_is_the_sender():
    assert senders.address(request_from("203.0.113.7")) == "203.0.113.7"


def test_a_stranger_cannot_choose_an_address_for_itself():
    assert senders.address(request_from("203.0.113.7", "198.51.100.1")) == "203.0.113.7"


def test_behind_our_proxy_the_address_it_adds_is_the_sender():
    assert senders.address(request_from("127.0.0.1", "198.51.100.1, 203.0.113.7")) == "203.0.113.7"
    assert senders.address(request_from("::1", "203.0.113.7")) == "203.0.113.7"


def test_a_unix_socket_is_a_proxy_on_this_host():
    assert senders.address(request_from("", "203.0.113.7")) == "203.0.113.7"


def test_several_trusted_proxies_are_skipped(settings):
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"), ip_network("2001:db8:ff::/48")]
    forwarded = "198.51.100.1, 203.0.113.7, 2001:db8:ff::5, 10.1.2.3"
    assert senders.address(request_from("127.0.0.1", forwarded)) == "203.0.113.7"


def test_when_every_address_is_trusted_the_farthest_is_the_sender(settings):
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
    assert senders.address(request_from("127.0.0.1", "10.9.9.9, 10.1.2.3")) == "10.9.9.9"


@pytest.mark.parametrize(
    "rubbish", ["unknown", "", ",,", "203.0.113.7:port", "[]:443", "<script>", "1" * 5000, "256.1.1.1", "_hidden"]
)
def test_addresses_before_an_invalid_one_are_ignored(rubbish):
    assert senders.address(request_from("127.0.0.1", f"198.51.100.1, {rubbish}")) == "127.0.0.1"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("203.0.113.9:51234", "203.0.113.9"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[::ffff:203.0.113.9]:443", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_an_address_may_come_with_a_port(written, meant):
    assert senders.address(request_from("127.0.0.1", f"198.51.100.1, {written}")) == meant
    assert senders.address(request_from("127.0.0.1", f"{written}, 127.0.0.1:80")) == meant


@pytest.mark.parametrize(
    "peer", ["172.18.0.2", "10.1.2.3", "192.168.1.1", "100.64.0.1", "fd00::2", "::ffff:172.18.0.2"]
)
def test_a_private_peer_that_forwards_but_is_not_trusted_is_reported_once_an_hour(client, caplog, peer):
    for _ in range(3):
        client.get("/robots.txt", headers={"x-forwarded-for": "203.0.113.9"}, REMOTE_ADDR=peer)
    [record] = caplog.records
    assert "TRUSTED_PROXIES" in record.getMessage()
    assert peer.removeprefix("::ffff:") in record.getMessage()


def test_strangers_trusted_proxies_and_direct_visitors_are_not_reported(client, caplog, settings):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    client.get("/robots.txt", headers={"x-forwarded-for": "203.0.113.9"}, REMOTE_ADDR="198.51.100.1")
    client.get("/robots.txt", headers={"x-forwarded-for": "203.0.113.9"}, REMOTE_ADDR="10.1.2.3")
    client.get("/robots.txt", REMOTE_ADDR="192.168.1.1")
    assert not caplog.records


def test_a_mapped_ipv4_address_is_the_ipv4_address():
    assert senders.address(request_from("::ffff:203.0.113.7")) == "203.0.113.7"
    assert senders.address(request_from("::ffff:127.0.0.1", "203.0.113.7")) == "203.0.113.7"


def test_a_peer_without_any_address_still_has_a_key():
    assert len(senders.key(request_from("somewhere"))) == 64


def test_one_ipv6_household_is_one_sender():
    key = senders.key(request_from("2001:db8:1:2::1"))
    assert senders.key(request_from("2001:db8:1:2:ffff::9")) == key
    assert senders.key(request_from("2001:db8:1:3::1")) != key


def test_a_link_local_address_with_a_zone_has_a_key():
    assert senders.key(request_from("fe80::1%eth0")) == senders.key(request_from("fe80::1%eth1"))


def test_ipv4_neighbours_are_two_senders():
    assert senders.key(request_from("203.0.113.7")) != senders.key(request_from("203.0.113.8"))


def test_the_key_does_not_reveal_the_address(settings):
    request = request_from("203.0.113.7")
    key = senders.key(request)
    settings.SECRET_KEY = "another portal's"
    assert senders.key(request) != key, "without the secret key the hash of each address could be tried"
