"""gunicorn's log of requests, for an operator who turns it on: without secret addresses."""

from gunicorn.glogging import Logger

from portal.logs import without_secrets


class AccessLog(Logger):
    def atoms(self, *about_request):
        atoms = super().atoms(*about_request)
        return {name: without_secrets(value) if isinstance(value, str) else value for name, value in atoms.items()}
