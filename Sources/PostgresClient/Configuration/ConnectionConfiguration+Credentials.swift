import PostgresWire

extension ConnectionConfiguration {
    /// What a session with a server can prove itself with.
    ///
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration` if only one of SCRAM's two keys is given.
    func credentials(for host: ServerHost) throws(PostgresError) -> AuthenticationCredentials {
        var credentials = AuthenticationCredentials(password: password(for: host))
        switch (scramClientKey, scramServerKey) {
        case (nil, nil): break
        case (let client?, let server?): credentials.keys = try SCRAMKeys(clientKey: client, serverKey: server)
        case (_?, nil): throw Self.invalid("scram_client_key is given without scram_server_key, which goes with it")
        case (nil, _?): throw Self.invalid("scram_server_key is given without scram_client_key, which goes with it")
        }
        credentials.canAskForPassword = passwordProvider != nil
        credentials.canAskForToken = tokenProvider != nil
        return credentials
    }

    /// What a session may accept of a server, as far as it does not depend on the channel.
    var authenticationPolicy: AuthenticationPolicy {
        var policy = AuthenticationPolicy()
        policy.channelBinding = channelBinding
        policy.requirement = requiredAuthentication
        policy.maximumIterations = maximumSCRAMIterations
        policy.minimumIterations = minimumSCRAMIterations
        return policy
    }
}
