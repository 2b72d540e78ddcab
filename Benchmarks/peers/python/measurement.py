"""The protocol and the checksum of Benchmarks/README.md, for clients in Python.

The values of a round are kept as they were decoded, the clocks stop, and the checksum is computed: in Python it would
cost more than the decoding. Where a round decoded what the one before it did, which is compared value by value, its
checksum is that of the round before.
"""

import asyncio
import datetime
import json
import resource
import struct
import sys
import time

import uvloop

MASK = (1 << 64) - 1
PRIME = 0x100000001B3
EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)

CATALOG = ("select typname, typnamespace, typowner, typlen, typbyval, typcategory, typispreferred, typisdefined, "
           "typdelim, typrelid, typelem, typarray from pg_type where typtypmod = {} and typisdefined = {}")
PROOF = "SELECT count(*), (sum(hash_record_extended(t, 0)) % 9223372036854775807)::int8 FROM {} AS t"
WRITTEN = (10, 11, 10, "TESTTESTTEST", 10.333, 12341234, "123412341234")
COPIED = [(i * 1234567891, i - 500, i / 8, f"row {i:07d}") for i in range(1000)]


# ------------------------------------------------------------------------------------------------------------ words


def integer(value):
    return value


def double(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def octets(value):
    length = len(value)
    total = length
    for number in struct.unpack(f"<{(length + 7) // 8}Q", value + bytes(-length % 8)):
        total = (total * PRIME + number) & MASK
    return total


def text(value):
    return octets(value.encode())


def character(value):
    return value[0] if isinstance(value, bytes) else ord(value)


def long_octets(value):
    if len(value) <= 64:
        return octets(value)
    total = len(value)
    for number in struct.unpack("<8Q", value[:32] + value[-32:]):
        total = (total * PRIME + number) & MASK
    return total


def integers(value):
    return len(value) + sum((2 * place + 3) * number for place, number in enumerate(value))


def timestamp(value):
    return (value - EPOCH) // MICROSECOND


def uuid(value):
    return octets(value.bytes)


def hundredths(value):
    return int(value.scaleb(2))


EIGHT = (integer, integer, double, integer, text, timestamp, uuid, hundredths)
TWELVE = (text, integer, integer, integer, integer, character, integer, integer, character, integer, integer, integer)
FOUR = (integer, integer, double, text)


# ------------------------------------------------------------------------------------------------------ measurement


class Measurement:
    """What a run used and what it decoded. The clocks stand still while a checksum is computed."""

    def __init__(self):
        self.cpu = self.wall = 0.0
        self.checksum = 0
        self.last = None  # the rows of the round before, and their sum

    @staticmethod
    def clocks():
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime, time.monotonic()

    def start(self):
        self.begin = self.clocks()

    def stop(self):
        cpu, wall = self.clocks()
        self.cpu += cpu - self.begin[0]
        self.wall += wall - self.begin[1]

    def rows(self, rows, words):
        """Takes in rows that were decoded; the clocks are stopped meanwhile."""
        self.stop()
        if self.last is not None and self.last[0] == rows:
            total = self.last[1]
        else:
            total = 0
            weighted = [(2 * column + 1, word) for column, word in enumerate(words)]
            for row in rows:
                word_of_row = sum(weight * word(value) for (weight, word), value in zip(weighted, row))
                total = (total * PRIME + word_of_row) & MASK
            self.last = rows, total
        self.checksum = (self.checksum * pow(PRIME, len(rows), 1 << 64) + total) & MASK
        del rows
        self.start()

    def values(self, values):
        """Takes in rows of one integer, given as the integers."""
        self.stop()
        total = self.checksum
        for value in values:
            total = (total * PRIME + value) & MASK
        self.checksum = total
        self.start()

    def connections(self, each):
        """Takes in what several connections decoded at once: a list of integers for each."""
        self.stop()
        for place, values in enumerate(each):
            total = 0
            for value in values:
                total = (total * PRIME + value) & MASK
            self.checksum = (self.checksum + (2 * place + 1) * total) & MASK
        self.start()


class Workload:
    """One workload over one connection. Only `run` is measured; it returns how many units it ran, or nothing.

    `reset` comes before every `run`, `prove` after the clocks: it returns what only the server knows, as a row.
    """

    round = 1
    face = "-"

    def __init__(self, url):
        self.url = url

    async def open(self):
        pass

    async def reset(self):
        pass

    async def run(self, units, measured):
        raise NotImplementedError

    async def prove(self):
        return None

    async def close(self):
        pass


async def measure(client, name, workload, units):
    await workload.open()
    await workload.reset()
    await workload.run(max(1, units // workload.round // 10) * workload.round, started())
    await workload.reset()
    measured = started()
    units = await workload.run(units, measured) or units
    measured.stop()
    proof = await workload.prove()
    if proof is not None:
        measured.rows([proof], (integer, integer))
    await workload.close()
    print(json.dumps({"workload": name, "client": client, "face": workload.face, "units": units,
                      "cpu_us": measured.cpu * 1e6 / units, "wall_us": measured.wall * 1e6 / units,
                      "checksum": f"{measured.checksum:016x}"}))


def started():
    measured = Measurement()
    measured.start()
    return measured


def main(client, workloads):
    """`workloads` maps an id to its class; the client has one face for each."""
    arguments = sys.argv[1:]
    if arguments == ["--list"]:
        for name, workload in workloads.items():
            print(name, workload.face)
        return 0
    if len(arguments) not in (3, 4):
        print(f"usage: {client} WORKLOAD [FACE] CONNSTRING UNITS, or --list", file=sys.stderr)
        return 2
    workload = workloads.get(arguments[0])
    if workload is None or (arguments[1] if len(arguments) == 4 else "-") != workload.face:
        print(f"{client}: no workload {' '.join(arguments[:-2])}", file=sys.stderr)
        return 3
    units = int(arguments[-1]) if arguments[-1].isdecimal() else 0
    if units <= 0 or units % workload.round != 0:
        print(f"{client}: UNITS must be a positive multiple of {workload.round}", file=sys.stderr)
        return 2
    uvloop.install()
    asyncio.run(measure(client, arguments[0], workload(arguments[-2]), units))
    return 0
