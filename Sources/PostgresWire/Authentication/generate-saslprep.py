#!/usr/bin/env python3
"""Writes SASLprep+Tables.swift from Python's own Unicode data.

Usage: generate-saslprep.py

Which code points are mapped, refused or right-to-left comes from the tables of RFC 3454 (Unicode 3.2), which the module
stringprep has. Since a text with a code point that Unicode 3.2 does not know is refused before it is normalized, the
tables of NFKC hold only what those known then need; Unicode's stability policy keeps that the same in every later
version but for five ideographs of Corrigendum 4, which are here as in the version that the header names.
"""

import pathlib
import stringprep
import sys
import textwrap
import unicodedata

HANGUL = range(0xAC00, 0xAC00 + 11172)
CODES = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def is_space(code):
    return stringprep.in_table_c12(chr(code))


def is_dropped(code):
    return stringprep.in_table_b1(chr(code))


def is_refused(code):
    character = chr(code)
    if is_space(code) or is_dropped(code):
        return False
    tables = [
        stringprep.in_table_a1, stringprep.in_table_c21, stringprep.in_table_c22, stringprep.in_table_c3,
        stringprep.in_table_c4, stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8,
        stringprep.in_table_c9,
    ]
    return any(table(character) for table in tables)


def is_right_to_left(code):
    return stringprep.in_table_d1(chr(code))


def is_left_to_right(code):
    return stringprep.in_table_d2(chr(code))


def runs(codes, value=lambda code: None):
    """Neighbours of the same value as (first, last, value)."""
    result = []
    for code in codes:
        # A run may span the surrogates, which no text has.
        previous = 0xD7FF if code == 0xE000 else code - 1
        if result and result[-1][1] == previous and result[-1][2] == value(code):
            result[-1] = (result[-1][0], code, value(code))
        else:
            result.append((code, code, value(code)))
    return result


def ranges(predicate):
    return [f"{a:X} {b:X}" for a, b, _ in runs(filter(predicate, CODES))]


def table(name, comment, items):
    text = textwrap.fill("; ".join(items), 111, break_long_words=False, break_on_hyphens=False)
    lines = [f"    /// {line}" for line in textwrap.wrap(comment, 110)]
    lines.append(f'    static let {name}: StaticString = """')
    lines += [f"        {line}" for line in text.splitlines()]
    lines.append('        """')
    return "\n".join(lines)


def main():
    kept = [code for code in CODES if not is_refused(code) and not is_space(code) and not is_dropped(code)]
    known = set(kept)
    decompositions = []
    for code in kept:
        text = unicodedata.normalize("NFKD", chr(code))
        if code in HANGUL or text == chr(code):
            continue
        # The spaces and marks that it comes apart to were there first.
        assert all(not stringprep.in_table_a1(part) for part in text), hex(code)
        decompositions.append(" ".join(f"{part:X}" for part in [code, *map(ord, text)]))
    parts = {ord(part) for code in kept for part in unicodedata.normalize("NFKD", chr(code))}
    classes = [
        f"{a:X} {b:X} {value:X}"
        for a, b, value in runs(sorted(parts), lambda code: unicodedata.combining(chr(code)))
        if value
    ]
    compositions = []
    for code in CODES:
        fields = unicodedata.decomposition(chr(code)).split()
        if len(fields) != 2 or fields[0].startswith("<"):
            continue
        pair = [int(field, 16) for field in fields]
        if unicodedata.normalize("NFC", "".join(map(chr, pair))) == chr(code) and set(pair) <= known:
            assert not stringprep.in_table_a1(chr(code)), hex(code)
            compositions.append((pair[0], pair[1], code))
    compositions = [" ".join(f"{part:X}" for part in item) for item in sorted(compositions)]

    tables = [
        table("spaces", "RFC 3454, C.1.2: becomes a space. First and last of each range.", ranges(is_space)),
        table("dropped", "RFC 3454, B.1: is left out. First and last of each range.", ranges(is_dropped)),
        table(
            "refused",
            "RFC 3454, A.1 (unassigned) and C.2 to C.9 (prohibited): ends the preparation. First and last of each "
            "range.", ranges(is_refused)),
        table(
            "rightToLeft", "RFC 3454, D.1: runs from right to left. First and last of each range.",
            ranges(is_right_to_left)),
        table(
            "leftToRight", "RFC 3454, D.2: runs from left to right. First and last of each range.",
            ranges(is_left_to_right)),
        table(
            "combiningClasses", "Canonical_Combining_Class where it is not 0. First and last of each range, class.",
            classes),
        table(
            "decompositions",
            "Full compatibility decompositions but those of Hangul syllables. Each code point and what it comes apart "
            "to.", decompositions),
        table(
            "compositions", "Canonical compositions but those of Hangul syllables. First, second, what they make.",
            compositions),
    ]
    target = pathlib.Path(__file__).with_name("SASLprep+Tables.swift")
    target.write_text(
        "// Made by generate-saslprep.py from RFC 3454's tables (Unicode 3.2) and the normalization of Unicode "
        f"{unicodedata.unidata_version}.\n"
        "// Do not edit.\n\n"
        "/// The tables of SASLprep as text, which compiles faster than numbers: hexadecimal, the items between "
        "semicolons.\n"
        "extension SASLprep {\n" + "\n\n".join(tables) + "\n}\n")
    print(f"{target.name}: {target.stat().st_size} bytes", file=sys.stderr)


main()
