"""deploy/compose.yaml and deploy/Containerfile fit each other, the units and the files that they name. They are built
and run by tests/drills/test_containers.py."""

import ipaddress
import re
import shlex

import pytest
import yaml

from tests.conftest import PROJECT
from tests.systemd_units import UNITS

DEPLOY = PROJECT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
STAGES = set(re.findall(r"^FROM \S+ AS (\w+)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE))
GUIDE = (PROJECT / "docs" / "panduan-operator.md").read_text()
OURS = ("migrate", "web", "worker")


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_may_do_little_beside_its_work(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert name == "postgres" or service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", OURS)
def test_the_portal_runs_as_the_user_of_its_image_who_is_nobody_special(name):
    assert SERVICES[name]["user"] == "10001:10001"
    assert "useradd --uid 10001" in (DEPLOY / "Containerfile").read_text()
    assert "cap_add" not in SERVICES[name]


def test_every_image_has_a_version_and_every_stage_is_there():
    for service in SERVICES.values():
        _, colon, tag = service["image"].partition(":")
        assert colon
        assert tag != "latest"
        if "build" in service:
            assert service["build"]["target"] in STAGES
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    assert ":latest" not in (DEPLOY / "Containerfile").read_text()


def test_the_images_have_the_version_of_the_portal():
    version = re.search(r'^version = "(.*)"$', (PROJECT / "pyproject.toml").read_text(), re.MULTILINE)
    ours = {service["image"] for service in SERVICES.values() if "build" in service}
    assert ours == {f"kabar-kota-portal:{version[1]}", f"kabar-kota-nginx:{version[1]}"}


def test_no_secret_stands_in_the_file_or_in_the_environment_of_a_container():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|SECRET|URL", name) or value.startswith("/run/secrets/"), name
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])


def test_named_volumes_and_addresses_exist_once():
    named = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert {name for name in named if not name.startswith("/")} == set(COMPOSE["volumes"])
    addresses = [
        network["ipv4_address"]
        for service in SERVICES.values()
        for network in service["networks"].values()
        if "ipv4_address" in network
    ]
    [config] = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert all(ipaddress.ip_address(each) in ipaddress.ip_network(config["subnet"]) for each in addresses)
    assert len(set(addresses)) == len(addresses) == 3


def test_the_portal_trusts_nginx_only_and_the_guide_names_the_right_addresses():
    address = {name: service["networks"]["default"].get("ipv4_address") for name, service in SERVICES.items()}
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == address["nginx"]
    assert f"@{address['postgres']}/portal" in GUIDE
    assert f"s|127.0.0.1:8000|{address['web']}:8000|" in GUIDE


def test_nginx_keeps_pages_where_it_may_write():
    [folder] = re.findall(r"^proxy_cache_path (/[^/]+)/\S+ ", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE)
    assert folder in SERVICES["nginx"]["tmpfs"]


def test_the_programs_are_those_of_the_units():
    last = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    commands = {"web": yaml.safe_load(last[0])} | {name: SERVICES[name]["command"] for name in ("worker", "migrate")}
    for name, command in commands.items():
        unit = (UNITS / f"portal-{name}.service").read_text()
        line = re.search(r"^ExecStart=/opt/portal/.venv/bin/(.*)$", unit, re.MULTILINE)
        assert command == shlex.split(line[1])


def test_the_image_holds_what_the_portal_needs_and_nothing_of_a_checkout():
    kept = {line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept >= {"comments", "deploy", "manage.py", "news", "portal", "requirements.txt", "static", "templates"}
    assert all((PROJECT / each).exists() for each in kept)
    assert not kept & {"tests", "var", ".git", ".venv", "portal.env", "bench"}


def test_the_image_with_passkeys_is_built_as_the_guide_says():
    [default] = re.findall(r"^ARG REQUIREMENTS=(\S+)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    [other] = re.findall(r"build --build-arg REQUIREMENTS=([\w.-]+)", GUIDE)
    assert (default, other) == ("requirements.txt", "requirements-passkey.txt")
    assert f"!{other}\n" in (PROJECT / ".dockerignore").read_text()
