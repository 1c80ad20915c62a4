"""Passkeys (WebAuthn) as another answer to the second step: keys in a phone, a computer or a stick, which sign a
number that the portal has made up. Only where the package `webauthn` is installed (requirements-passkey.txt).

It is imported when a passkey is used, since it takes 25 MB of memory and 0.14 s."""

import json
import re
import secrets
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from portal.login.models import Passkey, SecondStep

IS_INSTALLED = find_spec("webauthn") is not None
LONGEST = 20_000  # characters of an answer; browsers send some 1,500
LONGEST_HANDLE = 1023  # bytes: WebAuthn, 5.1
MOST = 10  # of one person
_TRANSPORT = re.compile("[a-z-]{1,20}")
_CHALLENGE = "passkey_challenge"  # in the session: hexadecimal digits, as long as nobody has answered


def are_offered() -> bool:
    """Whether browsers would make passkeys for SITE_URL at all: they want https, or localhost, and no IP address."""
    return IS_INSTALLED and (host() == "localhost" or (settings.HTTPS and not _is_address(host())))


def usable(step: SecondStep) -> QuerySet[Passkey]:
    """Those that were made for this portal's present host; no browser shows them to another."""
    return step.passkeys.filter(host=host()) if are_offered() else step.passkeys.none()


def host() -> str:
    """To which passkeys are bound (their RP ID)."""
    return urlsplit(settings.SITE_URL).hostname or ""


def origin() -> str:
    """As browsers spell it."""
    return settings.SITE_URL


def wish_to_add(request: HttpRequest, step: SecondStep) -> str:
    """What the browser is asked to make a passkey from, as JSON."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement

    name = request.user.get_username()
    return options_to_json(
        generate_registration_options(
            rp_id=host(),
            rp_name=settings.SITE_NAME,
            user_id=_user_handle(step.user_id),
            user_name=name,
            user_display_name=name,
            challenge=_challenge(request),
            # Phones copy only such keys to the owner's next phone.
            authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.PREFERRED),
            exclude_credentials=_described(usable(step)),
        )
    )


def add(request: HttpRequest, step: SecondStep, name: str, answer: str) -> Passkey | None:
    """The passkey that the browser made, saved; None if the answer is not right."""
    from webauthn import verify_registration_response

    challenge = _used_challenge(request)
    try:
        made = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=host(), expected_origin=origin()
        )
    except _broken():
        return None
    is_too_long = len(made.credential_id) > LONGEST_HANDLE
    if is_too_long or Passkey.objects.filter(handle=made.credential_id).exists():
        return None
    return Passkey.objects.create(
        second_step=step,
        name=name,
        host=host(),
        handle=made.credential_id,
        public_key=made.credential_public_key,
        uses=made.sign_count,
        transports=_transports(answer),
    )


def wish_to_use(request: HttpRequest, keys: QuerySet[Passkey]) -> str:
    """What the browser is asked to answer with one of these passkeys, as JSON."""
    from webauthn import generate_authentication_options, options_to_json

    return options_to_json(
        generate_authentication_options(
            rp_id=host(), challenge=_challenge(request), allow_credentials=_described(keys)
        )
    )


def use(request: HttpRequest, keys: QuerySet[Passkey], answer: str) -> Passkey | None:
    """That of these passkeys which has answered; None if none has, or not rightly."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json

    challenge = _used_challenge(request)
    try:
        credential = parse_authentication_credential_json(answer)
        key = keys.filter(handle=credential.raw_id).first()
        if key is None:
            return None
        done = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=key.host,
            expected_origin=origin(),
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.uses,
        )
    except _broken():
        return None
    keys.filter(pk=key.pk).update(uses=done.new_sign_count, used_at=Now())
    return key


def _challenge(request: HttpRequest) -> bytes:
    """The same for all open tabs of the session, until one of them answers."""
    return bytes.fromhex(request.session.setdefault(_CHALLENGE, secrets.token_hex(32)))


def _used_challenge(request: HttpRequest) -> bytes:
    """Gone from the stored session before the answer is looked at: a copy that is sent later finds none."""
    challenge = request.session.pop(_CHALLENGE, "")
    try:
        request.session.save()
    except UpdateError as error:  # it was ended elsewhere meanwhile
        raise SessionInterrupted("The session was deleted before the request completed.") from error
    return bytes.fromhex(challenge or secrets.token_hex(32))


def _described(keys: QuerySet[Passkey]) -> list:
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    known = {each.value for each in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=bytes(key.handle), transports=[AuthenticatorTransport(name) for name in key.transports if name in known]
        )
        for key in keys
    ]


def _transports(answer: str) -> list[str]:
    """How the browser says that this key is reached (usb, nfc, internal, ...), to be told to it again."""
    found = json.loads(answer)["response"].get("transports")
    names = found[:10] if isinstance(found, list) else []
    return [each for each in names if isinstance(each, str) and _TRANSPORT.fullmatch(each)]


def _broken() -> tuple[type[Exception], ...]:
    """What webauthn raises about answers that are not right, and what its parsers let through about nonsense."""
    from webauthn.helpers.exceptions import WebAuthnException

    return WebAuthnException, ValueError, TypeError, LookupError, RecursionError


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _user_handle(user: int) -> bytes:
    """By it a device knows that it has a key of this account already; says nothing about the person."""
    return salted_hmac("portal.login.passkeys", str(user), algorithm="sha256").digest()
