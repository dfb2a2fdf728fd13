"""The container files hold without a container engine; each check is shown to fail on a fault."""

import json
import re
import subprocess
import sys
from pathlib import Path

import compose_spec
import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()
BIN = Path(sys.executable).parent


def dockerfile_faults(text: str) -> str:
    """What hadolint says; nothing when all is well."""
    command = [BIN / "hadolint", "--no-color", "-"]
    done = subprocess.run(command, input=text, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr


def compose_faults(text: str, folder: Path) -> str:
    """The first fault by the compose schema, by compose-spec, and by what a name refers to."""
    return schema_faults(text, folder) or specification_faults(text) or "\n".join(lost_names(text))


def schema_faults(text: str, folder: Path) -> str:
    file = folder / "docker-compose.yml"
    file.write_text(text)
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def specification_faults(text: str) -> str:
    try:
        # By way of JSON: compose-spec does not know YAML's merge key.
        compose = compose_spec.PyCompose.from_json(json.dumps(yaml.safe_load(text)))
        compose.validate()
    except ValueError as error:
        return str(error)
    return ""


def lost_names(text: str) -> list[str]:
    """Services waited for, and health waited for, that are not there under the same profile."""
    services = yaml.safe_load(text)["services"]
    faults = []
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            other = services.get(needed)
            if other is None:
                faults.append(f"{name} waits for {needed}, which is no service")
                continue
            if how["condition"] == "service_healthy" and "healthcheck" not in other:
                faults.append(f"{name} waits for the health of {needed}, which has no check")
            missing = set(service.get("profiles", [])) - set(other.get("profiles", []))
            if other.get("profiles") and missing:
                faults.append(f"{needed} is not started with {name} in profile {missing}")
    return faults


def test_the_dockerfile_has_no_fault():
    assert dockerfile_faults(DOCKERFILE) == ""


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("FROM python:3.13-slim-bookworm\n", "FROM python:latest\n", "DL3007"),
        ("USER 10001:10001", "USER root", "DL3002"),
        ("RUN groupadd", "RUN sudo groupadd", "DL3004"),
        ("WORKDIR /src", "WORKDIR src", "DL3000"),
        ('ENTRYPOINT ["okno"]', "ENTRYPOINT okno", "DL3025"),
        ("EXPOSE 8080", "EXPOSE 80800", "DL3011"),
    ],
)
def test_a_fault_in_the_dockerfile_is_found(old: str, new: str, rule: str):
    assert old in DOCKERFILE
    assert rule in dockerfile_faults(DOCKERFILE.replace(old, new))


def test_the_compose_file_has_no_fault(tmp_path: Path):
    assert compose_faults(COMPOSE, tmp_path) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("restart: unless-stopped", "restrat: unless-stopped"),
        ("stop_grace_period: 60s", "stop_grace_period: soon"),
        ("    - okno-data:/var/lib/okno", "    - okno-date:/var/lib/okno"),
        ("      - database_password\n", "      - database_pasword\n"),
        ("      - database\n    depends_on", "      - databse\n    depends_on"),
        ("      postgres:\n        condition", "      postgre:\n        condition"),
        ("condition: service_healthy", "condition: service_health"),
        ("    healthcheck:", "    x-healthcheck:"),
        ("    profiles: [postgres]\n    restart", "    profiles: [database]\n    restart"),
    ],
)
def test_a_fault_in_the_compose_file_is_found(old: str, new: str, tmp_path: Path):
    assert old in COMPOSE
    assert compose_faults(COMPOSE.replace(old, new, 1), tmp_path)


@pytest.mark.parametrize("name", list(yaml.safe_load(COMPOSE)["services"]))
def test_every_service_runs_with_the_least_rights(name: str):
    service = yaml.safe_load(COMPOSE)["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert "cap_add" not in service


def test_secrets_are_files_and_never_values():
    for service in yaml.safe_load(COMPOSE)["services"].values():
        for key, value in service["environment"].items():
            if re.search(r"TOKEN|PASSWORD|SECRET", key):
                assert key.endswith("_FILE"), key
                assert value.removeprefix("/run/secrets/") in service["secrets"]
    assert "okno:okno@" not in COMPOSE


def test_what_init_writes_is_where_the_settings_look_for_it():
    """init names the secrets as secrets/..., from the settings' folder."""
    image = re.search(r"OKNO_CONFIG=(\S+)", DOCKERFILE)
    assert image
    settings = Path(image[1])
    for name, service in yaml.safe_load(COMPOSE)["services"].items():
        if name.startswith("okno"):
            assert f"./okno.toml:{settings}:ro" in service["volumes"]
            assert f"./secrets:{settings.parent}/secrets:ro" in service["volumes"]


def test_the_two_profiles_never_run_one_bot_twice():
    services = yaml.safe_load(COMPOSE)["services"]
    ours = [set(s["profiles"]) for s in services.values() if s["image"].startswith("okno:")]
    assert ours == [{"sqlite"}, {"postgres"}]


def test_everything_the_image_copies_is_let_through():
    """.dockerignore starts from nothing: a package forgotten there would not be in the image."""
    allowed = (ROOT / ".dockerignore").read_text()
    wheel = re.search(
        r"^packages = (\[.*\])$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert wheel
    for needed in [*json.loads(wheel[1]), "pyproject.toml", "hatch_build.py", "README.md"]:
        assert f"\n!{needed}\n" in allowed, needed
