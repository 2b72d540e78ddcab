/// What names without a schema mean in one session.
///
/// As long as a session has the `search_path` that it began with, they mean what they mean in every other such session of
/// its pool, and are shared. From PostgreSQL 18 on the server reports the path, which is then part of the key. Before, the
/// tag of `SET` or `RESET` is all that a client gets to see: after one of these (or `DO` and `CALL`, which may hold one) a
/// session keeps these names to itself, forgets them with each further one and with the end of a transaction (which may
/// take a `SET` back), and shares again after `DISCARD ALL`.
///
/// What is left, a path changed by `set_config` in a query before PostgreSQL 18, shows as an error of the server, who
/// finds another schema's type; then the names are forgotten, too, and the next statement asks again. Names with a schema
/// always mean the same.
struct SessionTypeNames {
    /// nil while they are shared.
    private(set) var own: [TypeNameKey: PostgresOID]?

    mutating func learn(_ name: TypeNameKey, _ number: PostgresOID) {
        own?[name] = number
    }

    /// Forgets the session's own names.
    mutating func forget() {
        if own != nil { own = [:] }
    }

    /// Takes notice of what a statement did.
    mutating func note(_ tag: CommandTag) {
        guard let bytes = tag.text?.utf8 else { return }
        // Most tags are ruled out by their length and their first letter.
        guard bytes.count <= 11 else { return }
        switch bytes.first {
        case UInt8(ascii: "S") where bytes.count == 3 && bytes.elementsEqual("SET".utf8),
            UInt8(ascii: "R") where bytes.elementsEqual("RESET".utf8),
            UInt8(ascii: "D") where bytes.elementsEqual("DO".utf8),
            UInt8(ascii: "C") where bytes.elementsEqual("CALL".utf8):
            own = [:]
        case UInt8(ascii: "D") where bytes.elementsEqual("DISCARD ALL".utf8):
            own = nil
        case UInt8(ascii: "C") where bytes.elementsEqual("COMMIT".utf8),
            UInt8(ascii: "R") where bytes.elementsEqual("ROLLBACK".utf8):
            forget()
        default:
            break
        }
    }
}
