import PostgresClient
import Testing

@Suite struct ConnectionKeywordTests {
    @Test func everyKeywordOfLibpqIsThereOnce() {
        #expect(ConnectionKeyword.all.count == 50)
        #expect(Set(ConnectionKeyword.all.map(\.name)).count == 50)
        let variables = ConnectionKeyword.all.compactMap(\.environmentVariable)
        #expect(Set(variables).count == variables.count)
        #expect(variables.allSatisfy { $0.hasPrefix("PG") })
    }

    @Test func secretsAreMarked() {
        let secrets = ConnectionKeyword.all.filter(\.isSecret).map(\.name)
        #expect(
            secrets == ["password", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret"])
    }

    @Test func namesAreExact() {
        #expect(ConnectionKeyword.named("sslmode")?.environmentVariable == "PGSSLMODE")
        #expect(ConnectionKeyword.named("SSLMODE") == nil)
        #expect(ConnectionKeyword.named("") == nil)
    }

    @Test func defaultsPassTheirOwnRules() {
        for keyword in ConnectionKeyword.all {
            if case .values(let values, _) = keyword.support, let value = keyword.defaultValue {
                #expect(values.contains(value), "\(keyword)")
            }
        }
    }
}
