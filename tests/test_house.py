"""The house around the packages: one set of requirements said in three places, and a tree fit to be
handed on."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course.folder.student_folder import KEPT

ROOT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"matplotlib-base": "matplotlib", "playwright-python": "playwright"}
PIP_ONLY = {"fsrs", "axe-playwright-python"}
TOP_LEVEL = {
    *(
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "pyproject.toml",
        "environment.yml",
        "requirements.lock",
        "nbgrader_config.py",
    ),
    *("CONTRIBUTING.md", "CITATION.cff", ".editorconfig", ".pre-commit-config.yaml"),
    *(
        "course",
        "source",
        "release",
        "autograder",
        "tests",
        "benchmarks",
        "site",
        ".ci",
        ".github",
        ".gitignore",
    ),
}
LARGEST = 12 * 2**20
# requirements.lock is resolved for this machine; packages of other platforms (appnope on macOS) are
# left to pip.
LOCKED_FOR = {
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}


def git(*arguments):
    """What git prints, as bytes; empty where there is no git or no repository."""
    try:
        return subprocess.run(
            ["git", "-C", ROOT, *arguments], capture_output=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""


@cache
def files():
    """{path: bytes} of what is handed on: git's index, or, without one, the tree less what
    .gitignore names.

    The index, as a reader's own work in release/ must not count as the repository's.
    """
    listed = git("ls-files", "-z").decode().split("\0")[:-1]
    if listed:
        return {path: git("show", f":{path}") for path in listed}
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = [".git", *(line.strip("/") for line in lines if line and not line.startswith("#"))]
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    kept = (
        path
        for path in paths
        if not any(fnmatch(part, name) for part in path.parts for name in ignored)
    )
    return {path.as_posix(): (ROOT / path).read_bytes() for path in kept}


def texts():
    """(path, text) of every text file that is handed on."""
    for path, content in files().items():
        if b"\0" not in content[:8192]:
            yield path, content.decode("utf-8", errors="replace")


def places(pattern):
    """``path: line`` of every line that the pattern is found in, but for this file, which spells
    the patterns out."""
    wanted = re.compile(pattern)
    lines = (
        (path, line)
        for path, text in texts()
        if path != "tests/test_house.py"
        for line in text.splitlines()
    )
    return [f"{path}: {line.strip()[:120]}" for path, line in lines if wanted.search(line)]


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENTS = [
    Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
]
EXTRAS = [
    Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines
]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PINS = dict(line.split("==") for line in LOCK if not line.startswith("#"))


def environment():
    """environment.yml as (conda requirements, pip requirements)."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = [Requirement(entry) for entry in entries if isinstance(entry, str)]
    return conda, [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]


# ---- what is made here and stays here


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("copy", ["", ".broken", ".broken-2"])
def test_what_a_notebook_keeps_of_a_person_is_never_committed(name, copy):
    if not git("rev-parse", "--git-dir"):
        pytest.skip("there is no repository")
    path = f"release/04-two-two-one/{name.replace('.json', f'{copy}.json')}"
    assert git("check-ignore", path).decode().strip() == path


def test_what_was_copied_away_when_work_was_put_back_is_never_committed():
    if not git("rev-parse", "--git-dir"):
        pytest.skip("there is no repository")
    path = "release/before-2026-11-30-21-05-07/04-two-two-one/04-two-two-one.ipynb"
    assert git("check-ignore", path).decode().strip() == path


def test_make_clean_removes_all_that_is_built_and_fetched_and_nothing_else(tmp_path):
    lines = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    at = lines.index("# the static site, what it is built with, and what it downloads") + 1
    made = [line.strip("/") for line in lines[at:] if line]
    assert {"site/_build", ".venv-site"} < set(made)
    made += [".venv", ".venvs", "build", "dist", ".pytest_cache", ".hypothesis", "a/__pycache__"]
    kept = ["work/04", "release/04", "submitted/ada", "site/lab", "site/reading"]
    for folder in made + kept:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "file").touch()
    shutil.copy(ROOT / "Makefile", tmp_path)
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [folder for folder in made if (tmp_path / folder).exists()] == []
    assert all((tmp_path / folder / "file").exists() for folder in kept)


# ---- one set of requirements


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
def test_every_dependency_has_a_lower_and_an_upper_bound_and_is_met_here(requirement):
    assert {clause.operator for clause in requirement.specifier} == {">=", "<"}
    if requirement.marker is None or requirement.marker.evaluate():
        assert requirement.specifier.contains(metadata.version(requirement.name))


def test_the_conda_environment_names_the_same_packages_and_bounds():
    conda, pip = environment()
    bounds = {
        CONDA_NAMES.get(requirement.name, requirement.name): requirement.specifier
        for requirement in conda
    }
    assert bounds.pop("python") == Requirement(f"python{PROJECT['requires-python']}").specifier
    assert not bounds.pop("pip")
    by_pip = {requirement.name: requirement.specifier for requirement in map(Requirement, pip[:-1])}
    assert set(by_pip) == PIP_ONLY and not PIP_ONLY & set(bounds)
    everywhere = [requirement for requirement in REQUIREMENTS if requirement.marker is None]
    assert bounds | by_pip == {
        requirement.name: requirement.specifier for requirement in everywhere
    }
    assert pip[-1] == "-e ."  # brings what one system alone needs


def test_the_lock_holds_names_and_versions_and_nothing_else():
    assert PINS
    assert [line for line in LOCK if not re.fullmatch(r"# .*|[a-z0-9-]+==[a-z0-9.!]+", line)] == []


def locked_closure():
    """Yield (who asks, requirement) for every package that the project needs, directly or through
    others."""
    waiting = [("backprop-by-hand", requirement, "") for requirement in REQUIREMENTS]
    seen = set()
    while waiting:
        asker, requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({**LOCKED_FOR, "extra": extra}):
            continue
        yield asker, requirement
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, wanted))
            waiting += [(name, Requirement(line), wanted) for line in needs(name)]


def needs(name):
    """What the package asks for, where its locked version is the installed one; in an environment
    made without the lock (conda), other versions ask for other things, and those say nothing about
    the lock.
    """
    try:
        return (metadata.requires(name) or []) if metadata.version(name) == PINS.get(name) else []
    except metadata.PackageNotFoundError:
        return []


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0", "3.14.0"])
def test_every_pin_can_be_installed_on_the_first_release_of_every_python(python):
    """Debian's Python 3.11 is 3.11.2: a package that asks for 3.11.5 cannot be had there."""
    refused = [
        f"{name}=={pin} wants Python {wanted}"
        for name, pin in PINS.items()
        if (wanted := wanted_python(name, pin)) and python not in SpecifierSet(wanted)
    ]
    assert refused == []


def wanted_python(name, pin):
    """The Pythons that a pinned package says it runs on; empty where another version is installed
    here."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    return found.get("Requires-Python", "") if found["Version"] == pin else ""


def test_the_lock_pins_every_dependency_within_its_bounds():
    wrong = []
    for asker, requirement in locked_closure():
        pin = PINS.get(canonicalize_name(requirement.name))
        if pin is None or not requirement.specifier.contains(pin, prereleases=True):
            wrong.append(f"{asker} asks for {requirement}, the lock has {pin}")
    assert wrong == []


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "site/requirements.lock", "site/lab/requirements.lock"]
)
def test_the_oldest_python_that_is_promised_can_install_every_locked_version(lock):
    """Debian's 3.11 is 3.11.2: a pin that asks for 3.11.5 ends `make lab` there."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    places = [*sys.path, *map(str, ROOT.glob(".venv-site/lib/python*/site-packages"))]
    wrong = {}
    for one in metadata.distributions(path=places):
        name, wanted = canonicalize_name(one.metadata["Name"]), one.metadata.get("Requires-Python")
        pinned = pins.get(name) == one.version
        if pinned and LOCKED_FOR["python_full_version"] not in SpecifierSet(wanted or ""):
            wrong[name] = wanted
    assert wrong == {}


def test_the_installed_distribution_is_this_one_and_has_the_command():
    distribution = metadata.distribution(PROJECT["name"])
    assert distribution.version == PROJECT["version"]
    assert distribution.metadata["Requires-Python"] == PROJECT["requires-python"]
    asked = {(r.name, r.specifier) for r in map(Requirement, distribution.requires)}
    assert asked == {(r.name, r.specifier) for r in [*REQUIREMENTS, *EXTRAS]}
    (command,) = distribution.entry_points.select(group="console_scripts")
    assert command.name == "backprop"
    assert callable(command.load())


# ---- the Makefile


def targets():
    """{name: what help says} of the Makefile's targets; None where help is silent."""
    rules = re.findall(
        r"^([a-z]+):[^=\n]*?(?:## (.*))?$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M
    )
    return {name: said or None for name, said in rules}


def test_make_help_names_every_target():
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    listed = dict(re.findall(r"^ +make (\w+) +(.*)$", shown, re.M))
    assert listed == targets()
    assert {"lab", "test", "build", "sync", "class", "bench", "lock", "clean"} < set(listed)


def test_every_make_command_in_the_prose_exists():
    said = {name for _, text in texts() for name in re.findall(r"`make ([a-z]+)\b", text)}
    assert said <= set(targets())


# ---- a tree fit to be handed on


def test_the_top_level_holds_only_the_rooms_of_the_house():
    assert {path.split("/")[0] for path in files()} <= TOP_LEVEL


def test_no_file_is_larger_than_twelve_megabytes():
    assert {path: len(content) for path, content in files().items() if len(content) > LARGEST} == {}


def test_no_notebook_is_handed_on_with_outputs():
    notebooks = {
        path: json.loads(content) for path, content in files().items() if path.endswith(".ipynb")
    }
    ran = [
        path
        for path, notebook in notebooks.items()
        if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
    ]
    assert notebooks
    assert ran == []


def test_no_text_holds_a_path_of_somebodys_machine():
    assert places(r"(?<![\w.:/~-])/(work|root|home|Users|opt)/\w|[A-Z]:\\Users") == []


def test_no_text_names_a_package_index_or_a_content_network():
    hosts = r"pypi\.(org|python)|pythonhosted|registry\.npm|npmjs\.|anaconda\.(org|com)|unpkg\.|jsdelivr|cdnjs"
    assert places(hosts) == []


def test_nothing_refers_to_a_folder_beside_the_repository():
    assert places(r"\.\./shared") == []
