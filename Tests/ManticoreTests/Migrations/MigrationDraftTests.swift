import Manticore
import PostgresWire
import Testing

@Suite struct MigrationDraftTests {
    @Test(arguments: [
        ("create users table", "create_users_table"), ("  Add  AGE-column! ", "add_age_column"),
        ("a_b__c", "a_b_c"), ("../../etc/passwd", "etc_passwd"), ("Größe", "gr_e"), ("v2.0", "v2_0"),
        ("x\u{0}y\n", "x_y"), (String(repeating: "a", count: 500), String(repeating: "a", count: 200)),
    ])
    func namesTheFile(_ description: String, _ slug: String) throws {
        #expect(try MigrationDraft(description, forward: "", undo: nil).slug == slug)
    }

    @Test(arguments: ["", "  ", "___", "日本語", "'; --"])
    func refusesADescriptionWithoutLetters(_ description: String) {
        expectRefusal("description") { _ = try MigrationDraft(description, forward: "", undo: nil) }
    }

    @Test func laysOutTheCanonicalFile() throws {
        let draft = try MigrationDraft(
            "x",
            forward: """

                    CREATE TABLE users (
                        id UUID
                    );

                """, undo: "DROP TABLE users;")
        #expect(
            draft.text == """
                -- Forward migration
                    CREATE TABLE users (
                        id UUID
                    );

                -- @UNDO

                -- Undo migration
                DROP TABLE users;

                """)
        #expect(try MigrationDraft("x", forward: "SELECT 1", undo: nil).text == "-- Forward migration\nSELECT 1\n")
    }

    @Test(arguments: [
        ("CREATE TABLE t ()", "DROP TABLE t"), ("CREATE TABLE t (); -- last", "DROP TABLE t -- last"),
        ("", ""), ("SELECT 1;\r\nSELECT 2;\r\n", "\u{FEFF}SELECT 3"), ("SELECT $$\n-- @UNDO\n$$", "SELECT 1"),
    ])
    func readsBackWhatWasGiven(_ forward: String, _ undo: String) throws {
        let draft = try MigrationDraft("x", forward: forward, undo: undo)
        let text = try MigrationText(Array(draft.text.utf8), path: "m.sql")
        func statements(_ sql: String) throws -> [String] { try SQLScript(sql).statements.map(\.text) }
        #expect(try text.forward.map(\.text) == statements(forward))
        #expect(try (text.undo ?? []).map(\.text) == statements(undo))
    }

    @Test(arguments: [
        ("SELECT 'x", "", "the forward SQL:1:8"), ("SELECT 1", "SELECT \"", "the undo SQL:1:8"),
        ("BEGIN; SELECT 1; COMMIT;", "", "the forward SQL:1"),
        ("SELECT 1;\n-- @UNDO\nSELECT 2;", "", "the forward SQL:2"),
        ("SELECT 1", "-- @undo\nSELECT 2;", "the undo SQL:1"), ("CREATE DATABASE x", "", "the forward SQL:1"),
        ("SELECT 1 /*", "*/ SELECT 1", "the forward SQL:1:10"), ("SELECT 1;\n-- @UNDO", "", "the forward SQL:2"),
    ])
    func refusesWhatCouldNotBeRun(_ forward: String, _ undo: String, _ place: String) {
        expectRefusal(place, code: .migrationFile) { _ = try MigrationDraft("x", forward: forward, undo: undo) }
    }
}
