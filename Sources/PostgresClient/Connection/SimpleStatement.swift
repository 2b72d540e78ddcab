/// What the simple protocol can take as one statement.
enum SimpleStatement {
    /// Checks a statement before it is sent in ``StatementMode/simple``.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` for values, which are never written into a text, and
    ///   for more than one statement, which every other mode refuses, too.
    static func check(_ sql: RenderedSQL) throws(PostgresError) {
        let reason: String
        if !sql.parameters.isEmpty {
            reason = "statementMode .simple knows no parameters; run SQL with values in another mode"
        } else {
            do throws(SQLSyntaxError) {
                let script = try SQLScript(Array(sql.text.utf8), readsCopyData: false)
                guard script.statements.count > 1 else { return }
                reason = "there is more than one statement; simpleQuery takes several"
            } catch {
                // Where the text makes no sense the server says it better, and runs nothing of it.
                return
            }
        }
        throw PostgresError(.invalidArgument, reason).with(statement: sql.text).with(isSafeToRetry: true)
    }
}
