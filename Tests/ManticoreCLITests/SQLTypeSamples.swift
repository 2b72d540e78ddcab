/// Literals of every type, as they are cast on the server.
enum SQLTypeSamples {
    /// The types' names and what is cast to them.
    static let all: [(type: String, literals: [String])] = [
        ("bool", ["t", "f"]), ("int2", ["-32768", "32767"]), ("int4", ["-2147483648", "2147483647", "0"]),
        ("int8", ["-9223372036854775808", "9223372036854775807"]),
        (
            "float4",
            [
                "1.5", "0.1", "-0", "NaN", "Infinity", "-Infinity", "1e-40", "3.4028235e38", "16777216", "1e6",
                "123456789",
            ]
        ),
        (
            "float8",
            [
                "0.1", "-0", "NaN", "Infinity", "5e-324", "1.7976931348623157e308", "1e15", "1e16",
                "123456789012345680", "1e-5", "0.0001",
            ]
        ),
        (
            "numeric",
            [
                "0", "0.00", "-1.50", "NaN", "1e100", "0.00000000001", "123456789012345678901234567890.0987654321",
                "10000", "9999.9999",
            ]
        ),
        ("numeric(10,3)", ["1", "1.2345", "-99999.999"]), ("money", ["12.34", "-1,234,567.89"]),
        ("text", ["", " ", "a,b", "a\"b", "a\nb", "a\r\nb", "\\.", "\\", "日本語", "🙂", "NULL", "null"]),
        ("varchar(3)", ["abc", ""]), ("bpchar(4)", ["ab", ""]), ("name", ["n", "a b"]),
        ("\"char\"", ["a", "", "\\377"]),
        ("bytea", ["", "\\x00ff", "abc"]),
        ("uuid", ["00000000-0000-0000-0000-000000000000", "A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
        (
            "date",
            [
                "2000-01-01", "1999-12-31", "0044-03-15 BC", "4713-01-01 BC", "5874897-12-31", "infinity", "-infinity",
                "12345-06-07",
            ]
        ),
        ("time", ["00:00:00", "24:00:00", "23:59:59.999999", "01:02:03.4"]),
        ("timetz", ["00:00:00+00", "12:34:56.789-05:30", "24:00:00+15:59:59", "01:02:03-08"]),
        (
            "timestamp",
            [
                "2000-01-01 00:00:00", "0001-01-01 00:00:00 BC", "294276-12-31 23:59:59.999999", "infinity",
                "-infinity", "1969-07-20 20:17:40.1",
            ]
        ),
        (
            "timestamptz",
            [
                "2000-01-01 00:00:00+00", "1883-11-18 12:00:00-05", "0044-03-15 12:00:00+00 BC", "infinity",
                "294276-12-31 23:59:59.999999+00",
            ]
        ),
        (
            "interval",
            [
                "0", "1 day", "-1 day", "1 mon -1 day 00:00:01", "1 year 2 mons", "-1 year", "04:05:06.7",
                "-00:00:00.000001", "2147483647 mons", "-2147483648 days 400000000:00:54.775807",
                "1 mon -2 days -03:00",
            ]
        ),
        ("json", ["{}", "[1, 2,  3]", "\"a\\nb\"", "null"]),
        ("jsonb", ["{\"b\": 1, \"a\": [null, 1.50]}", "\"\"", "12345678901234567890.10"]),
        ("jsonpath", ["$.a[*] ? (@ > 1)", "strict $"]), ("xml", ["<a b=\"c\">d</a>", "text"]),
        ("inet", ["127.0.0.1", "10.1.2.3/8", "::1", "2001:db8::/32", "::ffff:1.2.3.4/128", "0.0.0.0/0", "1:0:0:2::3"]),
        ("cidr", ["10.0.0.0/8", "2001:db8::/32", "::/0", "192.168.100.128/25"]), ("macaddr", ["08:00:2b:01:02:03"]),
        ("macaddr8", ["08:00:2b:01:02:03:04:05"]), ("bit(5)", ["10101"]), ("varbit", ["", "1", "110010001"]),
        ("point", ["(1,2)", "(-0.5,1e300)", "(NaN,Infinity)"]), ("line", ["{1,-1,0}", "{0.1,2,-3}"]),
        ("lseg", ["[(0,0),(1,1.5)]"]), ("box", ["(1,2),(0,0)"]), ("path", ["((0,0),(1,1))", "[(0,0),(1,1),(2,0)]"]),
        ("polygon", ["((0,0),(1,1),(2,0))"]), ("circle", ["<(0,0),2.5>"]),
        ("pg_lsn", ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"]),
        ("oid", ["0", "4294967295"]), ("xid", ["7", "4294967295"]), ("xid8", ["18446744073709551615"]), ("cid", ["3"]),
        ("tid", ["(0,1)", "(4294967295,65535)"]),
        ("txid_snapshot", ["10:20:10,14,15", "1:1:"]), ("pg_snapshot", ["10:20:10,14,15", "1:1:"]),
        ("tsvector", ["", "a", "'a b':1A,2B c:3", "'it''s' '\\\\'", "x:16383"]),
        ("tsquery", ["", "a & b", "!(a | 'b c':*AB) <-> d", "a <3> b & !!c", "'it''s'"]),
        ("regclass", ["pg_class", "0"]), ("regtype", ["int4", "timestamptz[]"]), ("regproc", ["now"]),
        ("regprocedure", ["abs(int4)"]),
        ("regoper", ["|/"]), ("regoperator", ["+(int4,int4)"]), ("regrole", ["postgres"]),
        ("regnamespace", ["pg_catalog"]),
        ("regconfig", ["english"]), ("regdictionary", ["simple"]), ("aclitem", ["postgres=arw/postgres"]),
        ("int2vector", ["1 2 3", ""]),
        ("oidvector", ["1 4294967295", ""]), ("refcursor", ["c"]),
        ("int4range", ["empty", "[1,10)", "(,5)", "[3,)", "(,)"]), ("int8range", ["[1,9223372036854775807)"]),
        ("numrange", ["[1.50,2.0]", "(1,2)"]), ("tsrange", ["[2000-01-01,2000-01-02 03:04:05.6)", "(,infinity]"]),
        ("tstzrange", ["[2000-01-01 00:00:00+00,2001-01-01 00:00:00+00)"]),
        ("daterange", ["[2000-01-01,2000-02-01)", "empty"]),
        ("int4multirange", ["{}", "{[1,2),[5,7)}"]), ("int8multirange", ["{(,1),[5,)}"]),
        ("nummultirange", ["{[1.5,2]}"]),
        ("tsmultirange", ["{[2000-01-01,2000-01-02)}"]),
        ("tstzmultirange", ["{[2000-01-01 00:00:00+00,2001-01-01 00:00:00+00)}"]),
        ("datemultirange", ["{[2000-01-01,2000-02-01)}"]),
    ]

    /// A script that selects all of them: by themselves, as arrays of one and two dimensions, in rows.
    static func script(settings: [String]) -> String {
        var script = "SET client_min_messages = error;\n" + settings.map { "SET \($0);\n" }.joined()
        for (type, literals) in all {
            let values = literals.map { "\(quoted($0))::\(type)" }
            let rows = values.map { "(\($0))" }.joined(separator: ", ")
            script += "SELECT x AS \"the \(type.replacing("\"", with: "'"))\" FROM (VALUES \(rows), (NULL)) AS v (x);\n"
            let list = values.joined(separator: ", ")
            script += "SELECT ARRAY[\(list), NULL] AS a, ARRAY[ARRAY[\(list)], ARRAY[\(list)]] AS aa, "
            script += "ROW(\(list), NULL) AS r, ARRAY[ROW(\(values[0]), 'x')] AS ar, '{}'::\(type)[] AS e;\n"
        }
        script +=
            "SELECT '[0:1]={1,2}'::int4[] AS b, '[-1:0][2:3]={{1,2},{3,NULL}}'::int8[] AS c, '[5:5]={\"a b\"}'::text[] AS d;\n"
        return script
    }

    static func quoted(_ text: String) -> String {
        "E'"
            + text.replacing("\\", with: "\\\\").replacing("'", with: "''").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r") + "'"
    }
}
