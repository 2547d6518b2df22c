"""`ailab-mock ca` from outside: what it makes, prints, refuses and removes. Whether the recipes work is
the subject of trust.py."""
import os
import re
import stat

from harness import main

FILES = [
    "ailab-mock-bundle.pem",
    "ailab-mock-ca-key.pem",
    "ailab-mock-ca.pem",
    "ailab-mock-trust.p12",
    "ailab-mock.lock",
]


def recipes(suite):
    """(name, other words) of each row of recipes.def."""
    path = os.path.join(suite.source, "mockserver", "cli", "recipes.def")
    with open(path, encoding="utf-8") as file:
        rows = re.findall(r'^RECIPE\("([^"]+)", "([^"]*)",', file.read(), re.M)
    return [(name, also.split("|")[:-1]) for name, also in rows]


def ca(suite, *words, environment=None):
    done = suite.run([suite.mock, "ca", *words], environment=environment)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_files(suite):
    checks = suite.checks
    state = {"XDG_STATE_HOME": suite.path("state")}
    folder = os.path.join(state["XDG_STATE_HOME"], "ailab-mock")
    code, out, err = ca(suite, "--path", environment=state)
    checks.equal("--path prints the path alone", (code, out), (0, f"{folder}/ailab-mock-ca.pem\n"))
    checks.that("it says that the authority is new", "made a certificate authority" in err, err)
    checks.equal("its files", sorted(os.listdir(folder)), FILES)
    checks.equal(
        "the key is its owner's",
        stat.S_IMODE(os.stat(f"{folder}/ailab-mock-ca-key.pem").st_mode),
        0o600,
    )
    checks.equal(
        "the second time there is no news", ca(suite, "--path", environment=state), (0, out, "")
    )
    for name in ("AILAB_MOCK_CA_DIR", "--ca-dir"):
        other = suite.path("other" + name)
        words, more = ((), {name: other}) if name.isupper() else ((name, other), {})
        code, out, err = ca(suite, "--path", *words, environment={**state, **more})
        checks.equal(f"{name} names the folder", (code, out), (0, f"{other}/ailab-mock-ca.pem\n"))


def check_recipes(suite):
    """Every recipe is a script that a shell can read, whatever the folder is called."""
    checks = suite.checks
    folder = suite.path('it\'s a "$HOME" `folder` \\')
    rows = recipes(suite)
    checks.that("recipes.def has rows", len(rows) >= 15, rows)
    whole = ca(suite, "--ca-dir", folder)[1]
    checks.equal(
        "'ca' lists every recipe once, in order",
        re.findall(r"\n\n# ([a-z]+): ", whole),
        [name for name, _ in rows],
    )
    scripts = {"the whole list": whole}
    for name, also in rows:
        code, out, err = ca(suite, name, "--ca-dir", folder)
        checks.that(f"{name}: a recipe", code == 0 and out and not err, (code, out, err))
        checks.that(f"{name}: it stands in the whole list", out in whole, out)
        for word in also:
            checks.equal(
                f"{word}: the recipe of {name}",
                ca(suite, word.upper(), "--ca-dir", folder),
                (0, out, ""),
            )
        scripts[name] = out
    for name, text in scripts.items():
        done = suite.run(["sh", "-n"], input=text.encode())
        checks.equal(f"{name}: a shell can read it", (done.returncode, done.stderr), (0, b""))
    path = os.path.join(suite.source, "mockserver", "src", "environment", "environment.def")
    with open(path, encoding="utf-8") as file:
        known = re.findall(r"^ENVIRONMENT\((\w+), TRUST,", file.read(), re.M)
    exported = set(re.findall(r"^export (\w+)=", whole, re.M))
    checks.that("there are variables", len(exported) >= 5, exported)
    checks.equal("'run' sets every variable of a recipe", exported - set(known), set())
    words = [word for name, also in rows for word in (name, *also)]
    checks.equal("no word means two recipes", len(words), len(set(words)))
    done = suite.run(["sh", "-c", scripts["python"] + 'cat "$SSL_CERT_FILE" "$REQUESTS_CA_BUNDLE"'])
    checks.equal("the shell gives the paths on", done.stdout.count(b"BEGIN CERTIFICATE") >= 2, True)


def check_refusals(suite):
    checks = suite.checks
    folder = suite.path("refused")
    key = os.path.join(folder, "ailab-mock-ca-key.pem")
    ca(suite, "--ca-dir", folder)
    os.chmod(key, 0o644)
    code, out, err = ca(suite, "--ca-dir", folder)
    checks.equal("a key that others can read: exit code and output", (code, out), (3, ""))
    checks.that("and what to do", "'chmod 600'" in err and key in err, err)
    suite.save("file", b"")
    code, out, err = ca(suite, "--ca-dir", suite.path("file"))
    checks.equal("a file for a folder", (code, out), (3, ""))
    checks.that("and why", "is not a directory" in err, err)
    code, out, err = ca(suite, environment={"HOME": "", "XDG_STATE_HOME": suite.path("state")})
    checks.equal("without a home, with a folder for state", code, 0)


def check_removal(suite):
    checks = suite.checks
    folder = suite.path("removed")
    ca(suite, "--ca-dir", folder)
    code, out, err = ca(suite, "--remove", "--ca-dir", folder)
    checks.equal("--remove", (code, out, os.path.exists(folder)), (0, "", False))
    checks.that("it says what stays", "trust stores" in err, err)
    code, out, err = ca(suite, "--remove", "--ca-dir", folder)
    checks.equal(
        "again: there is none, and none is made",
        (code, out, os.path.exists(folder)),
        (0, "", False),
    )
    checks.that("and it says so", "there is no certificate authority" in err, err)


def test(suite):
    check_files(suite)
    check_recipes(suite)
    check_refusals(suite)
    check_removal(suite)


if __name__ == "__main__":
    main(test)
