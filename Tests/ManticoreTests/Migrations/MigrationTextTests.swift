import Manticore
import PostgresWire
import Testing

@Suite struct MigrationTextTests {
    private func parts(_ text: String) throws -> (forward: [String], undo: [String]?) {
        let text = try MigrationText(Array(text.utf8), path: "m.sql")
        return (text.forward.map(\.text), text.undo?.map(\.text))
    }

    @Test(arguments: [
        "-- Forward migration\nCREATE TABLE t ();\n\n-- @UNDO\n\n-- Undo migration\nDROP TABLE t;\n",
        "CREATE TABLE t ()\n-- @UNDO\nDROP TABLE t",
        "\u{FEFF}CREATE TABLE t ();\r\n--@undo \t\r\nDROP TABLE t;\r\n",
        "CREATE TABLE t ();\r  -- @Undo\rDROP TABLE t;",
        "CREATE TABLE t (); /* -- @UNDO\n-- @UNDO\n */\n-- @UNDO\nDROP TABLE t;",
    ])
    func splitsAtTheMarker(_ text: String) throws {
        let (forward, undo) = try parts(text)
        #expect(forward == ["CREATE TABLE t ()"])
        #expect(undo == ["DROP TABLE t"])
    }

    @Test(arguments: [
        "SELECT '\n-- @UNDO\n';", "SELECT $$\n-- @UNDO\n$$;", "SELECT 1; -- @UNDO", "/*\n-- @UNDO\n*/ SELECT 1;",
        "SELECT 1; -- x\n-- - @UNDO", "SELECT \"\n-- @UNDO\n\";", "SELECT 1;\n-- UNDO", "SELECT 1;\n-- @UNDONE",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC\n-- @UNDO\nSELECT 1; END;",
    ])
    func seesNoMarkerElsewhere(_ text: String) throws {
        let (forward, undo) = try parts(text)
        #expect(forward.count == 1)
        #expect(undo == nil)
    }

    @Test(arguments: ["SELECT 1;\n-- @UNDO", "SELECT 1;\n-- @UNDO\n\n-- nothing yet\n"])
    func undoWithoutStatementsIsNone(_ text: String) throws {
        #expect(try parts(text).undo == nil)
        #expect(try MigrationText(Array(text.utf8), path: "m.sql").undoText == nil)
    }

    @Test func keepsTheUndoTextAndItsLines() throws {
        let text = try MigrationText(
            Array("SELECT 1;\n-- @UNDO\n\n-- Undo migration\nDROP\n TABLE t;\n".utf8), path: "m.sql")
        #expect(text.undoText == "-- Undo migration\nDROP\n TABLE t;\n")
        #expect(text.undo?.first?.line == 5)
        #expect(text.markerLine == 2)
        let kept = try MigrationText(undo: text.undoText ?? "", path: "kept")
        #expect(kept.undo?.map(\.text) == ["DROP\n TABLE t"])
    }

    @Test(arguments: [
        ("SELECT 1;\n-- @UNDO\nSELECT 2;\n-- @undo\n", ":4:", "second"),
        ("SELECT 1;\n-- @UNDO everything\n", ":2:", "alone"),
        ("SELECT 1;\nSELECT 'x", ":2:8:", "string"),
        ("SELECT 1;\n-- @UNDO\nSELECT $$x", ":3:8:", "dollar"),
        ("SELECT 1;\n begin;", ":2:", "BEGIN"),
        ("COMMIT", ":1:", "COMMIT"),
        ("SELECT 1;\n\nROLLBACK;", ":3:", "ROLLBACK"),
        ("/* x */ START TRANSACTION;", ":1:", "START TRANSACTION"),
        ("SAVEPOINT a;", ":1:", "SAVEPOINT"),
        ("PREPARE TRANSACTION 'x';", ":1:", "PREPARE TRANSACTION"),
        ("END;", ":1:", "END"),
        ("ABORT;", ":1:", "ABORT"),
        ("SELECT 1;\n-- @UNDO\nDROP TABLE t; COMMIT;", ":3:", "COMMIT"),
        ("CREATE TABLE t ();\nCREATE INDEX CONCURRENTLY i ON t (a);", ":2:", "CREATE INDEX CONCURRENTLY"),
        ("VACUUM t;", ":1:", "VACUUM"),
        ("CREATE DATABASE x;", ":1:", "CREATE DATABASE"),
        ("ALTER SYSTEM SET a = 1;", ":1:", "ALTER SYSTEM"),
        ("SELECT 1;\n\\connect other\n", ":2:", "\\connect"),
    ])
    func refusesWithFileAndLine(_ text: String, _ place: String, _ word: String) {
        expectRefusal("dir/m.sql" + place, word, code: .migrationFile) {
            _ = try MigrationText(Array(text.utf8), path: "dir/m.sql")
        }
    }

    @Test(arguments: ["COPY t FROM STDIN;\n1\n\\.\n", "SELECT 1;\n-- @NO-TRANSACTION\n"])
    func saysWhatIsNotSupportedYet(_ text: String) {
        expectRefusal("m.sql:", "not supported yet", code: .unsupported) {
            _ = try MigrationText(Array(text.utf8), path: "m.sql")
        }
    }

    @Test func refusesWhatIsNotText() {
        expectRefusal("m.sql:2:4", "UTF-8", code: .migrationFile) {
            _ = try MigrationText(Array("SELECT 1;\n-- ".utf8) + [0xFF], path: "m.sql")
        }
        expectRefusal("m.sql:1:2", "NUL", code: .migrationFile) {
            _ = try MigrationText([0x20, 0, 0x20], path: "m.sql")
        }
    }

    @Test func bodiesMayHaveTransactionWords() throws {
        #expect(
            try parts(
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;\nDO $$ BEGIN NULL; END $$;"
            ).forward.count == 2)
    }

    @Test func checksumIgnoresLineEndsAndMark() throws {
        let sums = try ["a\nb\n\n", "a\r\nb\r\n\r\n", "a\rb\r\r", "\u{FEFF}a\nb\n\n"].map {
            try MigrationText.checksum(Array($0.utf8))
        }
        #expect(Set(sums).count == 1)
        #expect(sums[0].utf8.count == 64)
        // printf 'abc' | sha256sum
        #expect(
            try MigrationText.checksum(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try MigrationText.checksum(Array("a\nb\n".utf8)) != sums[0])
    }
}
