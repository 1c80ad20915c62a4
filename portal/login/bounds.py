"""How many log-ins may fail, judged before a password is hashed: a hash costs 0.2 s of CPU, by design.

A sender (one IPv4 address, one IPv6 /64) may fail 30 times in 15 minutes, whatever the names. One account name may
fail 10 times in an hour, after that one attempt a minute is let through: slow enough for guessing, and nobody is
locked out for good. A browser that has logged in to the account before has a bound of its own and none of these, so
that a flood from the same office, or against the same name, does not affect it.

Codes of the second step count like passwords, and from other browsers 10 a day may be wrong, then one in a quarter of
an hour: who guesses at them has the password, and three of a million codes are right at any time.
"""

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import NamedTuple
from unicodedata import normalize

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from news.web import senders
from portal.login.models import FailureCount

logger = logging.getLogger("portal.login")

COOKIE = "peramban"
REMEMBERED = timedelta(days=90)
ACCOUNTS_OF_A_BROWSER = 10  # remembered in its cookie, those that logged in last
_SALT = "portal.login"


class Bound(NamedTuple):
    failures: int
    window: timedelta
    pause: float = 0  # seconds between attempts once the bound is reached; 0: none until the window is over


SENDER = Bound(30, timedelta(minutes=15))
SENDER_AND_ACCOUNT = Bound(6, timedelta(minutes=15))
ACCOUNT = Bound(10, timedelta(hours=1), pause=60)
KNOWN_BROWSER = Bound(10, timedelta(minutes=15))
CODE = Bound(10, timedelta(days=1), pause=900)


class Browser(NamedTuple):
    """What the cookie of a browser says: a random name, and when each account logged in last (by its key)."""

    name: str
    accounts: Mapping[str, int]  # Unix seconds

    @classmethod
    def of(cls, request: HttpRequest) -> "Browser":
        try:
            name, accounts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=REMEMBERED)
        except (signing.BadSignature, ValueError):
            return cls(secrets.token_hex(8), {})
        oldest = time.time() - REMEMBERED.total_seconds()
        return cls(name, {account: at for account, at in accounts.items() if at > oldest})

    def remember(self, account: str, response: HttpResponse) -> None:
        """Sets the cookie, with this account as the newest."""
        accounts = {**self.accounts, account: int(time.time())}
        newest = sorted(accounts.items(), key=lambda item: item[1])[-ACCOUNTS_OF_A_BROWSER:]
        response.set_cookie(
            COOKIE,
            signing.dumps([self.name, dict(newest)], salt=_SALT),
            max_age=REMEMBERED,
            path=settings.ADMIN_PATH,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )


@dataclass
class Attempt:
    """One attempt to log in, by what the request says."""

    browser: Browser
    account: str  # the key of the name that was typed
    sender: str  # the address, which is only logged
    bounds: dict[str, Bound] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest, name: str, *, with_code: bool = False) -> "Attempt":
        """`with_code`: for the second step."""
        attempt = cls(Browser.of(request), account_key(name), senders.address(request))
        if attempt.is_known:
            attempt.bounds[_key("browser", attempt.browser.name, attempt.account)] = KNOWN_BROWSER
        else:
            sender = senders.key(request)
            attempt.bounds[_key("sender", sender)] = SENDER
            attempt.bounds[_key("sender and account", sender, attempt.account)] = SENDER_AND_ACCOUNT
            attempt.bounds[attempt.account] = ACCOUNT
            if with_code:
                attempt.bounds[_key("code", attempt.account)] = CODE
        return attempt

    @property
    def is_known(self) -> bool:
        """Whether this browser has logged in to this account before."""
        return self.account in self.browser.accounts

    def seconds_to_wait(self) -> int:
        """Until the next attempt is allowed; 0: it is allowed now."""
        waits = [0.0]
        for key, count in FailureCount.objects.of(self.bounds).items():
            bound = self.bounds[key]
            if count.failures >= bound.failures:
                waits.append(bound.pause - count.age if bound.pause else count.ends_in)
        return ceil(max(waits))

    def failed(self) -> None:
        # The only line of the log that holds an address, and no name: deploy/fail2ban reads it.
        logger.warning("Gagal masuk ke ruang redaksi dari %s", self.sender)
        sender_only = {key: bound for key, bound in self.bounds.items() if bound is SENDER}
        FailureCount.objects.add({key: bound.window for key, bound in sender_only.items()}, account="")
        others = self.bounds.keys() - sender_only.keys()
        FailureCount.objects.add({key: self.bounds[key].window for key in others}, account=self.account)

    def succeeded(self, response: HttpResponse) -> None:
        """Forgets the failures of this account, but not the sender's, who may own one account and guess at others."""
        FailureCount.objects.filter(pk__in=[key for key, bound in self.bounds.items() if bound is not SENDER]).delete()
        self.browser.remember(self.account, response)


def account_key(name: str) -> str:
    """A keyed hash of a user name in the form in which Django's log-in form looks it up."""
    return _key("account", normalize("NFKC", name).strip())


def forget(name: str) -> None:
    """Forgets all failures of this account."""
    FailureCount.objects.filter(account=account_key(name)).delete()


def _key(kind: str, *values: str) -> str:
    return salted_hmac(f"{_SALT}.{kind}", "\n".join(values), algorithm="sha256").hexdigest()
