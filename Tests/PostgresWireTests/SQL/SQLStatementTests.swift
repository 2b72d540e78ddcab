import PostgresWire
import Testing

@Suite(.ownThread) struct SQLStatementTests {
    private func statement(_ text: String) throws -> SQLStatement {
        try #require(SQLScript(Array(text.utf8), readsCopyData: false).statements.first)
    }

    @Test func leadingKeywordsEndAtTheFirstOtherToken() throws {
        let create = try statement("/* a */ create -- b\n Unique index \"i\" ON t")
        #expect(create.leadingKeywords(2) == ["CREATE", "UNIQUE"])
        #expect(create.leadingKeywords(9) == ["CREATE", "UNIQUE", "INDEX"])
        #expect(create.leadingKeywords(0) == [])
        #expect(try statement("(SELECT 1)").leadingKeywords(2) == [])
    }

    @Test(arguments: [
        ("begin", SQLTransactionControl.begin), ("BEGIN ISOLATION LEVEL SERIALIZABLE", .begin),
        ("/* x */ Start -- y\n transaction", .startTransaction), ("COMMIT AND CHAIN", .commit), ("END WORK", .end),
        ("rollback", .rollback), ("ROLLBACK WORK", .rollback), ("ROLLBACK AND CHAIN", .rollback), ("ABORT", .abort),
        ("SAVEPOINT a", .savepoint), ("RELEASE a", .release), ("ROLLBACK TO a", .rollbackTo),
        ("rollback transaction to savepoint a", .rollbackTo), ("PREPARE TRANSACTION 'a'", .prepareTransaction),
        ("COMMIT PREPARED 'a'", .commitPrepared), ("ROLLBACK PREPARED 'a'", .rollbackPrepared),
    ]) func transactionControl(_ text: String, _ expected: SQLTransactionControl) throws {
        #expect(try statement(text).transactionControl == expected)
    }

    @Test(arguments: [
        "SELECT 1", "START", "PREPARE transaction AS SELECT 1", "PREPARE transaction (int) AS SELECT $1",
        "PREPARE p AS SELECT 1", "\"begin\"", "'COMMIT'", "SET TRANSACTION READ ONLY", "begin_work()",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", "DO $$ BEGIN COMMIT; END $$",
    ]) func noTransactionControl(_ text: String) throws {
        #expect(try statement(text).transactionControl == nil)
    }

    @Test(arguments: [
        ("CREATE DATABASE d", "CREATE DATABASE"), ("drop tablespace t", "DROP TABLESPACE"),
        ("CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p", "CREATE SUBSCRIPTION"),
        ("CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (create_slot = true)", "CREATE SUBSCRIPTION"),
        ("DROP SUBSCRIPTION s", "DROP SUBSCRIPTION"), ("ALTER SYSTEM SET a = 1", "ALTER SYSTEM"),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX CONCURRENTLY"),
        ("CREATE UNIQUE /**/ INDEX\nCONCURRENTLY IF NOT EXISTS i ON t (a)", "CREATE INDEX CONCURRENTLY"),
        ("DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY"), ("REINDEX SCHEMA s", "REINDEX SCHEMA"),
        ("REINDEX VERBOSE DATABASE d", "REINDEX DATABASE"), ("REINDEX (VERBOSE) SYSTEM d", "REINDEX SYSTEM"),
        ("REINDEX TABLE CONCURRENTLY t", "REINDEX CONCURRENTLY"),
        ("REINDEX (VERBOSE, CONCURRENTLY) TABLE t", "REINDEX CONCURRENTLY"), ("VACUUM", "VACUUM"),
        ("VACUUM (ANALYZE) t", "VACUUM"), ("DISCARD ALL", "DISCARD ALL"),
        ("ALTER TABLE s.t DETACH PARTITION s.p CONCURRENTLY", "ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY"),
        ("ALTER DATABASE d SET TABLESPACE t", "ALTER DATABASE ... SET TABLESPACE"),
        ("ALTER SUBSCRIPTION s REFRESH PUBLICATION", "ALTER SUBSCRIPTION ... REFRESH PUBLICATION"),
        ("CLUSTER", "CLUSTER"), ("CLUSTER (VERBOSE)", "CLUSTER"), ("CLUSTER VERBOSE", "CLUSTER"),
    ]) func refusedInTransaction(_ text: String, _ reason: String) throws {
        let statement = try statement(text)
        #expect(statement.reasonAgainstTransaction() == reason)
        #expect(statement.cannotRunInTransaction)
    }

    @Test(arguments: [
        "CREATE TABLE t ()", "CREATE INDEX i ON t (concurrently)", "CREATE INDEX \"CONCURRENTLY\" ON t (a)",
        "DROP INDEX i", "REINDEX TABLE t", "REINDEX (CONCURRENTLY false) TABLE t", "CLUSTER t", "CLUSTER t USING i",
        "DISCARD PLANS", "ALTER TABLE t DETACH PARTITION p", "ALTER TYPE e ADD VALUE 'x'", "ALTER TABLE t ADD a int",
        "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (enabled = false, create_slot = false)",
        "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (connect = 'off')", "SELECT 'VACUUM'",
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)", "ALTER DATABASE d SET work_mem = '1MB'",
    ]) func allowedInTransaction(_ text: String) throws {
        #expect(try statement(text).reasonAgainstTransaction() == nil)
    }

    @Test func enumValuesCouldNotBeAddedBeforeTwelve() throws {
        let statement = try statement("ALTER TYPE s.e ADD VALUE IF NOT EXISTS 'x'")
        #expect(statement.reasonAgainstTransaction(serverMajorVersion: 11) == "ALTER TYPE ... ADD VALUE")
        #expect(statement.reasonAgainstTransaction(serverMajorVersion: 12) == nil)
    }
}
