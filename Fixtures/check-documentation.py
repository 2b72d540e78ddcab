#!/usr/bin/env python3
"""Compiles every Swift sample of README.md and docs/*.md against the modules that `swift build --build-tests` has made.

    Fixtures/check-documentation.py [FILE]...      without arguments: README.md docs/*.md

A sample stands in a block fenced with ```swift. It is the body of a function that has `db`, `connection` and `id`; its
imports may stand in it. A comment in the line before the block says otherwise:

    <!-- swift: async -->      the body of an async function
    <!-- swift: file -->       a file of its own
    <!-- swift: manifest -->   a Package.swift
    <!-- swift: refused -->    as without a comment, but it must not compile: every line with a comment `// error: TEXT`
                               must be an error that says TEXT, and no other line may be one

Errors name the line in the document. The exit status is 0 when everything compiles, 1 when something does not.
Relative links between the documents are checked as well.
"""

import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FENCE = re.compile(r"^```(\w*)\s*$")
MARKER = re.compile(r"^<!-- swift: (async|file|manifest|refused) -->$")
IMPORT = re.compile(r"^\s*(@testable |public )?import \w+")
EXPECTED = re.compile(r"// error: (.*\S)")
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)|<img [^>]*src=\"([^\"]+)\"")
PARAMETERS = "_ db: Database, _ connection: Connection, _ id: Int64"


def read(document):
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        return file.read().split("\n")


def samples(document):
    """The samples of a document as (line of the first line, kind, lines)."""
    found, start, language, kind = [], None, "", "blocking"
    lines = read(document)
    for number, line in enumerate(lines, 1):
        fence = FENCE.match(line)
        if start is None and fence:
            start, language = number + 1, fence.group(1)
            marker = MARKER.match(lines[number - 2]) if number > 1 else None
            kind = marker.group(1) if marker else "blocking"
        elif start is not None and line.startswith("```"):
            if language == "swift":
                found.append((start, kind, lines[start - 1 : number - 1]))
            start = None
    return found


def source(document, line, kind, lines):
    place = f'#sourceLocation(file: "{document}", line: {line})'
    if kind in ("file", "manifest"):
        head = lines[0] + "\n" if kind == "manifest" else ""
        return head + place + "\n" + "\n".join(lines) + "\n"
    imports = sorted({text.strip() for text in lines if IMPORT.match(text)} | {"import Manticore"})
    body = ["" if IMPORT.match(text) else text for text in lines]
    effects = "async throws" if kind == "async" else "throws"
    return "\n".join(imports + [f"func sample({PARAMETERS}) {effects} {{", place] + body + ["}", ""])


def refusal_complaints(document, line, lines, status, output):
    """What is wrong with how the compiler refused a sample, or that it did not."""
    expected = {line + offset: match.group(1) for offset, text in enumerate(lines) if (match := EXPECTED.search(text))}
    if not expected:
        return f"{document}:{line}: a sample that is to be refused has no comment `// error: TEXT`\n"
    if status == 0:
        return f"{document}:{line}: the sample compiles, but is to be refused\n"
    found = {}
    for match in re.finditer(rf"^{re.escape(document)}:(\d+):\d+: error: (.*)$", output, re.MULTILINE):
        found.setdefault(int(match.group(1)), []).append(match.group(2))
    complaints = [
        f"{document}:{number}: no error says \"{text}\", but: {'; '.join(found.get(number, ['none']))}\n"
        for number, text in expected.items() if not any(text in message for message in found.get(number, []))]
    complaints += [
        f"{document}:{number}: an error that is not expected: {message}\n"
        for number, messages in found.items() if number not in expected for message in messages]
    # A module that is missing or a crash is not named by a line of the document.
    return "".join(complaints) or ("" if found else output)


def broken_links(document):
    folder = os.path.dirname(os.path.join(ROOT, document))
    for number, line in enumerate(read(document), 1):
        for match in LINK.finditer(line):
            target = match.group(1) or match.group(3)
            if target and ":" not in target and not os.path.exists(os.path.join(folder, target)):
                yield f"{document}:{number}: there is no {target}"


def main():
    documents = sys.argv[1:] or ["README.md"] + sorted(
        os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, "docs", "*.md")))
    products = subprocess.run(
        ["swift", "build", "--show-bin-path"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    toolchain = os.path.dirname(os.path.dirname(os.path.realpath(shutil.which("swiftc"))))
    openssl = subprocess.run(
        ["pkg-config", "--cflags", "openssl"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    flags = ["-swift-version", "6", "-suppress-warnings", "-parse-as-library", "-I", f"{products}/Modules"]
    for module in ("COpenSSL", "CSockets"):
        flags += ["-Xcc", f"-fmodule-map-file={ROOT}/Sources/{module}/module.modulemap"]
    for flag in openssl:
        flags += ["-Xcc", flag]
    plugins = os.path.join(toolchain, "lib", "swift", "host", "plugins", "testing")
    if os.path.isdir(plugins):
        flags += ["-plugin-path", plugins]
    manifest = os.path.join(toolchain, "lib", "swift", "pm", "ManifestAPI")

    def compile_sample(job):
        document, line, kind, lines = job
        with tempfile.TemporaryDirectory(prefix="manticore-sample-") as folder:
            path = os.path.join(folder, "Sample.swift")
            with open(path, "w", encoding="utf-8") as file:
                file.write(source(document, line, kind, lines))
            # To the end, not only through the type checker: later passes refuse and sometimes crash, too.
            with_flags = flags
            if kind == "manifest":
                with_flags = ["-swift-version", "6", "-I", manifest, "-package-description-version", "6.2.0"]
            result = subprocess.run(
                ["swiftc", "-c", *with_flags, path, "-o", os.path.join(folder, "Sample.o")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if kind == "refused":
                return refusal_complaints(document, line, lines, result.returncode, result.stdout)
            return "" if result.returncode == 0 else result.stdout or f"{document}:{line}: the compiler failed\n"

    jobs = [(document, *sample) for document in documents for sample in samples(document)]
    complaints = [complaint + "\n" for document in documents for complaint in broken_links(document)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        complaints += [output for output in pool.map(compile_sample, jobs) if output]
    sys.stdout.write("".join(complaints))
    print(f"{len(jobs)} samples in {len(documents)} documents, {len(complaints)} complaints")
    return 1 if complaints or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
