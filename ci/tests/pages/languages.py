"""What is done with a fence of each language but console. Each function returns what is wrong, as lines.

A language without a row in LANGUAGES is a fault of its page. `tree` is the tree as the reader has it.
"""
import json
import os
import subprocess

LIMIT_S = 100

C_PROGRAM = """#include <ailab.h>
#include <ailab_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
int main(void)
{
%s
    return 0;
}
"""
CMAKE_PROJECT = """cmake_minimum_required(VERSION 3.22)
project(reader C)
add_executable(my_tests main.c)
"""
# What a reader's program would do where an example says so: one call with my-key.
HERE = "let your program call mock.url with the key my-key"
PYTHON_CALL = """import os, subprocess
    subprocess.run(["ailab", "edit", "-esad", "fixtures/images/portrait.jpg", "-oexample.jpg"], check=False,
                   env={**os.environ, "AILAB_BASE_URL": mock.url, "AILAB_API_KEY": "my-key"})"""
NODE_CALL = """(await import('node:child_process')).spawnSync('ailab',
    ['edit', '-esad', 'fixtures/images/portrait.jpg', '-oexample.jpg'],
    {env: {...process.env, AILAB_BASE_URL: mock.url, AILAB_API_KEY: 'my-key'}});"""


def run(tree, environment, *command):
    try:
        done = subprocess.run(command, cwd=tree, env=environment, stdin=subprocess.DEVNULL, timeout=LIMIT_S,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except subprocess.TimeoutExpired:
        return [f"{command[0]}: it does not end"]
    return [f"{command[0]}: exit code {done.returncode}", done.stdout] if done.returncode else []


def write(tree, name, text):
    path = os.path.join(tree, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def check_json(text, tree, environment):
    """It is JSON; a scenario document starts a mock."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return [f"no JSON: {error}"]
    if not isinstance(document, dict) or not {"scenarios", "accounts", "tls", "seed"} & set(document):
        return []
    path = write(tree, "document.json", text)
    return run(tree, environment, "ailab-mock", "run", "--quiet", f"--scenarios={path}", "--", "true")


def check_c(text, tree, environment):
    source = write(tree, "example.c", text if "int main" in text else C_PROGRAM % text)
    return run(tree, environment, "cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
               "-Ifixtures", "-Iclient/include", "-Imockserver/include", source)


def check_cmake(text, tree, environment):
    """A project of a reader configures with it: the tree is its folder ailab-mock, or is installed."""
    project = os.path.join(tree, "project")
    os.makedirs(project, exist_ok=True)
    if not os.path.lexists(os.path.join(project, "ailab-mock")):
        os.symlink(environment["AILAB_SOURCE"], os.path.join(project, "ailab-mock"))
    write(project, "main.c", "int main(void) { return 0; }\n")
    write(project, "CMakeLists.txt", CMAKE_PROJECT + text)
    prefix = os.path.join(tree, "installed")
    if "find_package" in text:
        if wrong := run(tree, environment, "cmake", "--install", "build", "--prefix", prefix):
            return wrong
    return run(project, environment, "cmake", "-G", "Ninja", "-S", ".", "-B", "made", f"-DCMAKE_PREFIX_PATH={prefix}")


def check_yaml(text, _tree, _environment):
    """It is YAML. What the steps do is tested by check_pipelines and check_pipeline."""
    try:
        import yaml
    except ImportError:
        return []
    try:
        return [] if yaml.safe_load(text) else ["it is empty"]
    except yaml.YAMLError as error:
        return [str(error)]


def check_python(text, tree, environment):
    source = write(tree, "example.py", text.replace("# " + HERE, PYTHON_CALL))
    path = os.path.join(tree, "mockserver", "packages", "python")
    return run(tree, {**environment, "PYTHONPATH": path}, "python3", source)


def check_js(text, tree, environment):
    modules = os.path.join(tree, "node_modules")
    os.makedirs(modules, exist_ok=True)
    if not os.path.lexists(os.path.join(modules, "ailab-mock")):
        os.symlink(os.path.join(tree, "mockserver", "packages", "npm"), os.path.join(modules, "ailab-mock"))
    source = write(tree, "example.mjs", "import assert from 'node:assert/strict';\n" + text.replace("// " + HERE, NODE_CALL))
    return run(tree, environment, "node", source)


def check_text(_text, _tree, _environment):
    """A drawing: nothing to run. Its paths are in backticks elsewhere."""
    return []


LANGUAGES = {
    "json": check_json,
    "c": check_c,
    "cmake": check_cmake,
    "yaml": check_yaml,
    "python": check_python,
    "js": check_js,
    "text": check_text,
}
