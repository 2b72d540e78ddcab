extension SQLStatement {
    /// What the statement does to the transaction, by its first words; nil if it leaves it alone.
    ///
    /// A `BEGIN ATOMIC` in a function's body is part of another statement and never counts.
    public var transactionControl: SQLTransactionControl? {
        var tokens = significantTokens.makeIterator()
        let first = tokens.next()
        switch first.flatMap(word) {
        case "BEGIN": return .begin
        case "END": return .end
        case "ABORT": return .abort
        case "SAVEPOINT": return .savepoint
        case "RELEASE": return .release
        case "START": return tokens.next().flatMap(word) == "TRANSACTION" ? .startTransaction : nil
        case "COMMIT": return tokens.next().flatMap(word) == "PREPARED" ? .commitPrepared : .commit
        case "ROLLBACK":
            var next = tokens.next().flatMap(word)
            if next == "PREPARED" { return .rollbackPrepared }
            if next == "WORK" || next == "TRANSACTION" { next = tokens.next().flatMap(word) }
            return next == "TO" ? .rollbackTo : .rollback
        case "PREPARE":
            // A prepared statement may be called `transaction`; only the other takes a string.
            guard tokens.next().flatMap(word) == "TRANSACTION" else { return nil }
            switch tokens.next()?.kind {
            case .string, .escapeString, .unicodeString, .dollarString, .nationalString: return .prepareTransaction
            default: return nil
            }
        default: return nil
        }
    }

    /// Whether the server refuses the statement inside a transaction block, as far as its text shows.
    public var cannotRunInTransaction: Bool { reasonAgainstTransaction() != nil }

    /// Names what the server refuses inside a transaction block; nil if the text shows nothing of the kind.
    ///
    /// What only the server can know is not seen: a procedure that commits, or REINDEX and CLUSTER of a partitioned
    /// table.
    ///
    /// - Parameter serverMajorVersion: the server's version, if known; before 12, `ALTER TYPE ... ADD VALUE` counts.
    /// - Returns: the command, as the server's own message would name it: `CREATE INDEX CONCURRENTLY`.
    public func reasonAgainstTransaction(serverMajorVersion: Int? = nil) -> String? {
        let keywords = leadingKeywords(2)
        guard let first = keywords.first else { return nil }
        let object = keywords.count > 1 ? keywords[1] : ""
        switch first {
        case "VACUUM":
            return first
        case "DISCARD" where object == "ALL", "ALTER" where object == "SYSTEM":
            return "\(first) \(object)"
        case "CREATE", "DROP", "ALTER", "REINDEX", "CLUSTER":
            let shape = SQLStatementShape(self)
            switch first {
            case "CREATE": return reasonAgainstCreate(object, shape)
            case "DROP": return reasonAgainstDrop(object, shape)
            case "ALTER": return reasonAgainstAlter(object, shape, serverMajorVersion)
            case "REINDEX": return reasonAgainstReindex(shape)
            // With neither table nor index it goes through the whole database.
            default: return shape.outer.allSatisfy { $0 == "CLUSTER" || $0 == "VERBOSE" } ? "CLUSTER" : nil
            }
        default:
            return nil
        }
    }

    private func reasonAgainstCreate(_ object: String, _ shape: SQLStatementShape) -> String? {
        switch object {
        case "DATABASE", "TABLESPACE":
            return "CREATE \(object)"
        case "SUBSCRIPTION":
            // Without a slot to make on the other server it is an ordinary command.
            return shape.isOff("CREATE_SLOT") || shape.isOff("CONNECT") ? nil : "CREATE SUBSCRIPTION"
        case "INDEX", "UNIQUE":
            let words = shape.outer.dropFirst(object == "UNIQUE" ? 3 : 2)
            return words.first == "CONCURRENTLY" ? "CREATE INDEX CONCURRENTLY" : nil
        default:
            return nil
        }
    }

    private func reasonAgainstDrop(_ object: String, _ shape: SQLStatementShape) -> String? {
        switch object {
        case "DATABASE", "TABLESPACE", "SUBSCRIPTION": "DROP \(object)"
        case "INDEX" where shape.outer.dropFirst(2).first == "CONCURRENTLY": "DROP INDEX CONCURRENTLY"
        default: nil
        }
    }

    private func reasonAgainstAlter(_ object: String, _ shape: SQLStatementShape, _ version: Int?) -> String? {
        switch object {
        case "DATABASE" where shape.contains("SET", "TABLESPACE"):
            return "ALTER DATABASE ... SET TABLESPACE"
        case "TABLE" where shape.contains("DETACH", "PARTITION") && shape.outer.last == "CONCURRENTLY":
            return "ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY"
        case "SUBSCRIPTION" where shape.contains("REFRESH", "PUBLICATION"):
            return "ALTER SUBSCRIPTION ... REFRESH PUBLICATION"
        case "SUBSCRIPTION" where !shape.isOff("REFRESH"):
            let verb = ["SET", "ADD", "DROP"].first { shape.contains($0, "PUBLICATION") }
            return verb.map { "ALTER SUBSCRIPTION ... \($0) PUBLICATION with refresh" }
        case "TYPE" where shape.contains("ADD", "VALUE") && (version ?? .max) < 12:
            return "ALTER TYPE ... ADD VALUE"
        default:
            return nil
        }
    }

    private func reasonAgainstReindex(_ shape: SQLStatementShape) -> String? {
        let words = shape.outer.dropFirst().drop { $0 == "VERBOSE" }
        if words.dropFirst().first == "CONCURRENTLY" || shape.isOn("CONCURRENTLY") { return "REINDEX CONCURRENTLY" }
        switch words.first {
        case "SCHEMA", "DATABASE", "SYSTEM": return "REINDEX \(words.first ?? "")"
        default: return nil
        }
    }
}
