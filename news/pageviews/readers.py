"""How many different readers an article had in an hour, without knowing any of them.

A reader is a network that asks (IPv4 address, IPv6 /64), whatever its browsers are called. A hash of it, of the
article, the hour and the day's salt chooses one of 1,000 buckets; from the number of buckets that were hit follows
about how many readers there were: linear counting, Whang, Vander-Zanden and Taylor 1990. 500 are estimated within
10 %. Buckets of two articles, or of two hours, have nothing in common, so nobody's way through the site is recorded.
"""

from hashlib import blake2b
from math import log

BUCKETS = 1000
FULL = 7000  # readers, when every bucket was hit: it happens at about 6,900


def bucket(network: str, article: str, hour: int, salt: str) -> int:
    """The bucket of a reader, 0 to 999. `hour` is any number that changes each hour."""
    text = f"{network}|{article}|{hour}|{salt}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) % BUCKETS


def estimate(hit: int) -> int:
    """The number of readers if so many buckets were hit."""
    return FULL if hit >= BUCKETS else round(-BUCKETS * log(1 - hit / BUCKETS))
