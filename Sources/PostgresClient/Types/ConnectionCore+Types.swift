extension ConnectionCore {
    private func key(_ name: Identifier) -> TypeNameKey {
        TypeNameKey(name, searchPath: session.parameters["search_path"])
    }

    /// The number of a type that is declared by name, if it was looked up.
    func typeNumber(of name: Identifier) -> PostgresOID? {
        let key = key(name)
        if key.isRelative, let own = typeNames.own { return own[key] }
        return types.number(of: key)
    }

    /// The names of parameters' types that nobody has looked up yet.
    private func missingTypeNames(_ parameters: [any PostgresEncodable]) -> [Identifier] {
        var names: [Identifier] = []
        for parameter in parameters where parameter.postgresType == .unspecified {
            if let name = parameter.postgresTypeName, typeNumber(of: name) == nil { names.append(name) }
        }
        return names
    }

    /// Looks up the types of parameters that are declared by name.
    func resolveTypesBlocking(_ sql: RenderedSQL) throws(PostgresError) {
        for name in missingTypeNames(sql.parameters) {
            try learn(name, try rowsBlocking(.sql(TypeLookup.number(of: name), isOwn: true)))
        }
    }

    /// Looks up the types of parameters that are declared by name.
    func resolveTypesAsync(_ sql: RenderedSQL) async throws(PostgresError) {
        for name in missingTypeNames(sql.parameters) {
            try learn(name, try await rowsAsync(.sql(TypeLookup.number(of: name), isOwn: true)))
        }
    }

    private func learn(_ name: Identifier, _ rows: Rows) throws(PostgresError) {
        guard let number = try rows.first?.decode(0, as: PostgresOID?.self) else {
            let place = name.schema == nil ? " in the schemas of the search_path" : ""
            throw PostgresError(.invalidArgument, "there is no type \(try name.quoted())\(place)").with(host: host)
                .with(isSafeToRetry: true)
        }
        let key = key(name)
        if key.isRelative, typeNames.own != nil {
            typeNames.learn(key, number)
        } else {
            types.learn(key, number)
        }
    }

    /// What is known of types, and of those that they are made of, once everything has been asked for.
    func catalogBlocking(of types: some Sequence<PostgresOID>) throws(PostgresError) -> PostgresTypeCatalog {
        var round = TypeRound(types, self.types.catalog)
        while let kinds = try round.next(isCockroachDB: session.isCockroachDB) {
            try round.take(try rowsBlocking(.sql(kinds, isOwn: true)))
            if let fields = try round.fields() { try round.takeFields(try rowsBlocking(.sql(fields, isOwn: true))) }
            self.types.learn(round.finish())
        }
        return self.types.catalog
    }

    /// What is known of types, and of those that they are made of, once everything has been asked for.
    func catalogAsync(of types: some Sequence<PostgresOID>) async throws(PostgresError) -> PostgresTypeCatalog {
        var round = TypeRound(types, self.types.catalog)
        while let kinds = try round.next(isCockroachDB: session.isCockroachDB) {
            try round.take(try await rowsAsync(.sql(kinds, isOwn: true)))
            if let fields = try round.fields() { try round.takeFields(try await rowsAsync(.sql(fields, isOwn: true))) }
            self.types.learn(round.finish())
        }
        return self.types.catalog
    }

    // MARK: - For rows that have come, or are about to

    /// Looks up types that rows are of, which they are handed out with if that fails.
    ///
    /// - Throws: ``PostgresError`` if a transaction has failed by it.
    func learnBlocking(_ types: [PostgresOID]) throws(PostgresError) {
        guard isUsable, session.transactionStatus != .failed else { return }
        do throws(PostgresError) {
            _ = try catalogBlocking(of: types)
            self.types.noteAsked(types)
        } catch {
            try forgo(types, error)
        }
    }

    /// The async form of the method above.
    func learnAsync(_ types: [PostgresOID]) async throws(PostgresError) {
        guard isUsable, session.transactionStatus != .failed else { return }
        do throws(PostgresError) {
            _ = try await catalogAsync(of: types)
            self.types.noteAsked(types)
        } catch {
            try forgo(types, error)
        }
    }

    /// The statement has done what it does; that its types could not be looked up is no reason to call it failed.
    private func forgo(_ types: [PostgresOID], _ error: PostgresError) throws(PostgresError) {
        if error.server != nil { self.types.noteAsked(types) }
        guard isUsable, session.transactionStatus == .failed else { return }
        throw error.with(message: "the types of the result's columns could not be looked up: \(error.message)")
    }

    /// Forgets what was looked up when the server knows a type's number no more, or another schema's type was declared.
    func noteTypeError(_ error: ServerError) {
        switch error.sqlState {
        // Type with OID 16400 does not exist; cache lookup failed for type 16400.
        case .undefinedObject, .internalError: types.forget()
        // Column "m" is of type b.mood; there is no operator b.mood = a.mood.
        case .datatypeMismatch, .undefinedFunction: types.forgetNames()
        default: return
        }
        typeNames.forget()
    }
}

extension Sequence<Rows> {
    /// The types of all columns that there are rows of, if one of them is not known and has not been asked for.
    var unaskedTypes: [PostgresOID]? {
        let types = flatMap { $0.isEmpty ? [] : $0.columns.unaskedTypes ?? [] }
        return types.isEmpty ? nil : types
    }
}

/// Asks for types, then for those that they are made of, until all are known.
private struct TypeRound {
    private var wanted: Set<PostgresOID> = []
    /// What the round under way asks for.
    private var asking: Set<PostgresOID> = []
    private var asked: Set<PostgresOID> = []
    private var catalog: PostgresTypeCatalog
    private var found: [TypeLookup.Found] = []
    private var depth = 0

    init(_ types: some Sequence<PostgresOID>, _ catalog: PostgresTypeCatalog) {
        self.catalog = catalog
        for type in types { want(type) }
    }

    /// Adds a type, and what it is made of as far as that is known. No recursion: what the server says may be a chain.
    private mutating func want(_ type: PostgresOID) {
        var candidates = [type]
        while let type = candidates.popLast() {
            guard !type.isBuiltIn, asked.insert(type).inserted else { continue }
            if let entry = catalog[type] {
                candidates += TypeLookup.parts(of: entry)
            } else {
                wanted.insert(type)
            }
        }
    }

    /// The query for the types that are wanted; nil when there are none.
    mutating func next(isCockroachDB: Bool) throws(PostgresError) -> RenderedSQL? {
        guard !wanted.isEmpty, depth < TypeLookup.maximumDepth else { return nil }
        depth += 1
        asking = wanted
        wanted = []
        return try TypeLookup.types(asking.sorted { $0.rawValue < $1.rawValue }, isCockroachDB: isCockroachDB)
    }

    /// The query for the fields of the types that were found; nil if none has any.
    func fields() throws(PostgresError) -> RenderedSQL? {
        let relations = found.map(\.relation).filter { $0 != .unspecified }
        return relations.isEmpty ? nil : try TypeLookup.fields(relations)
    }

    mutating func take(_ rows: Rows) throws(PostgresError) {
        found = []
        for row in rows {
            let type = try TypeLookup.Found(row)
            // What was not asked for is not learnt, and nothing twice.
            if asking.remove(type.type) != nil { found.append(type) }
        }
    }

    mutating func takeFields(_ rows: Rows) throws(PostgresError) {
        found = try TypeLookup.complete(found, with: rows)
    }

    mutating func finish() -> [(PostgresOID, PostgresTypeCatalog.Entry)] {
        for type in found {
            catalog[type.type] = type.entry
            for part in TypeLookup.parts(of: type.entry) { want(part) }
        }
        return found.map { ($0.type, $0.entry) }
    }
}
