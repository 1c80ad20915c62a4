"""What the commands of the portal share: what argparse and Django tell whoever mistypes one is Indonesian, too."""

import argparse
import difflib
import sys

from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand as DjangosCommand
from django.core.management.base import CommandError, SystemCheckError

_WORDS = {
    # argparse (Python 3.11 to 3.14)
    "usage: ": "pemakaian: ",
    "positional arguments": "yang disebutkan",
    "options": "pilihan",
    "subcommands": "perintah",
    "show this help message and exit": "menampilkan penjelasan ini",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "%(prog)s: warning: %(message)s\n": "%(prog)s: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "belum disebutkan: %s",
    "one of the arguments %s is required": "sebutkan salah satu: %s",
    "unrecognized arguments: %s": "tidak dikenal: %s",
    "unexpected option string: %s": "tidak dikenal: %s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s dapat berarti %(matches)s",
    "not allowed with argument %s": "tidak dapat dipakai bersama %s",
    "ignored explicit argument %r": "tidak memerlukan nilai, tetapi diberi %r",
    "expected one argument": "nilainya belum disebutkan",
    "expected at most one argument": "paling banyak satu nilai",
    "expected at least one argument": "perlu sedikitnya satu nilai",
    "expected %s arguments": "perlu %s nilai",
    "invalid %(type)s value: %(value)r": "nilai %(value)r tidak dapat dipakai",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r bukan salah satu dari %(choices)s",
    "invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)": (
        "%(value)r bukan salah satu dari %(choices)s; mungkin maksudnya %(suggestion)r"
    ),
    # Django: what every command takes
    "Show program's version number and exit.": "menampilkan versi Django",
    "Verbosity level; 0=minimal output, 1=normal output, 2=verbose output, 3=very verbose output": (
        "berapa banyak yang diceritakan: 0 sesedikit mungkin, 1 biasa, 2 dan 3 lebih banyak"
    ),
    'The Python path to a settings module, e.g. "myproject.settings.main". If this isn\'t provided, the '
    "DJANGO_SETTINGS_MODULE environment variable will be used.": "modul pengaturan Django; bawaannya portal.settings",
    'A directory to add to the Python path, e.g. "/home/djangoprojects/myproject".': (
        "folder yang ditambahkan pada tempat Python mencari modul"
    ),
    "Display a full stack trace on CommandError exceptions.": "menampilkan rincian kegagalan bagi pemrogram",
    "Raise on CommandError exceptions.": "menampilkan rincian kegagalan bagi pemrogram",
    "Don't colorize the command output.": "tanpa warna",
    "Force colorization of the command output.": "dengan warna, juga bila keluarannya bukan layar",
    "Skip system checks.": "tidak memeriksa sistem dahulu",
}


def _in_indonesian(text: str) -> str:
    return _WORDS.get(text, text)


# argparse looks its texts up by gettext, which would need a compiled catalogue and the environment's LANGUAGE, which
# programs that we start would inherit. These are the names under which it calls gettext.
vars(argparse).update(_=_in_indonesian, ngettext=lambda one, many, number: _in_indonesian(many))


class BaseCommand(DjangosCommand):
    """Of all our commands. A CommandError is told as the sentence that it is."""

    def create_parser(self, *args, **kwargs):
        parser = super().create_parser(*args, **kwargs)
        for action in parser._actions:
            action.help = action.help and _in_indonesian(action.help)
        return parser

    def execute(self, *args, **options):
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if self._is_typed(options) and not isinstance(error, SystemCheckError):
                self.stderr.write(str(error))
                sys.exit(error.returncode)
            raise

    def _is_typed(self, options) -> bool:
        """Whether a person reads what becomes of it, and not other code of ours."""
        return getattr(self, "_called_from_command_line", False) and not options.get("traceback")


class Utility(ManagementUtility):
    """Django's, which says in Indonesian what commands there are."""

    def fetch_command(self, subcommand):
        if subcommand not in (known := get_commands()):
            similar = difflib.get_close_matches(subcommand, known, n=1)
            hint = f" Mungkin maksudnya {similar[0]}?" if similar else ""
            sys.exit(f"Perintah {subcommand} tidak dikenal.{hint} `manage.py help` menyebut semuanya.")
        return super().fetch_command(subcommand)

    def main_help_text(self, commands_only=False):
        if commands_only:
            return super().main_help_text(commands_only=True)
        ours = sorted(name for name, app in get_commands().items() if app == "portal")
        others = sorted(get_commands().keys() - set(ours))
        return (
            "Ketik `manage.py PERINTAH --help` untuk penjelasan sebuah perintah.\n\n"
            f"Perintah portal: {', '.join(ours)}.\n\nPerintah Django: {', '.join(others)}."
        )
