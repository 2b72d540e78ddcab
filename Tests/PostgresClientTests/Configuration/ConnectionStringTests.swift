import PostgresClient
import PostgresWire
import Testing

@Suite struct ConnectionStringTests {
    private func settings(_ text: String) throws -> [String: String] {
        let string = try ConnectionString(text)
        var settings: [String: String] = [:]
        for keyword in ConnectionKeyword.all { settings[keyword.name] = string[keyword.name] }
        return settings
    }

    private func expectFailure(_ text: String, at position: Int, _ reason: String) {
        let error = #expect(throws: PostgresError.self) { try ConnectionString(text) }
        #expect(error?.code == .invalidConfiguration)
        let start = "the connection string is malformed at position \(position): "
        #expect(error?.message.hasPrefix(start) == true, "\(error?.message ?? "")")
        #expect(error?.message.dropFirst(start.count).contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("postgresql://", [:]),
        ("postgres://", [:]),
        ("postgresql:///", [:]),
        ("postgresql://?", [:]),
        ("postgresql:///?", [:]),
        ("postgresql://host", ["host": "host"]),
        ("postgres://host/", ["host": "host"]),
        ("postgresql://host:12345", ["host": "host", "port": "12345"]),
        ("postgresql://host:/bank", ["host": "host", "dbname": "bank"]),
        ("postgresql://:12345/", ["port": "12345"]),
        ("postgresql:///bank", ["dbname": "bank"]),
        ("postgresql://host/a/b", ["host": "host", "dbname": "a/b"]),
        ("postgresql://app@host", ["user": "app", "host": "host"]),
        ("postgresql://app@", ["user": "app"]),
        ("postgresql://@host", ["host": "host"]),
        ("postgresql://:@host", ["host": "host"]),
        ("postgresql://app:@host", ["user": "app", "host": "host"]),
        ("postgresql://:word@host", ["password": "word", "host": "host"]),
        (
            "postgresql://app:word@host:12345/bank?sslmode=verify-full&application_name=x",
            [
                "user": "app", "password": "word", "host": "host", "port": "12345", "dbname": "bank",
                "sslmode": "verify-full", "application_name": "x",
            ]
        ),
        ("postgresql://app:a:b@host", ["user": "app", "password": "a:b", "host": "host"]),
        ("postgresql://app:a%40b%2Fc%3Fd@host", ["user": "app", "password": "a@b/c?d", "host": "host"]),
        ("postgresql://app:wo#rd@host#x", ["user": "app", "password": "wo#rd", "host": "host#x"]),
        ("postgresql://%61pp@h%6Fst/b%61nk", ["user": "app", "host": "host", "dbname": "bank"]),
        ("postgresql://%C3%A9@host/%f0%9f%90%98", ["user": "\u{e9}", "host": "host", "dbname": "\u{1f418}"]),
        ("postgresql://host?user=a+b", ["host": "host", "user": "a+b"]),
        ("postgresql://host?user=a?b/c", ["host": "host", "user": "a?b/c"]),
        ("postgresql://host?user=a@b", ["user": "host?user=a", "host": "b"]),
        ("postgresql:// host /bank", ["host": "host", "dbname": "bank"]),
        ("postgresql:// @host", ["user": "", "host": "host"]),
        ("postgresql://host?requiressl=1", ["host": "host", "sslmode": "require"]),
    ])
    func uri(text: String, expected: [String: String]) throws {
        #expect(try settings(text) == expected)
        #expect(try ConnectionString(text).isURI)
    }

    @Test(arguments: [
        ("postgresql://[::1]", ["host": "::1"]),
        ("postgresql://[::1]:12345/bank", ["host": "::1", "port": "12345", "dbname": "bank"]),
        ("postgresql://[2001:db8::1234]/", ["host": "2001:db8::1234"]),
        ("postgresql://[200z:db8::1234]?port=1", ["host": "200z:db8::1234", "port": "1"]),
        ("postgresql://app@[fe80::1%25eth0]:5", ["user": "app", "host": "fe80::1%eth0", "port": "5"]),
        ("postgresql://%2Fvar%2Frun/bank", ["host": "/var/run", "dbname": "bank"]),
        ("postgresql:///bank?host=/var/run", ["dbname": "bank", "host": "/var/run"]),
        ("postgresql://other/bank?host=/var/run", ["dbname": "bank", "host": "/var/run"]),
        ("postgresql://app@host/bank?dbname=", ["user": "app", "host": "host", "dbname": ""]),
        ("postgresql://one:1,two/bank", ["host": "one,two", "port": "1,", "dbname": "bank"]),
        ("postgresql://[::1],two:2", ["host": "::1,two", "port": ",2"]),
        ("postgresql://host?ssl=true", ["host": "host", "sslmode": "require"]),
        ("postgresql://host?user=a&user=b&", ["host": "host", "user": "b"]),
        ("postgresql://host?pass%77ord=word", ["host": "host", "password": "word"]),
        ("postgresql://host?options=-c%20geqo%3Doff", ["host": "host", "options": "-c geqo=off"]),
    ])
    func uriHostsAndParameters(text: String, expected: [String: String]) throws {
        #expect(try settings(text) == expected)
    }

    @Test(arguments: [
        ("postgresql://host\0", 18, "NUL"),
        ("postgresql://%", 14, "hexadecimal"),
        ("postgresql://a%2", 15, "hexadecimal"),
        ("postgresql://a%zz/b", 15, "hexadecimal"),
        ("postgresql://a/b%00", 17, "NUL"),
        ("postgresql://\u{1f418}:1/%g", 21, "hexadecimal"),
        ("postgresql://h,%zz", 16, "hexadecimal"),
        ("postgresql://a ,b", 15, "%20"),
        ("postgresql://h:1,i:%zz", 20, "hexadecimal"),
        ("postgresql://%ff", 14, "UTF-8"),
        ("postgresql://a b", 15, "%20"),
        ("postgresql://[::1", 14, "without its ]"),
        ("postgresql://[]", 15, "empty"),
        ("postgresql://[::1]x", 19, "after ]"),
        ("postgresql://host?user", 19, "without ="),
        ("postgresql://host?user&port=1", 19, "without ="),
        ("postgresql://host?&", 19, "without ="),
        ("postgresql://host?user=a=b", 25, "second ="),
        ("postgresql://host?ssl=1", 19, "unknown keyword ssl"),
        ("postgresql://host?sslmod=require", 19, "unknown keyword sslmod"),
        ("postgresql://host?USER=a", 19, "unknown keyword USER"),
        ("postgresql://host?=a", 19, "unknown keyword"),
    ])
    func malformedURI(text: String, position: Int, reason: String) {
        expectFailure(text, at: position, reason)
    }

    @Test(arguments: [
        ("", [:]),
        (" \t\n", [:]),
        ("host=a port=5", ["host": "a", "port": "5"]),
        ("  host =  a\tport\n=\r5  ", ["host": "a", "port": "5"]),
        ("host='a b' user=c", ["host": "a b", "user": "c"]),
        ("host='a'user=c", ["host": "a", "user": "c"]),
        ("host='' user=", ["host": "", "user": ""]),
        ("host= port=5", ["host": "port=5"]),
        (#"password='it\'s' user=a\ b"#, ["password": "it's", "user": "a b"]),
        (#"password=a\\b"#, ["password": #"a\b"#]),
        (#"password=a\"#, ["password": "a"]),
        (#"password='a\\' user=\n"#, ["password": #"a\"#, "user": "n"]),
        ("user=a'b", ["user": "a'b"]),
        ("user=a=b", ["user": "a=b"]),
        ("user=a user=b", ["user": "b"]),
        ("requiressl=0", ["sslmode": "prefer"]),
        ("user=\u{e9}\u{1f418}\r\ndbname=x", ["user": "\u{e9}\u{1f418}", "dbname": "x"]),
    ])
    func keywordValue(text: String, expected: [String: String]) throws {
        #expect(try settings(text) == expected)
        #expect(try !ConnectionString(text).isURI)
    }

    @Test(arguments: [
        ("host", 1, "without ="),
        ("user=a host", 8, "without ="),
        ("host a=b", 1, "without ="),
        ("=x", 1, "unknown keyword"),
        ("hots=a", 1, "unknown keyword hots"),
        ("user=\u{1f418} hots=a", 11, "unknown keyword hots"),
        ("HOST=a", 1, "unknown keyword HOST"),
        ("host='a", 6, "closing quote"),
        (#"host='a\'"#, 6, "closing quote"),
        ("host=a\0b", 7, "NUL"),
        ("Postgres://a=1", 1, "begins with Postgres://"),
        ("mysql://app@h/d", 1, "begins with mysql://"),
    ])
    func malformedKeywordValue(text: String, position: Int, reason: String) {
        expectFailure(text, at: position, reason)
    }

    /// Every text has the password `hunter2` in it, whole or in pieces, and is wrong somewhere.
    @Test(arguments: [
        "postgresql://app:hunter2@host:x y/",
        "postgresql://app:hunter2@[::1",
        "postgresql://app:hunter2%@host",
        "postgresql://app:hunter%2@host",
        "postgresql://app:hun/ter?2=hunter2@host",
        "postgresql://app:hun/hunter2?hunter2=x@host",
        "postgresql://host?password=hunter2=&user=a",
        "postgresql://host?pass%77ord=hunter2&hots=1",
        "postgresql://host?password=hunter2%zz",
        "password=x hunter2=1",
        "password=x hunter2",
        "password='hunter2",
        "pass\\word=hunter2",
        "password = x = hunter2 hunter2",
    ])
    func errorsNeverQuoteThePassword(text: String) {
        let error = #expect(throws: PostgresError.self) { try ConnectionString(text) }
        #expect(error?.message.contains("hun") == false, "\(error?.message ?? "")")
        #expect("\(String(describing: error))".contains("hunter2") == false)
    }

    @Test func descriptionRedacts() throws {
        let string = try ConnectionString("postgresql://app:hunter2@host/it's?sslpassword=hunter2")
        var dumped = ""
        dump(string, to: &dumped)
        for text in ["\(string)", String(reflecting: string), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("password=********"))
        }
        let quoted = try ConnectionString("user='a\\'b c'")
        #expect(quoted.description == #"user='a\'b c'"#)
        #expect(try ConnectionString(quoted.description)["user"] == "a'b c")
    }
}
