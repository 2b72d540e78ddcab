"""psycopg WORKLOAD [FACE] CONNSTRING UNITS: psycopg 3 with its C part, prepared statements and binary results."""

import asyncio
import sys
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
import measurement  # noqa: E402

CONNECTIONS = 32


class OneConnection(measurement.Workload):
    table = None  # what it writes to

    async def open(self):
        self.connection = psycopg.connect(self.url, autocommit=True, prepare_threshold=0)
        self.cursor = self.connection.cursor(binary=True)

    async def reset(self):
        if self.table is not None:
            self.connection.execute(f"TRUNCATE {self.table}")

    async def prove(self):
        if self.table is not None:
            return self.connection.execute(measurement.PROOF.format(self.table)).fetchone()

    async def close(self):
        self.connection.close()


class Echo(OneConnection):
    async def run(self, units, measured):
        execute, fetchone = self.cursor.execute, self.cursor.fetchone
        values = []
        for number in range(1, units + 1):
            execute("SELECT %b::int4", (number,))
            values.append(fetchone()[0])
        measured.values(values)


class Result(OneConnection):
    """A whole result for each round."""

    sql = None
    words = (measurement.integer,)
    arguments = ()

    async def run(self, units, measured):
        for _ in range(units // self.round):
            rows = self.cursor.execute(self.sql, self.arguments).fetchall()
            if len(rows) != self.round:
                raise RuntimeError("another count of rows")
            measured.rows(rows, self.words)


class Catalog(OneConnection):
    sql = measurement.CATALOG.format("%b", "%b")

    async def run(self, units, measured):
        done = 0
        while done < units:
            rows = self.cursor.execute(self.sql, (-1, True)).fetchall()
            measured.rows(rows, measurement.TWELVE)
            done += len(rows)
        return done


class Series(Result):
    sql = "SELECT i FROM generate_series(1, %b::int4) AS i"
    round = 1000
    arguments = (1000,)


class StreamedSeries(OneConnection):
    round = 1_000_000
    # Several rows at a time needs libpq 17.
    chunk = {"size": 1000} if psycopg.pq.version() >= 170000 else {}

    async def run(self, units, measured):
        for _ in range(units // self.round):
            rows = self.cursor.stream(Series.sql, (self.round,), binary=True, **self.chunk)
            values = [row[0] for row in rows]
            if len(values) != self.round:
                raise RuntimeError("not a million rows")
            measured.values(values)


class Bytes(Result):
    sql = "SELECT * FROM w4a"
    round = 100
    words = (measurement.long_octets,)


class LongBytes(Bytes):
    sql = "SELECT * FROM w4b"


class Arrays(Result):
    sql = "SELECT * FROM w4c"
    round = 100
    words = (measurement.integers,)


class CopyFrom(OneConnection):
    table = "w4d"
    round = 10_000
    columns = "a, b, c, d, e, f, g"
    types = ("int4", "int4", "int4", "text", "float8", "int4", "text")
    rows = [measurement.WRITTEN]

    async def run(self, units, measured):
        for _ in range(units // self.round):
            with self.cursor.copy(f"COPY {self.table} ({self.columns}) FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(self.types)
                write = copy.write_row
                for _ in range(self.round // len(self.rows)):
                    for row in self.rows:
                        write(row)


class Batch(OneConnection):
    table = "w4e"
    round = 1000

    async def run(self, units, measured):
        rows = [measurement.WRITTEN] * self.round
        for _ in range(units // self.round):
            self.cursor.executemany(
                "INSERT INTO w4e (a, b, c, d, e, f, g) VALUES (%b, %b, %b, %b, %b, %b, %b)", rows)


class DecodedRows(Result):
    sql = "SELECT * FROM w5"
    round = 200_000
    words = measurement.EIGHT


class PipelinedSelect(OneConnection):
    round = 1000

    async def run(self, units, measured):
        for done in range(0, units, self.round):
            with self.connection.pipeline():
                cursors = []
                for number in range(done + 1, done + self.round + 1):
                    cursor = self.connection.cursor(binary=True)
                    cursor.execute("SELECT %b::int4", (number,))
                    cursors.append(cursor)
                values = [cursor.fetchone()[0] for cursor in cursors]
            measured.values(values)


class PipelinedInsert(OneConnection):
    table = "w6_ins"
    round = 1000

    async def run(self, units, measured):
        for done in range(0, units, self.round):
            self.cursor.executemany("INSERT INTO w6_ins (a) VALUES (%b)",
                                    [(number,) for number in range(done + 1, done + self.round + 1)])


class CopyIn(CopyFrom):
    table = "w7in"
    round = 1_000_000
    columns = "a, b, c, d"
    types = ("int8", "int4", "float8", "text")
    rows = measurement.COPIED


class CopyOut(OneConnection):
    round = 1_000_000

    async def run(self, units, measured):
        for _ in range(units // self.round):
            with self.cursor.copy("COPY w7out TO STDOUT (FORMAT binary)") as copy:
                copy.set_types(CopyIn.types)
                rows = list(copy.rows())
            if len(rows) != self.round:
                raise RuntimeError("not a million rows")
            measured.rows(rows, measurement.FOUR)


class Connect(measurement.Workload):
    async def run(self, units, measured):
        values = []
        for _ in range(units):
            connection = psycopg.connect(self.url)
            values.append(connection.info.server_version)
            connection.close()
        measured.values(values)


class ManyConnections(measurement.Workload):
    """In tasks on uvloop: psycopg's own way of having many connections in one thread."""

    round = CONNECTIONS

    async def open(self):
        self.connections = [await psycopg.AsyncConnection.connect(self.url, autocommit=True, prepare_threshold=0)
                            for _ in range(CONNECTIONS)]

    async def run(self, units, measured):
        async def each(place, connection):
            cursor = connection.cursor(binary=True)
            values = []
            for number in range(place + 1, units + 1, CONNECTIONS):
                await cursor.execute("SELECT %b::int4", (number,))
                values.append((await cursor.fetchone())[0])
            return values

        measured.connections(await asyncio.gather(*(each(*pair) for pair in enumerate(self.connections))))

    async def close(self):
        for connection in self.connections:
            await connection.close()


WORKLOADS = {
    "w1_tcp": Echo, "w1_unix": Echo, "w1_tls": Echo, "w2": Catalog, "w3a": Series, "w3b": StreamedSeries, "w4a": Bytes,
    "w4b": LongBytes, "w4c": Arrays, "w4d": CopyFrom, "w4e": Batch, "w5": DecodedRows, "w6_sel": PipelinedSelect,
    "w6_ins": PipelinedInsert, "w7in": CopyIn, "w7out": CopyOut, "w8": Connect, "w8_tls": Connect,
    "w9": ManyConnections,
}

if __name__ == "__main__":
    sys.exit(measurement.main("psycopg", WORKLOADS))
