#!/usr/bin/env python3
"""Shows that the guards against hostile servers matter: takes each away and demands that its test then fails.

    Fixtures/check-guards.py --verify        only checks that Tests/Guards and the tests' comments agree with the sources (fast)
    Fixtures/check-guards.py                 tries every guard (a build of everything, then some minutes)
    Fixtures/check-guards.py --only REGEX    tries those whose test, file or list matches

Tests/Guards/*.json are arrays of
    {"test": regular expression that selects the test, as for `swift test --filter`,
     "file": path below the root of the repository,
     "find": text that occurs in the file exactly once,
     "replace": text to put there, which compiles but does without the guard,
     "and": further objects with "file", "find" and "replace", where one guard stands in for another: all are taken away}

Where nothing can be removed, since the guard is that something is not done, "replace" does it.

It works on a copy of the repository in which every function with a guard has its body once as it is and once more for each
of its guards, without that one; a variable of the environment chooses, so that a single build serves for all. First every
test must pass with all the guards in place. Then each guard is taken away alone: its test, in a process of its own, must
fail (a crash counts, and so does running out of time), and ordinary work with an honest server must still succeed. Were
that broken too, the failing test would show nothing about its guard. A guard that cannot be written as a choice is taken
away from the source, with a build for itself.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUARDS = ROOT / "Tests" / "Guards"

# Ordinary work with an honest server: a session, and messages read back. What is refused there too, COPY, other encodings and
# several statements at once, is not among it.
CONTROLS = [
    "MessageRoundTripTests/(backend|frontend)MessagesAreReadBack",
    "PostgresClientTests.QueryTests/(?!copyIsRefused|anEncodingOther|oneStatementAtATime)",
]

VARIABLE = "MANTICORE_GUARD_TAKEN_AWAY"
CHOICE = f"""#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The number of the guard that this process does without, -1 for none.
@usableFromInline
let guardTakenAway: Int = {{
    guard let value = unsafe getenv("{VARIABLE}") else {{ return -1 }}
    return Int(unsafe atol(value))
}}()
"""


class Edit:
    """One place of a guard."""

    def __init__(self, entry):
        self.file, self.find, self.replace = entry["file"], entry["find"], entry["replace"]
        self.range = (0, 0)

    def locate(self):
        """The complaint about the place; None if it is in order."""
        path = ROOT / self.file
        if not path.is_file():
            return "there is no such file"
        text = path.read_text()
        count = text.count(self.find)
        if count != 1:
            return f"the text to find occurs {count} times"
        if self.find == self.replace:
            return "nothing is replaced"
        start = text.index(self.find)
        self.range = (start, start + len(self.find))
        return None


class Guard:
    def __init__(self, index, source, number, entry):
        self.index = index
        self.name = f"{source.name}[{number}]"
        self.test = entry["test"]
        self.edits = [Edit(entry), *map(Edit, entry.get("and", []))]

    @property
    def file(self):
        return self.edits[0].file

    @property
    def find(self):
        return self.edits[0].find


def read_guards():
    guards, complaints = [], []
    for source in sorted(GUARDS.glob("*.json")):
        for number, entry in enumerate(json.loads(source.read_text())):
            missing = {"test", "file", "find", "replace"} - set(entry)
            missing = missing.union(*({"file", "find", "replace"} - set(edit) for edit in entry.get("and", [])))
            if missing:
                complaints.append(f"{source.name}[{number}]: lacks {', '.join(sorted(missing))}")
                continue
            guard = Guard(len(guards), source, number, entry)
            try:
                re.compile(guard.test)
            except re.error as error:
                complaints.append(f"{guard.name}: the test's expression is wrong: {error}")
            for edit in guard.edits:
                complaint = edit.locate()
                if complaint:
                    complaints.append(f"{guard.name} {edit.file}: {complaint}: {edit.find.strip()[:80]!r}")
            guards.append(guard)
    return guards, complaints


def stale_comments():
    """The comments `// Guard: file: `text`` whose text is not in the file."""
    for source in sorted((ROOT / "Tests").rglob("*.swift")):
        for number, line in enumerate(source.read_text().splitlines(), 1):
            comment = re.match(r"\s*// Guard: ([^:]+): `(.*)`", line)
            if comment:
                path = ROOT / comment[1]
                if not path.is_file() or comment[2] not in path.read_text():
                    yield f"{source.relative_to(ROOT)}:{number}: {comment[1]} has no such line: {comment[2]}"


class Text:
    """Swift's text, as far as it takes to find the bodies of functions."""

    TYPE = {"struct", "class", "enum", "extension", "actor", "protocol"}
    DECLARATION = re.compile(r"\b(struct|class|enum|extension|actor|protocol|func|init|deinit|subscript|var|let)\b")
    ACCESSOR = re.compile(r"\b(get|set|didSet|willSet|_read|_modify)\b(\s*\([^()]*\))?(\s*throws)?\s*$")

    def __init__(self, text):
        self.text = text
        self.code = self.blanked(text)
        self.blocks, self.isBalanced = self.find_blocks()

    @staticmethod
    def blanked(text):
        """The text with blanks for what stands in comments and literals."""
        out, index, end = list(text), 0, len(text)

        def blank(start, stop):
            for place in range(start, stop):
                if out[place] != "\n":
                    out[place] = " "

        def literal(start):
            """The index behind the literal at `start`, what is interpolated included."""
            opening = re.compile(r'(#*)("""|")').match(text, start)
            hashes, quote = opening.group(1), opening.group(2)
            place = opening.end()
            while place < end:
                if text.startswith(quote + hashes, place):
                    return place + len(quote) + len(hashes)
                if text.startswith("\\" + hashes + "(", place):
                    depth, place = 1, place + 2 + len(hashes)
                    while place < end and depth:
                        if text[place] == '"':
                            place = literal(place)
                            continue
                        depth += {"(": 1, ")": -1}.get(text[place], 0)
                        place += 1
                elif text.startswith("\\" + hashes, place):
                    place += 2 + len(hashes)
                else:
                    place += 1
            return end

        while index < end:
            if text.startswith("//", index):
                stop = text.find("\n", index)
                stop = end if stop < 0 else stop
            elif text.startswith("/*", index):
                depth, stop = 1, index + 2
                while stop < end and depth:
                    if text.startswith("/*", stop):
                        depth, stop = depth + 1, stop + 2
                    elif text.startswith("*/", stop):
                        depth, stop = depth - 1, stop + 2
                    else:
                        stop += 1
            elif re.compile(r'#*"').match(text, index):
                stop = literal(index)
            else:
                index += 1
                continue
            blank(index, stop)
            index = stop
        return "".join(out)

    def find_blocks(self):
        """Pairs of braces as (open, close, header), and whether all have their counterpart."""
        blocks, stack, boundary = [], [], 0
        for index, character in enumerate(self.code):
            if character == "{":
                stack.append((index, self.code[boundary:index]))
                boundary = index + 1
            elif character == "}":
                if not stack:
                    return blocks, False
                start, header = stack.pop()
                blocks.append((start, index, header))
                boundary = index + 1
        return blocks, not stack

    def body(self, start, stop):
        """The braces of the function or accessor around a range; None if it stands in none."""
        around = sorted(block for block in self.blocks if block[0] < start and stop <= block[1])
        for place, (opening, closing, header) in enumerate(around):
            declarations = self.DECLARATION.findall(header)
            if declarations and declarations[-1] in self.TYPE:
                continue
            if place + 1 < len(around) and self.ACCESSOR.search(around[place + 1][2]):
                return around[place + 1][:2]
            return opening, closing
        return None


def narrowed(edit):
    """The range and the replacement of a guard's place without what both have in common at their ends."""
    start, stop = edit.range
    find, replace = edit.find, edit.replace
    front = len(os.path.commonprefix([find, replace]))
    rest = min(len(find), len(replace)) - front
    back = min(len(os.path.commonprefix([find[::-1], replace[::-1]])), rest)
    return start + front, stop - back, replace[front : len(replace) - back]


class Choices:
    """What the files with guards look like when each guard is a choice of the environment's."""

    def __init__(self, guards):
        self.alone = []  # guards that are none
        self.files = {}
        self.lines = {}  # of each file: (first, last, guard) of the bodies made for guards
        by_file = {}
        for guard in guards:
            for edit in guard.edits:
                by_file.setdefault(edit.file, []).append((guard, edit))
        for file, here in by_file.items():
            self.files[file], self.lines[file] = self.write((ROOT / file).read_text(), here)
        for module in {str(Path(file).parent) for file in by_file}:
            parts = Path(module).parts[:2]
            self.files[str(Path(*parts) / "GuardTakenAway.swift")] = CHOICE

    def write(self, text, edits):
        swift = Text(text)
        bodies, constants, places = {}, [], {}
        for guard, edit in edits:
            start, stop, _ = narrowed(edit)
            braces = swift.body(start, stop) if swift.isBalanced else None
            places.setdefault((guard, braces or edit), []).append(edit)
        for (guard, braces), here in places.items():
            if isinstance(braces, tuple):
                without, end = "", braces[1]
                for start, stop, replacement in sorted(map(narrowed, here), reverse=True):
                    without, end = replacement + text[stop:end] + without, start
                without = text[braces[0] + 1 : end] + without
                if Text(without).isBalanced and not self.overlap(bodies, braces):
                    bodies.setdefault(braces, []).append((guard, without))
                    continue
            constant = self.constant(text, here[0]) if len(here) == 1 else None
            if constant:
                constants.append((*constant, guard))
            elif guard not in self.alone:
                self.alone.append(guard)
        pieces = [(opening + 1, closing, variants) for (opening, closing), variants in bodies.items()]
        pieces += [(start, stop, [(guard, value)]) for start, stop, value, guard in constants]
        result, line, lines, end = [], 1, [], 0

        def add(piece, *guards):
            nonlocal line
            lines.extend((line, line + piece.count("\n"), guard) for guard in guards)
            result.append(piece)
            line += piece.count("\n")

        for start, stop, variants in sorted(pieces, key=lambda piece: piece[0]):
            add(text[end:start])
            isBody = (start - 1, stop) in bodies
            if isBody:
                for guard, without in variants:
                    add(f"\nif guardTakenAway == {guard.index} {{")
                    add(without, guard)
                    add("} else ")
                # A complaint about the whole may be any one's.
                add("{" + text[start:stop] + "}\n", *(guard for guard, _ in variants))
            else:
                (guard, without), = variants
                add(f"guardTakenAway == {guard.index} ? ({without}) : ({text[start:stop]})", guard)
            end = stop
        add(text[end:])
        return "".join(result), lines

    @staticmethod
    def overlap(bodies, braces):
        return any(other != braces and other[0] < braces[1] and braces[0] < other[1] for other in bodies)

    @staticmethod
    def constant(text, edit):
        """Range and replacement of a constant's value, where the guard is one."""
        pattern = re.compile(r"((?:public |package )?static let \w+(?:: \w+)? = )(.+)\Z")
        old, other = pattern.match(edit.find), pattern.match(edit.replace)
        if not old or not other or old.group(1) != other.group(1):
            return None
        return edit.range[0] + old.end(1), edit.range[1], other.group(2)

    def guards_at(self, file, line):
        return {guard for first, last, guard in self.lines.get(file, []) if first <= line <= last}


class Copy:
    """A copy of the repository with a build folder of its own."""

    def __init__(self, folder, options):
        self.folder, self.options = Path(folder).resolve(), options
        self.program = None

    def write(self, files):
        """Makes the copy what the repository is, but for these files; what does not differ is left, so that it stays built."""
        self.folder.mkdir(parents=True, exist_ok=True)
        wanted = {Path(file): text.encode() for file, text in files.items()}
        for name in ("Package.swift", "Package.resolved", "Sources", "Tests", "Fixtures", "docs", "README.md", "LICENSE"):
            source = ROOT / name
            for path in [source, *source.rglob("*")] if source.is_dir() else [source]:
                relative = path.relative_to(ROOT)
                if path.is_file() and ".build" not in relative.parts:
                    wanted.setdefault(relative, path)
        for relative, content in wanted.items():
            target = self.folder / relative
            data = content.read_bytes() if isinstance(content, Path) else content
            if not target.exists() or target.read_bytes() != data:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            if isinstance(content, Path):
                target.chmod(content.stat().st_mode)
        for name in ("Sources", "Tests", "Fixtures", "docs"):
            for path in sorted((self.folder / name).rglob("*"), reverse=True):
                if path.is_dir():
                    if not any(path.iterdir()):
                        path.rmdir()
                elif path.relative_to(self.folder) not in wanted:
                    path.unlink()
        # What has been fetched already need not be fetched again.
        build = self.folder / ".build"
        if not build.exists() and (ROOT / ".build" / "checkouts").exists():
            build.mkdir()
            for name in ("checkouts", "repositories", "workspace-state.json"):
                source = ROOT / ".build" / name
                if source.is_dir():
                    shutil.copytree(source, build / name, symlinks=True)
                elif source.exists():
                    shutil.copy2(source, build / name)

    def build(self):
        """None, or what the compiler said."""
        start = time.monotonic()
        command = ["swift", "build", "--build-tests", *self.options.build]
        result = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode:
            return result.stdout
        folder = subprocess.run(
            ["swift", "build", "--show-bin-path", *self.options.build], cwd=self.folder, stdout=subprocess.PIPE, text=True,
            check=True).stdout.strip().splitlines()[-1]
        # Started itself where it is a program: `swift test` takes longer to begin than most of the tests.
        bundle = Path(folder) / "manticorePackageTests.xctest"
        self.program = bundle if bundle.is_file() else None
        print(f"   built in {time.monotonic() - start:.0f} s", flush=True)
        return None

    def errors(self, output):
        """The places that a compiler complains of, as (file, line), and its words."""
        lines = list(dict.fromkeys(line for line in output.splitlines() if " error: " in line or line.startswith("error:")))
        places = set()
        for line in lines:
            found = re.match(r"(/.*?\.swift):(\d+):\d+: error:", line)
            if found and Path(found.group(1)).is_relative_to(self.folder):
                places.add((str(Path(found.group(1)).relative_to(self.folder)), int(found.group(2))))
        return places, lines or output.splitlines()[-10:]

    def run(self, test, guard=None, timeout=None):
        """"passed", "failed", "crashed", "out of time" or "no such test", the seconds it took, and the output."""
        if self.program:
            command = [str(self.program), "--testing-library", "swift-testing", "--filter", test]
        else:
            command = ["swift", "test", "--skip-build", "--filter", test, *self.options.build]
        environment = dict(os.environ)
        environment.pop(VARIABLE, None)
        if guard is not None:
            environment[VARIABLE] = str(guard.index)
        start = time.monotonic()
        process = subprocess.Popen(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", start_new_session=True, env=environment)
        try:
            output, _ = process.communicate(timeout=timeout or self.options.timeout)
            outcome = None
        except subprocess.TimeoutExpired:
            outcome = "out of time"
        finally:
            # Servers that a test started and could not end are of its group.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        seconds = time.monotonic() - start
        if outcome:
            return outcome, seconds, process.communicate()[0]
        found = re.search(r"Test run with (\d+) tests?", output)
        if process.returncode == 0 or found and int(found.group(1)) == 0:
            return "passed" if found and int(found.group(1)) > 0 else "no such test", seconds, output
        return "failed" if found and process.returncode > 0 and "signal code" not in output else "crashed", seconds, output


class Trial:
    def __init__(self, copy, options):
        self.copy, self.options = copy, options
        self.results = {}
        self.usual = {}

    def baseline(self, tests):
        """Runs the tests with every guard in place; those that do not pass."""
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for test, (outcome, seconds, output) in zip(tests, pool.map(self.copy.run, tests)):
                self.usual[test] = seconds
                if outcome != "passed":
                    print(f"{outcome} with every guard in place: {test}", file=sys.stderr, flush=True)
                    self.save(f"baseline {test}", output)
                    wrong.append(test)
        return wrong

    def try_guard(self, guard, is_chosen=True):
        chosen = guard if is_chosen else None
        # A slow machine alone is not to look like a test that never ends.
        timeout = max(self.options.timeout, 5 * self.usual.get(guard.test, 0))
        outcome, seconds, output = self.copy.run(guard.test, chosen, timeout)
        self.save(f"{guard.name} {guard.test}", output)
        broken = [test for test in self.options.control if self.copy.run(test, chosen)[0] != "passed"]
        return guard, outcome, seconds, broken

    def note(self, guard, outcome, seconds, broken):
        self.results[guard] = outcome if not broken else f"{outcome}, control too"
        print(f"   {self.results[guard]:16} {seconds:5.1f} s  {guard.name:20} {guard.test}", flush=True)

    def save(self, name, output):
        if self.options.logs:
            folder = Path(self.options.logs)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / (re.sub(r"[^\w.\[\]]+", "-", name) + ".log")).write_text(output or "")

    def run(self, guards):
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for result in pool.map(self.try_guard, guards):
                self.note(*result)

    def run_alone(self, guard):
        print(f"\n== {guard.name} in a build of its own", flush=True)
        files = {}
        # From the end, so that the places before stay where they are.
        for edit in sorted(guard.edits, key=lambda edit: edit.range, reverse=True):
            text = files.get(edit.file) or (ROOT / edit.file).read_text()
            files[edit.file] = text[: edit.range[0]] + edit.replace + text[edit.range[1] :]
        self.copy.write(files)
        output = self.copy.build()
        if output is not None:
            print("\n".join(self.copy.errors(output)[1][:10]), flush=True)
            return self.note(guard, "does not compile", 0, [])
        self.note(*self.try_guard(guard, is_chosen=False))


def build_choices(copy, guards):
    """Builds the copy with as many guards as choices as compile; those that do not, None if nothing helps."""
    alone = []
    while True:
        choices = Choices([guard for guard in guards if guard not in alone])
        copy.write(choices.files)
        output = copy.build()
        if output is None:
            return alone + choices.alone
        places, words = copy.errors(output)
        wrong = set().union(*(choices.guards_at(*place) for place in places)) if places else set()
        if not wrong:
            print("\n".join(words[:20]), file=sys.stderr)
            return None
        print(f"   not to be had as choices: {', '.join(sorted(guard.name for guard in wrong))}", flush=True)
        alone += sorted(wrong, key=lambda guard: guard.index)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verify", action="store_true", help="only check that the lists agree with the sources")
    parser.add_argument("--only", metavar="REGEX", default="", help="try only guards whose test, file or list matches")
    parser.add_argument("--folder", help="where the copy is kept, for the next time (default: a temporary folder)")
    parser.add_argument("--logs", metavar="FOLDER", help="where to write what the tests say")
    parser.add_argument("--jobs", type=int, default=2, help="guards that are tried at the same time (default 2)")
    parser.add_argument(
        "--timeout", type=int, default=60, help="seconds for each test (default 60, or five times what it takes usually)")
    parser.add_argument(
        "--control", action="append", default=None, metavar="REGEX",
        help="a test of ordinary work, which must pass with each of the guards taken away")
    parser.add_argument("build", nargs="*", help="options for swift build and swift test, after --")
    options = parser.parse_args()
    options.control = options.control or CONTROLS

    guards, complaints = read_guards()
    complaints += stale_comments()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if complaints or options.verify:
        print(f"{len(guards)} guards, {len(complaints)} complaints")
        return 1 if complaints else 0
    chosen = [
        g for g in guards
        if any(re.search(options.only, text) for text in (g.test, g.name, *(edit.file for edit in g.edits)))]
    if not chosen:
        print("no guard matches", file=sys.stderr)
        return 2

    temporary = None if options.folder else tempfile.mkdtemp(prefix="manticore-guards-")
    try:
        copy = Copy(options.folder or temporary, options)
        # All of them, whatever is tried, so that the build is the same the next time.
        print(f"== {len(guards)} guards as choices, building", flush=True)
        alone = build_choices(copy, guards)
        if alone is None:
            return 2
        trial = Trial(copy, options)
        print("\n== Nothing taken away", flush=True)
        wrong = trial.baseline(sorted({guard.test for guard in chosen} | set(options.control)))
        if set(wrong) & set(options.control):
            return 2
        chosen = [guard for guard in chosen if guard.test not in wrong]
        print(f"\n== {len(chosen)} guards, each taken away alone", flush=True)
        trial.run([guard for guard in chosen if guard not in alone])
        for guard in chosen:
            if guard in alone:
                trial.run_alone(guard)
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)

    shown = [guard for guard, outcome in trial.results.items() if outcome in ("failed", "crashed", "out of time")]
    survivors = [guard for guard in trial.results if guard not in shown]
    print("\n== Result")
    for guard in survivors:
        print(f"{trial.results[guard]:16} {guard.name:20} {guard.test}\n{'':16} {guard.file}: "
              f"{guard.find.strip().splitlines()[0]}")
    print(f"{len(trial.results)} guards tried, {len(shown)} missed by their tests when gone, {len(survivors)} not; "
          f"{len(wrong)} tests that fail with every guard in place")
    return 1 if survivors or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
