"""Known weaknesses of the packages that the portal is shipped with:  python -m tests.audit [pip-audit's options]

Ends with 1 if there is one, and with 0, and a line in capitals, where nobody could be asked: pip-audit says "No known
vulnerabilities found", and ends with 0, also when the service knew none of the packages."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
HOW = ["--disable-pip", "--progress-spinner=off", "--timeout=15", "--format=json", "--aliases=on", "--desc=off"]

LOCKS = ("requirements-passkey.txt", "requirements-s3.txt")


def main(options: list[str]) -> int:
    locks = [option for lock in LOCKS for option in ("-r", str(PROJECT / lock))]
    requirements = [] if "-r" in options else [*locks, "--require-hashes"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip_audit", *HOW, *requirements, f"--output={report}", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        found = json.loads(report.read_text())["dependencies"] if report.exists() else None
    if found is None:
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"NOT AUDITED: the list of weaknesses cannot be reached here ({last[:200]}).")
        return 0
    return judge(found)


def judge(found: list[dict[str, Any]]) -> int:
    weak = [each for each in found if each.get("vulns")]
    unknown = [each["name"] for each in found if "skip_reason" in each]
    for each in weak:
        for weakness in each["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "nothing yet"
            print(f"{each['name']} {each['version']}: {weakness['id']}, mended in {mended}")
    if len(unknown) == len(found):
        print("NOT AUDITED: the list of weaknesses that answers here knows none of the packages.")
    elif unknown:
        print(f"NOT AUDITED: {', '.join(unknown)}.")
    print(f"Audited {len(found) - len(unknown)} of {len(found)} packages, {len(weak)} with a known weakness.")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
