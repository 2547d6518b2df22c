"""Writes the wheel: the Python files, the program with its libraries, and what pip wants to know.

    make_wheel.py BUNDLE VERSION FOLDER

BUNDLE has bin/, lib/ and licences/. The name of the wheel tells the oldest C library that its program
runs with. Prints the path of the wheel. The same input makes the same bytes.
"""
import base64
import hashlib
import os
import platform
import re
import subprocess
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = ("__init__.py", "__main__.py", "pytest_plugin.py")
METADATA = """Metadata-Version: 2.1
Name: ailab-mock
Version: {version}
Summary: A mock server of AILabTools' "Change facial expressions", for tests
License: MIT
Requires-Python: >=3.8
Description-Content-Type: text/markdown

{readme}"""
WHEEL = """Wheel-Version: 1.0
Generator: make_wheel
Root-Is-Purelib: false
Tag: {tag}
"""
ENTRY_POINTS = """[console_scripts]
ailab-mock = ailab_mock.__main__:main

[pytest11]
ailab_mock = ailab_mock.pytest_plugin
"""


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def files_below(folder):
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            yield os.path.relpath(path, folder), path


def tag_of(bundle):
    """manylinux_2_36 if the newest symbol that a file wants of the C library is of glibc 2.36."""
    newest = (2, 17)
    for name, path in files_below(bundle):
        if name.startswith(("bin/", "lib/")):
            symbols = subprocess.run(
                ["objdump", "-T", path], check=True, capture_output=True, text=True
            ).stdout
            found = re.findall(r"GLIBC_(\d+)\.(\d+)", symbols)
            newest = max([newest, *((int(major), int(minor)) for major, minor in found)])
    return f"py3-none-manylinux_{newest[0]}_{newest[1]}_{platform.machine()}"


def contents(bundle, version, tag):
    """Each member: name, bytes, mode."""
    for module in MODULES:
        yield f"ailab_mock/{module}", read(HERE, "ailab_mock", module), 0o644
    for name, path in files_below(bundle):
        yield f"ailab_mock/{name}", read(path), 0o755 if name.startswith("bin/") else 0o644
    information = f"ailab_mock-{version}.dist-info"
    readme = read(HERE, "README.md").decode()
    metadata = METADATA.format(version=version, readme=readme)
    yield f"{information}/METADATA", metadata.encode(), 0o644
    yield f"{information}/WHEEL", WHEEL.format(tag=tag).encode(), 0o644
    yield f"{information}/entry_points.txt", ENTRY_POINTS.encode(), 0o644


def write(wheel, members, record):
    lines = []
    for name, content, mode in sorted(members):
        member = zipfile.ZipInfo(name)  # of 1980
        member.external_attr = (0o100000 | mode) << 16
        member.compress_type = zipfile.ZIP_DEFLATED
        wheel.writestr(member, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    wheel.writestr(zipfile.ZipInfo(record), "".join(lines) + f"{record},,\n")


def main(bundle, version, folder):
    tag = tag_of(bundle)
    path = os.path.join(folder, f"ailab_mock-{version}-{tag}.whl")
    with zipfile.ZipFile(path, "w") as wheel:
        write(wheel, contents(bundle, version, tag), f"ailab_mock-{version}.dist-info/RECORD")
    print(path)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
