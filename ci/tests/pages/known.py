"""Do programs know the options that a page names? They are asked by --help."""
import functools
import os
import re
import shlex
import shutil
import subprocess

OURS = ("ailab", "ailab-mock", "ailab-conformance")
OPTION = re.compile(r"--[a-z][a-z0-9-]*")


class Known:
    def __init__(self, tree, environment):
        self.tree = tree
        self.environment = environment

    @functools.lru_cache(maxsize=None)
    def _help(self, *command):
        try:
            done = subprocess.run([*command, "--help"], cwd=self.tree, env=self.environment, timeout=60,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, errors="replace", check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout

    @functools.lru_cache(maxsize=None)
    def every_option(self):
        """Of the three programs, their commands and the scripts."""
        texts = []
        for name in os.listdir(os.path.join(self.tree, "ci")):  # their --help is the comment at their top
            path = os.path.join(self.tree, "ci", name)
            if os.path.isfile(path):
                with open(path, encoding="utf-8") as file:
                    texts += [line for line in file if line.startswith(("#", "  "))]
        for program in OURS:
            texts.append(self._help(program))
            for command in sorted({"edit", "run", "ca", "caller"} & set(re.findall(r"[a-z]+", texts[-1]))):
                texts.append(self._help(program, command))
        return set(OPTION.findall("\n".join(filter(None, texts))))

    def _is_ours(self, program):
        return os.path.basename(program) in OURS or program.startswith(("ci/", "build/bin/"))

    def _faults_of_simple(self, words):
        while words and (re.match(r"[A-Za-z_]+=", words[0]) or words[0] in ("sudo", "exec", "npx")):
            words = words[1:]
        if not words or words[0].startswith(("<", ">", "#")):
            return []
        program, rest = words[0], words[1:]
        if "--" in rest:  # what stands behind it is another command
            rest = rest[:rest.index("--")]
        if not self._is_ours(program) and not shutil.which(program, path=self.environment["PATH"]):
            return []
        commands = [word for word in rest[:1] if re.fullmatch("[a-z]+", word)] if self._is_ours(program) else []
        if "/" not in program or program.startswith(("ci/", "build/bin/")):
            text = self._help(program, *commands) if os.path.basename(program) in OURS else self._help(program)
        else:
            text = ""
        if text is None:
            return [f"there is no program {program}"]
        known = set(OPTION.findall(text))
        faults = [f"{program} {' '.join(commands)} has no option {option}" for word in rest
                  for option in OPTION.findall(word)[:1] if word.startswith("--") and option not in known]
        if commands and os.path.basename(program) in OURS and "unknown command" in text:
            faults.append(f"{program} has no command {commands[0]}")
        return faults

    def faults(self, command):
        """What a command line names that is not there."""
        command = re.sub(r"\s#\s.*", "", command.replace("\\\n", " "))
        try:
            lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            words = list(lexer)
        except ValueError:
            words = command.split()
        faults, simple = [], []
        for word in [*words, ";"]:
            if word in (";", "&&", "||", "|", "&"):
                faults += self._faults_of_simple(simple)
                simple = []
            else:
                simple.append(word)
        return faults
