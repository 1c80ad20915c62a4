"""Failed log-ins, counted by keys that name nobody; the phones that people log in with as their second step; and their
sessions."""

import secrets
from base64 import b32encode
from collections.abc import Mapping
from datetime import timedelta
from time import time
from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP

STEP = 30  # seconds for which an app shows one code
DIGITS_OF_A_CODE = 6
DIGITS_OF_A_RECOVERY_CODE = 10
RECOVERY_CODES = 10


class Count(NamedTuple):
    failures: int
    ends_in: float  # seconds until the count begins at zero again
    age: float  # seconds since the last failure


class FailureCountQuerySet(models.QuerySet):
    def add(self, windows: Mapping[str, timedelta], account: str) -> None:
        """Counts one failure for each key. A count starts again at one when its window (counted from its first
        failure) is over. One statement per key, so concurrent failures are all counted and no two wait for each
        other's rows."""
        with connection.cursor() as cursor:
            for key, window in windows.items():
                cursor.execute(
                    "INSERT INTO login_failurecount AS stored (key, account, failures, latest, ends_at)"
                    " VALUES (%s, %s, 1, now(), now() + make_interval(secs => %s))"
                    " ON CONFLICT (key) DO UPDATE SET latest = now(),"
                    " failures = CASE WHEN stored.ends_at <= now() THEN 1 ELSE stored.failures + 1 END,"
                    " ends_at = CASE WHEN stored.ends_at <= now() THEN excluded.ends_at ELSE stored.ends_at END",
                    [key, account, window.total_seconds()],
                )

    def of(self, keys) -> dict[str, Count]:
        """The counts of these keys whose windows are not over."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key, failures, extract(epoch FROM ends_at - now()), extract(epoch FROM now() - latest)"
                " FROM login_failurecount WHERE key = ANY(%s) AND ends_at > now()",
                [list(keys)],
            )
            return {key: Count(failures, float(ends_in), float(age)) for key, failures, ends_in, age in cursor}

    def prune(self) -> int:
        """Deletes counts whose windows are over; returns how many."""
        return self.filter(ends_at__lte=Now()).delete()[0]


class FailureCount(models.Model):
    key = models.CharField("kunci", primary_key=True, max_length=64)  # a keyed hash: see portal.login.bounds
    account = models.CharField("akun", max_length=64, db_index=True)  # the account's hash; "" for a sender's key
    failures = models.PositiveIntegerField("gagal")
    latest = models.DateTimeField("terakhir")
    ends_at = models.DateTimeField("berakhir", db_index=True)

    objects = FailureCountQuerySet.as_manager()

    class Meta:
        verbose_name = "hitungan gagal masuk"
        verbose_name_plural = "hitungan gagal masuk"
        default_permissions = ()  # nobody reads or changes them

    def __str__(self):
        return self.key


class SecondStepQuerySet(models.QuerySet):
    def of(self, user):
        """The user's second step, or None."""
        return self.filter(user=user.pk).first()

    @transaction.atomic
    def begin(self, user, key: str, latest: int):
        """From now on the user logs in with a code, too. Returns the new row; its number is a new one, which ends all
        sessions of the user (portal.login.second_step) that do not get it."""
        self.filter(user=user.pk).delete()
        return self.create(user_id=user.pk, key=key, latest=latest)


class SecondStep(models.Model):
    """An app that shows codes (RFC 6238), as one user has set it up."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="pengguna")
    key = models.CharField("kunci", max_length=40)  # 20 bytes, in hexadecimal digits
    latest = models.BigIntegerField("kode terakhir")  # time step of the newest code that was accepted
    made_at = models.DateTimeField("dipasang", db_default=Now())

    objects = SecondStepQuerySet.as_manager()

    class Meta:
        verbose_name = "masuk dua langkah"
        verbose_name_plural = "masuk dua langkah"
        default_permissions = ()  # its owner sees it; who may change the account may end it

    def __str__(self):
        return f"no. {self.pk}"

    @transaction.atomic
    def accepts(self, typed: str) -> bool:
        """Whether this is a code of now, or one step (30 s) earlier or later, or a recovery code; each only once."""
        digits = digits_of(typed)
        if len(digits) == DIGITS_OF_A_RECOVERY_CODE:
            return bool(self.unused_codes.filter(digest=_digest(digits)).update(used_at=Now()))
        step = matching_step(self.key, digits, tolerance=1)
        if step is None:
            return False
        # One statement: of two requests with the same code one finds the row as it was.
        return bool(SecondStep.objects.filter(pk=self.pk, latest__lt=step).update(latest=step))

    @property
    def unused_codes(self) -> models.QuerySet["RecoveryCode"]:
        return self.recovery_codes.filter(used_at=None)

    @transaction.atomic
    def new_recovery_codes(self) -> list[str]:
        """Replaces the recovery codes. These are the only copy: the database keeps keyed hashes."""
        size = DIGITS_OF_A_RECOVERY_CODE
        codes = [f"{secrets.randbelow(10**size):0{size}}" for _ in range(RECOVERY_CODES)]
        self.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(second_step=self, digest=_digest(code)) for code in codes)
        return [f"{code[:5]} {code[5:]}" for code in codes]


class RecoveryCode(models.Model):
    second_step = models.ForeignKey(
        SecondStep, models.CASCADE, related_name="recovery_codes", verbose_name="masuk dua langkah"
    )
    digest = models.CharField("sidik", max_length=64)
    used_at = models.DateTimeField("dipakai", null=True)  # the audit list's trigger waits for it

    class Meta:
        verbose_name = "kode pemulihan"
        verbose_name_plural = "kode pemulihan"
        default_permissions = ()

    def __str__(self):
        return f"no. {self.pk}"


class Passkey(models.Model):
    """A key in a device, with which the owner of a second step answers it instead of a code (portal.login.passkeys).
    The table is there without the package, too: accounts can be deleted, and second steps ended, after it was
    removed."""

    second_step = models.ForeignKey(
        SecondStep, models.CASCADE, related_name="passkeys", verbose_name="masuk dua langkah"
    )
    name = models.CharField("nama", max_length=60)
    host = models.CharField("alamat portal", max_length=253)  # for which it was made, and works for ever
    handle = models.BinaryField("pengenal", max_length=1023, unique=True)  # by which its device finds it
    public_key = models.BinaryField("kunci publik", max_length=4096)  # COSE (RFC 9052)
    uses = models.BigIntegerField("hitungan")  # as the device counts; many say 0 always
    transports = models.JSONField("hubungan", default=list)
    made_at = models.DateTimeField("dibuat", db_default=Now())
    used_at = models.DateTimeField("terakhir dipakai", null=True)

    class Meta:
        verbose_name = "kunci sandi"
        verbose_name_plural = "kunci sandi"
        default_permissions = ()  # its owner sees it

    def __str__(self):
        return f"no. {self.pk}"


class Told(models.Model):
    """When an Administrator without a second step was first told that one will be needed: the grace begins then, also
    for accounts that are older than this rule."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name="pengguna"
    )
    at = models.DateTimeField("sejak", db_default=Now())

    class Meta:
        verbose_name = "pemberitahuan dua langkah"
        verbose_name_plural = "pemberitahuan dua langkah"
        default_permissions = ()

    def __str__(self):
        return f"no. {self.pk}"


class LoginSessionQuerySet(models.QuerySet):
    def used(self, browser: str, address: str) -> int:
        """Notes that they were used now; returns how many there are."""
        return self.update(used_at=Now(), browser=browser, address=address)

    def living(self):
        return self.filter(used_at__gte=Now() - timedelta(seconds=settings.SESSION_COOKIE_AGE))

    def prune(self) -> int:
        """Deletes those that ended for lack of use; returns how many."""
        return self.filter(used_at__lt=Now() - timedelta(seconds=settings.SESSION_COOKIE_AGE, minutes=10)).delete()[0]


class LoginSession(models.Model):
    """Where somebody is logged in (portal.login.sessions). Deleting it ends the session."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="pengguna")
    browser = models.CharField("peramban", max_length=60)  # in words
    address = models.CharField("alamat", max_length=20)  # shortened
    begun_at = models.DateTimeField("masuk", db_default=Now())
    used_at = models.DateTimeField("terakhir dipakai", db_default=Now(), db_index=True)

    objects = LoginSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "sesi"
        verbose_name_plural = "sesi"
        default_permissions = ()  # everybody sees their own

    def __str__(self):
        return f"no. {self.pk}"


def new_key() -> str:
    return secrets.token_hex(20)


def letters(key: str) -> str:
    """The key as apps want it typed: base32, in groups of four."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(key: str, name: str) -> str:
    """What the QR code says (github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
    issuer = settings.SITE_NAME.replace(":", "")
    values = {"secret": letters(key).replace(" ", ""), "issuer": issuer}
    return f"otpauth://totp/{quote(f'{issuer}:{name}')}?{urlencode(values, quote_via=quote)}"


def matching_step(key: str, digits: str, tolerance: int) -> int | None:
    """The time step, at most `tolerance` away from now, whose code this is. The nearest one, if there are several."""
    if len(digits) != DIGITS_OF_A_CODE:
        return None
    totp = TOTP(bytes.fromhex(key), step=STEP, digits=DIGITS_OF_A_CODE)
    totp.time = time()  # one moment for all
    for distance in range(tolerance + 1):
        for totp.drift in (-distance, distance):
            if totp.token() == int(digits):
                return totp.t()
    return None


def digits_of(typed: str) -> str:
    """What was typed without spaces and hyphens; "" if it is no number."""
    text = "".join(typed.split()).replace("-", "")
    return text if text.isascii() and text.isdigit() else ""


def _digest(code: str) -> str:
    return salted_hmac("portal.login.recovery", code, algorithm="sha256").hexdigest()
