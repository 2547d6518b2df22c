"""The build with every mutant in it: a copy of the tree, its files rendered, configured and built as
any other. Numbers are kept between builds, so that a file that did not change is not built again.
The programs are linked with the leak sanitizer, and an index behind an array ends them: the sanitizer
builds of ci/test would notice both."""

import collections
import concurrent.futures
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess

import parse

HERE = os.path.dirname(os.path.abspath(__file__))
RUNTIME = os.path.join(HERE, "runtime")
# An error in a macro of a header is told with the lines that use it.
ERROR = re.compile(r"^(\S+?):(\d+):(?:\d+:)? (?:(?:fatal )?error: |note: in expansion of macro)", re.M)
BOUNDS = "-fsanitize=bounds -fsanitize-undefined-trap-on-error"
ROUNDS = 12   # of building, and leaving out what does not compile


def say(text):
    print("== " + text, flush=True)


def write_changed(path, data, mode=None):
    """Writes only what differs, so that the build's times stay."""
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return
    except OSError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    if mode is not None:
        os.chmod(path, mode)


def load_json(path, default):
    try:
        with open(path) as file:
            return json.load(file)
    except OSError:
        return default


def save_json(path, value):
    with open(path + ".new", "w") as file:
        json.dump(value, file)
    os.replace(path + ".new", path)


def tree_files(root):
    """The files of a tree: those that Git does not ignore, or all where there is no Git."""
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, capture_output=True)
    names = done.stdout.decode().split("\0")
    if done.returncode:
        names = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, entries in os.walk(root) for name in entries]
        names = [name for name in names if not re.match(r"(build(-[^/]*)?|\.git)/", name)]
    return sorted({n for n in names if n and os.path.isfile(os.path.join(root, n))})


def list_file(job):
    """In a process of its own: the mutants of a file, kept by the file's content."""
    name, path, source, arguments, cache = job
    if os.path.exists(cache):
        with open(cache) as file:
            rows = json.load(file)
        return [parse.Mutant(*row[:-1], parse.Edit(*row[-1])) for row in rows]
    mutants = parse.mutants_of(name, path, source, arguments)
    save_json(cache, mutants)
    return mutants


class Build:
    """folder: where the copy (tree), the build (out) and the notes are. files: paths in the tree."""

    def __init__(self, root, folder, files, cmake_arguments, jobs):
        self.root, self.folder, self.files, self.jobs = root, folder, files, jobs
        self.tree, self.out = os.path.join(folder, "tree"), os.path.join(folder, "out")
        self.cmake_arguments = cmake_arguments
        self.mutants, self.numbers = {}, {}   # by id
        self.dropped = collections.Counter()  # of a file: what does not compile as a mutant
        self.notes = os.path.join(folder, "numbers.json")

    def tracked(self):
        return tree_files(self.root)

    def copy(self):
        """The tree, without the files to be mutated unless they are new: render() writes those."""
        chosen, names = set(self.files), set(self.tracked())
        for name in names:
            source, target = os.path.join(self.root, name), os.path.join(self.tree, name)
            if name in chosen and os.path.exists(target):
                continue
            with open(source, "rb") as file:
                write_changed(target, file.read(), os.stat(source).st_mode & 0o777)
        for folder, _, entries in os.walk(self.tree):
            for entry in entries:
                name = os.path.relpath(os.path.join(folder, entry), self.tree)
                if name not in names:
                    os.unlink(os.path.join(folder, entry))

    def configure(self):
        os.makedirs(self.out, exist_ok=True)
        deaf = os.path.join(self.folder, "deaf")
        os.makedirs(deaf, exist_ok=True)
        runtime = os.path.join(self.folder, "ailab_mutant.o")
        subprocess.run(["gcc", "-O1", "-fPIC", "-D_GNU_SOURCE", '-DAILAB_MUTANTS_DEAF="%s"' % deaf, "-c",
                        os.path.join(RUNTIME, "ailab_mutant.c"), "-o", runtime], check=True)
        header = os.path.join(self.folder, "ailab_mutant.h")
        with open(os.path.join(RUNTIME, "ailab_mutant.h"), "rb") as file:
            write_changed(header, file.read())
        linker = "-fuse-ld=mold " if shutil.which("mold") else ""   # the faster one, for some 200 programs
        command = ["cmake", "-G", "Ninja", "-S", self.tree, "-B", self.out, "-DCMAKE_C_COMPILER=gcc",
                   "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DCMAKE_C_FLAGS=-w %s -include %s" % (BOUNDS, header),
                   "-DCMAKE_EXE_LINKER_FLAGS=-fsanitize=leak " + linker + runtime, "-DCMAKE_SHARED_LINKER_FLAGS=" + runtime,
                   *self.cmake_arguments]
        self.logged(command, "configure.log")

    def logged(self, command, log, check=True):
        path = os.path.join(self.folder, log)
        with open(path, "wb") as file:
            done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        with open(path, errors="replace") as file:
            text = file.read()
        if check and done.returncode:
            raise SystemExit("%s failed; see %s\n%s" % (command[0], path, text[-2000:]))
        return done.returncode, text

    def list_mutants(self):
        commands = {os.path.relpath(entry["file"], self.tree): entry
                    for entry in load_json(os.path.join(self.out, "compile_commands.json"), [])}
        include = sorted(glob.glob("/usr/lib/llvm-*/lib/clang/*/include"))[-1]  # the library's own headers
        with open(os.path.join(HERE, "parse.py"), "rb") as one, open(os.path.join(HERE, "operators.py"), "rb") as two:
            tool = one.read() + two.read()
        listed = os.path.join(self.folder, "listed")
        os.makedirs(listed, exist_ok=True)
        jobs = []
        for name in self.files:
            if name not in commands:
                continue
            words = commands[name]["command"].replace("\\", "").split()
            arguments = [word for word in words if re.match(r"-(D|I|std)|-isystem", word)]
            for at, word in enumerate(words):
                if word == "-isystem":
                    arguments.append(words[at + 1])
            with open(os.path.join(self.root, name), "rb") as file:
                source = file.read()
            digest = hashlib.sha256(tool + source + name.encode()).hexdigest()[:16]
            arguments += ["-isystem", include, "-Wno-everything"]
            jobs.append((name, os.path.join(self.root, name), source,
                         [a.replace(self.tree, self.root) for a in arguments], os.path.join(listed, digest + ".json")))
        with concurrent.futures.ProcessPoolExecutor(self.jobs) as pool:
            for job, mutants in zip(jobs, pool.map(list_file, jobs)):
                for mutant in mutants:
                    self.mutants[mutant.id] = mutant
        self.sources = {job[0]: job[2] for job in jobs}
        self.number()

    def number(self):
        notes = load_json(self.notes, {"next": 1, "numbers": {}, "bad": []})
        for mutant in self.mutants:
            if mutant not in notes["numbers"]:
                notes["numbers"][mutant] = notes["next"]
                notes["next"] += 1
        self.numbers = {mutant: notes["numbers"][mutant] for mutant in self.mutants}
        self.bad = set(notes["bad"])
        self.noted = notes
        self.size = notes["next"]
        self.save_notes()

    def save_notes(self):
        self.noted["bad"] = sorted(self.bad)
        save_json(self.notes, self.noted)

    def render(self):
        of_file = collections.defaultdict(list)
        for mutant in self.mutants.values():
            if mutant.id not in self.bad:
                of_file[mutant.file].append((self.numbers[mutant.id], mutant.edit))
        for name, source in self.sources.items():
            write_changed(os.path.join(self.tree, name), parse.render(source, of_file[name]))

    def drop(self, log):
        """Leaves out the mutants of each line that the compiler refused; how many."""
        before = len(self.bad)
        lines = collections.defaultdict(set)
        for path, line in ERROR.findall(log):
            path = path if os.path.isabs(path) else os.path.join(self.out, path)
            lines[os.path.relpath(os.path.realpath(path), os.path.realpath(self.tree))].add(int(line))
        for mutant in self.mutants.values():
            last = mutant.line + self.sources[mutant.file].count(b"\n", mutant.edit.start, mutant.edit.end)
            if any(mutant.line <= line <= last for line in lines.get(mutant.file, ())):
                self.bad.add(mutant.id)
        return len(self.bad) - before

    def make(self):
        self.copy()
        self.configure()
        self.list_mutants()
        say("%d mutants in %d files" % (len(self.mutants), len(self.sources)))
        command = ["cmake", "--build", self.out, "--parallel", str(self.jobs), "--", "-k", "0"]
        for _ in range(ROUNDS):
            self.render()
            code, log = self.logged(command, "build.log", check=False)
            if code == 0:
                break
            if not self.drop(log):
                raise SystemExit("the build failed; see %s" % os.path.join(self.folder, "build.log"))
            self.save_notes()
        else:
            raise SystemExit("the build still fails after leaving out %d mutants" % len(self.bad))
        self.dropped = collections.Counter(self.mutants[m].file for m in self.bad if m in self.mutants)
        for mutant in self.bad:
            self.mutants.pop(mutant, None)
