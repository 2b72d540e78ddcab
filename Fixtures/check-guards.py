#!/usr/bin/env python3
"""Shows that the guards against hostile servers matter: takes each away and demands that its test then fails.

    Fixtures/check-guards.py --verify        only checks that Tests/Guards and the tests' comments agree with the sources (fast)
    Fixtures/check-guards.py                 tries every guard (a build or more; an hour on a small machine)
    Fixtures/check-guards.py --only REGEX    tries those whose test or file matches

Tests/Guards/*.json are arrays of
    {"test": regular expression that selects the test, as for `swift test --filter`,
     "file": path below the root of the repository,
     "find": text that occurs in the file exactly once,
     "replace": text to put there, which compiles but does without the guard}

The guards are tried on a copy of the repository, many at once: all that neither touch the same lines nor have
the same test go into one build. In it each test is run alone, in a process of its own, and must fail; a crash counts, and so does running out of time.
A control test must still pass with all of them taken away; where it does not, and where a test already passes or the
build fails, the batch is divided. Before anything is taken away every test must pass.
"""
import argparse
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

# Ordinary work with an honest server. Were it broken too, a test that fails would show nothing about its guard.
CONTROLS = ["MessageRoundTripTests/(backend|frontend)MessagesAreReadBack", "PostgresClientTests.QueryTests/"]


class Guard:
    def __init__(self, source, number, entry):
        self.source = source
        self.name = f"{source.name}[{number}]"
        self.test, self.file = entry["test"], entry["file"]
        self.find, self.replace = entry["find"], entry["replace"]
        self.range = (0, 0)

    def locate(self):
        """The complaint about the entry; None if it is in order."""
        try:
            re.compile(self.test)
        except re.error as error:
            return f"the test's expression is wrong: {error}"
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

    def excludes(self, other):
        """Whether the two cannot be tried together: they touch the same text, or one test would fail for either."""
        if self.test == other.test:
            return True
        return self.file == other.file and self.range[0] < other.range[1] and other.range[0] < self.range[1]


def read_guards():
    guards, complaints = [], []
    for source in sorted(GUARDS.glob("*.json")):
        for number, entry in enumerate(json.loads(source.read_text())):
            missing = {"test", "file", "find", "replace"} - set(entry)
            if missing:
                complaints.append(f"{source.name}[{number}]: lacks {', '.join(sorted(missing))}")
                continue
            guard = Guard(source, number, entry)
            complaint = guard.locate()
            if complaint:
                complaints.append(f"{guard.name} {guard.file}: {complaint}: {guard.find.strip()[:80]!r}")
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


class Copy:
    """A copy of the repository with a build folder of its own."""

    def __init__(self, folder, options):
        self.folder, self.options = Path(folder), options
        self.changed = set()

    def prepare(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("Package.swift", "Package.resolved", "Sources", "Tests", "Fixtures", "docs", "README.md", "LICENSE"):
            source, target = ROOT / name, self.folder / name
            if not source.exists():
                continue
            if source.is_dir():
                self.synchronize(source, target)
            elif not target.exists() or target.read_bytes() != source.read_bytes():
                shutil.copy2(source, target)
        # What is built already saves an hour; the copy then belongs to the clone it was made from.
        build = self.folder / ".build"
        if not build.exists() and (ROOT / ".build" / "checkouts").exists():
            build.mkdir()
            for name in ("checkouts", "repositories", "workspace-state.json"):
                source = ROOT / ".build" / name
                if source.is_dir():
                    shutil.copytree(source, build / name, symlinks=True)
                elif source.exists():
                    shutil.copy2(source, build / name)

    def synchronize(self, source, target):
        """Copies what differs, so that what has been built stays valid, and removes what is gone."""
        wanted = set()
        for path in source.rglob("*"):
            relative = path.relative_to(source)
            wanted.add(relative)
            destination = target / relative
            if path.is_dir():
                destination.mkdir(parents=True, exist_ok=True)
            elif path.is_file():
                destination.parent.mkdir(parents=True, exist_ok=True)
                if not destination.exists() or destination.read_bytes() != path.read_bytes():
                    shutil.copy2(path, destination)
                    os.utime(destination)
        for path in sorted(target.rglob("*"), reverse=True):
            if path.relative_to(target) not in wanted:
                path.rmdir() if path.is_dir() else path.unlink()

    def apply(self, guards):
        """Puts every file into the state that these guards, and no others, are taken away."""
        files = {guard.file for guard in guards} | self.changed
        for file in files:
            text = (ROOT / file).read_text()
            here = sorted((g for g in guards if g.file == file), key=lambda g: g.range, reverse=True)
            for guard in here:
                text = text[: guard.range[0]] + guard.replace + text[guard.range[1] :]
            path = self.folder / file
            if path.read_text() != text:
                path.write_text(text)
        self.changed = {guard.file for guard in guards}

    def build(self):
        command = ["swift", "build", "--build-tests", *self.options.build]
        result = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode:
            errors = [line for line in result.stdout.splitlines() if "error:" in line]
            print("\n".join(errors[:10] or result.stdout.splitlines()[-10:]), flush=True)
        return result.returncode == 0

    def run(self, test):
        """"passed", "failed", "crashed", "out of time" or "no such test"."""
        command = ["swift", "test", "--skip-build", "--filter", test, *self.options.build]
        process = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=self.options.timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return "out of time"
        if process.returncode == 0:
            found = re.search(r"Test run with (\d+) tests?", output)
            return "passed" if found and int(found.group(1)) > 0 else "no such test"
        if "Test run with" in output and "signal code" not in output:
            return "failed"
        return "crashed"


def batches(guards):
    """Few groups in which no two exclude each other."""
    groups = []
    for guard in guards:
        group = next((g for g in groups if not any(guard.excludes(other) for other in g)), None)
        if group is None:
            groups.append(group := [])
        group.append(guard)
    return groups


class Trial:
    def __init__(self, copy, options):
        self.copy, self.options = copy, options
        self.results = {}

    def controls_pass(self):
        return all(self.copy.run(test) == "passed" for test in self.options.control)

    def run(self, guards, isAlone=False):
        """Tries the guards of a batch, dividing it where one of them is in the others' way."""
        if not guards:
            return
        print(f"\n== {len(guards)} guard{'s' if len(guards) > 1 else ''} taken away, building", flush=True)
        self.copy.apply(guards)
        start = time.monotonic()
        if not self.copy.build():
            if len(guards) == 1:
                self.note(guards[0], "does not compile")
                return
            return self.divide(guards)
        print(f"   built in {time.monotonic() - start:.0f} s", flush=True)
        if len(guards) > 1 and not self.controls_pass():
            print("   the control test fails: dividing", flush=True)
            return self.divide(guards)
        # A guard that is tested together with others may hide behind one of them: it is tried again alone.
        survivors = []
        for guard in guards:
            outcome = self.copy.run(guard.test)
            if outcome in ("passed", "no such test"):
                if len(guards) > 1 and outcome == "passed" and self.options.again:
                    survivors.append(guard)
                    continue
            self.note(guard, outcome)
        for guard in survivors:
            self.run([guard])

    def divide(self, guards):
        middle = len(guards) // 2
        self.run(guards[:middle])
        self.run(guards[middle:])

    def note(self, guard, outcome):
        self.results[guard] = outcome
        print(f"   {outcome:16} {guard.name:20} {guard.test}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verify", action="store_true", help="only check that the lists agree with the sources")
    parser.add_argument("--only", metavar="REGEX", default="", help="try only guards whose test, file or list matches")
    parser.add_argument("--folder", help="where the copy is kept, for the next time (default: a temporary folder)")
    parser.add_argument("--timeout", type=int, default=180, help="seconds for each test (default 180)")
    parser.add_argument(
        "--control", action="append", default=None, metavar="REGEX",
        help="a test of ordinary work, which must pass with the guards of a batch taken away")
    parser.add_argument("--no-again", dest="again", action="store_false", help="do not try survivors alone")
    parser.add_argument("--no-baseline", dest="baseline", action="store_false", help="do not run the tests unchanged first")
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
    guards = [g for g in guards if any(re.search(options.only, text) for text in (g.test, g.file, g.name))]
    if not guards:
        print("no guard matches", file=sys.stderr)
        return 2

    temporary = None if options.folder else tempfile.mkdtemp(prefix="manticore-guards-")
    try:
        copy = Copy(options.folder or temporary, options)
        copy.prepare()
        if options.baseline:
            print("== nothing taken away, building", flush=True)
            copy.apply([])
            if not copy.build():
                return 2
            for test in sorted({guard.test for guard in guards} | set(options.control)):
                outcome = copy.run(test)
                if outcome != "passed":
                    print(f"{outcome} with every guard in place: {test}", file=sys.stderr)
                    guards = [guard for guard in guards if guard.test != test]
                    complaints.append(test)
        trial = Trial(copy, options)
        for batch in batches(guards):
            trial.run(batch)
        copy.apply([])
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)

    print("\n== Result")
    for guard, outcome in trial.results.items():
        print(f"{outcome:16} {guard.name:20} {guard.test}\n{'':16} {guard.file}: {guard.find.strip().splitlines()[0]}")
    survivors = [g for g, outcome in trial.results.items() if outcome in ("passed", "no such test", "does not compile")]
    print(f"\n{len(trial.results)} guards tried, {len(trial.results) - len(survivors)} missed by their tests when gone, "
          f"{len(survivors)} not")
    return 1 if survivors or complaints else 0


if __name__ == "__main__":
    sys.exit(main())
