"""asyncpg WORKLOAD [FACE] CONNSTRING UNITS: asyncpg on uvloop, as its documentation says to use it for speed."""

import asyncio
import sys
from pathlib import Path

import asyncpg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
import measurement  # noqa: E402

CONNECTIONS = 32


class OneConnection(measurement.Workload):
    sql = None
    table = None  # what it writes to

    async def open(self):
        self.connection = await asyncpg.connect(self.url)
        if self.sql is not None:
            self.statement = await self.connection.prepare(self.sql)

    async def reset(self):
        if self.table is not None:
            await self.connection.execute(f"TRUNCATE {self.table}")

    async def prove(self):
        if self.table is not None:
            return tuple(await self.connection.fetchrow(measurement.PROOF.format(self.table)))

    async def close(self):
        await self.connection.close()


class Echo(OneConnection):
    sql = "SELECT $1::int4"

    async def run(self, units, measured):
        fetchval = self.statement.fetchval
        measured.values([await fetchval(number) for number in range(1, units + 1)])


class Result(OneConnection):
    """A whole result for each round."""

    words = (measurement.integer,)
    arguments = ()

    async def run(self, units, measured):
        for _ in range(units // self.round):
            rows = await self.statement.fetch(*self.arguments)
            if len(rows) != self.round:
                raise RuntimeError("another count of rows")
            measured.rows(rows, self.words)


class Catalog(OneConnection):
    sql = measurement.CATALOG.format("$1", "$2")

    async def run(self, units, measured):
        done = 0
        while done < units:
            rows = await self.statement.fetch(-1, True)
            measured.rows(rows, measurement.TWELVE)
            done += len(rows)
        return done


class Series(Result):
    sql = "SELECT i FROM generate_series(1, $1) AS i"
    round = 1000
    arguments = (1000,)


class StreamedSeries(OneConnection):
    sql = "SELECT i FROM generate_series(1, $1) AS i"
    round = 1_000_000

    async def run(self, units, measured):
        for _ in range(units // self.round):
            values = []
            async with self.connection.transaction():
                cursor = await self.statement.cursor(self.round)
                while True:
                    rows = await cursor.fetch(1000)
                    if not rows:
                        break
                    values.extend([row[0] for row in rows])
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

    async def run(self, units, measured):
        rows = [measurement.WRITTEN] * self.round
        for _ in range(units // self.round):
            await self.connection.copy_records_to_table(self.table, records=rows, columns=list("abcdefg"))


class Batch(OneConnection):
    table = "w4e"
    round = 1000
    sql = "INSERT INTO w4e (a, b, c, d, e, f, g) VALUES ($1, $2, $3, $4, $5, $6, $7)"

    async def run(self, units, measured):
        rows = [measurement.WRITTEN] * self.round
        for _ in range(units // self.round):
            await self.statement.executemany(rows)


class DecodedRows(Result):
    sql = "SELECT * FROM w5"
    round = 200_000
    words = measurement.EIGHT


class PipelinedSelect(OneConnection):
    sql = "SELECT $1::int4"
    round = 1000

    async def run(self, units, measured):
        for done in range(0, units, self.round):
            rows = await self.statement.fetchmany([(number,) for number in range(done + 1, done + self.round + 1)])
            measured.values([row[0] for row in rows])


class PipelinedInsert(OneConnection):
    table = "w6_ins"
    sql = "INSERT INTO w6_ins (a) VALUES ($1)"
    round = 1000

    async def run(self, units, measured):
        for done in range(0, units, self.round):
            await self.statement.executemany([(number,) for number in range(done + 1, done + self.round + 1)])


class CopyIn(OneConnection):
    table = "w7in"
    round = 1_000_000

    async def run(self, units, measured):
        for _ in range(units // self.round):
            records = (row for _ in range(self.round // len(measurement.COPIED)) for row in measurement.COPIED)
            await self.connection.copy_records_to_table(self.table, records=records, columns=list("abcd"))


class CopyOut(OneConnection):
    """asyncpg decodes no COPY: the bytes are what is measured, and they are decoded after the clocks."""

    face = "raw"
    round = 1_000_000

    async def run(self, units, measured):
        for _ in range(units // self.round):
            chunks = []

            async def take(chunk):
                chunks.append(chunk)

            await self.connection.copy_from_query("SELECT * FROM w7out", output=take, format="binary")
            measured.stop()
            rows = self.decode(b"".join(chunks))
            if len(rows) != self.round:
                raise RuntimeError("not a million rows")
            measured.start()
            measured.rows(rows, measurement.FOUR)

    @staticmethod
    def decode(octets):
        fixed = measurement.struct.Struct(">hiqiiidi")
        rows = []
        place = 19
        while place < len(octets) - 2:
            columns, _, a, _, b, _, c, length = fixed.unpack_from(octets, place)
            if columns != 4:
                raise RuntimeError("not four columns")
            place += fixed.size + length
            rows.append((a, b, c, octets[place - length:place].decode()))
        return rows


class Connect(measurement.Workload):
    async def run(self, units, measured):
        values = []
        for _ in range(units):
            connection = await asyncpg.connect(self.url)
            version = connection.get_server_version()
            values.append(version.major * 10000 + (version.minor or version.micro))
            await connection.close()
        measured.values(values)


class ManyConnections(measurement.Workload):
    round = CONNECTIONS

    async def open(self):
        self.connections = [await asyncpg.connect(self.url) for _ in range(CONNECTIONS)]
        self.statements = [await connection.prepare("SELECT $1::int4") for connection in self.connections]

    async def run(self, units, measured):
        async def each(place, statement):
            fetchval = statement.fetchval
            return [await fetchval(number) for number in range(place + 1, units + 1, CONNECTIONS)]

        measured.connections(await asyncio.gather(*(each(*pair) for pair in enumerate(self.statements))))

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
    sys.exit(measurement.main("asyncpg", WORKLOADS))
