"""What no file of the repository may hold: the host of a package registry, or a path of somebody's machine."""

from __future__ import annotations

import re

from tests.house.source import Complaint

# Put together here, so that this file does not hold what it looks for.
_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("proxy", "golang", "org"),
        ("repo1", "maven", "org"),
        ("repo", "maven", "apache", "org"),
        ("anaconda", "org"),
        ("anaconda", "com"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("deb", "debian", "org"),
    )
)
_HOST = re.compile("|".join(map(re.escape, _HOSTS)), re.IGNORECASE)
# A folder at the top of somebody's machine; not a folder further down, nor the path of an address.
_MACHINE = re.compile(r"(?<![\w.<>*}\])-])/(?:work|root|home|Users|mnt)/")
_OPTION = re.compile(
    r"--?(?:extra-)?index-url|--find-links|--trusted-host|^\s*(?:extra-)?index-url\s*="
)
_ADDRESS = re.compile(r"\w+://")


def text_complaints(path: str, text: str) -> list[Complaint]:
    """Complain of each line that names a registry or a path of a machine."""
    complaints = []
    for number, line in enumerate(text.splitlines(), start=1):
        if host := _HOST.search(line):
            complaints.append(
                Complaint(
                    path,
                    number,
                    f"the registry host {host.group()} is named",
                    "the name of the package",
                )
            )
        if machine := _MACHINE.search(line):
            complaints.append(
                Complaint(path, number, f"a path of one machine: {machine.group()}",
                          "a path from the root of the repository")
            )  # fmt: skip
        if _installs(path) and (option := _OPTION.search(line) or _ADDRESS.search(line)):
            complaints.append(
                Complaint(path, number, f"{option.group().strip()} says where packages come from",
                          "name, version and hashes only; each machine knows its registry")
            )  # fmt: skip
    return complaints


def pin_complaints(path: str, text: str) -> list[Complaint]:
    """Complain of each requirement that is not one exact version with hashes."""
    complaints = []
    joined = re.sub(r"\\\n", " ", text)
    for entry in joined.splitlines():
        said = entry.split(" #")[0].strip()
        if not said or said.startswith("#"):
            continue
        name = said.split()[0]
        line = text[: text.find(name)].count("\n") + 1
        if "==" not in name:
            complaints.append(
                Complaint(path, line, f"{name} is not pinned", "name==version (make pins)")
            )
        elif "--hash=sha256:" not in said:
            complaints.append(Complaint(path, line, f"{name} has no hash", "make pins"))
    return complaints


def _installs(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return (
        path.startswith("requirements/")
        or name in {"uv.lock", "pip.conf"}
        or "requirements" in name
    )
