import PostgresWire

/// The server's side of one scripted connection: does the steps, and keeps what was received ahead.
struct ScriptedPeer {
    /// What a step came to.
    enum Outcome {
        case done
        /// The script ends here, as it says.
        case ended
        /// The client did not do its part.
        case failed(String)
    }

    private var channel: ScriptedChannel
    private let record: ([UInt8]) -> Void
    private var ahead: [UInt8] = []

    /// - Parameter record: Is told what the client said, decrypted.
    init(_ channel: ScriptedChannel, record: @escaping ([UInt8]) -> Void) {
        self.channel = channel
        self.record = record
    }

    mutating func perform(_ step: ScriptedServer.Step) -> Outcome {
        switch step.action {
        case .receiveStartup:
            receiveStartup()
        case .receive(let wanted):
            receive(wanted)
        case .receiveUntil(let wanted):
            receiveUntil(wanted)
        case .receiveBytes(let count):
            take(count) == nil ? .failed("the client closed before it sent \(count) bytes") : .done
        case .receiveToEnd:
            receiveToEnd()
        case .expectBytes(let bytes):
            expect(bytes)
        case .expectMessage(let message):
            expect(message)
        case .expectClosed(let duration):
            expectClosed(within: duration)
        case .send(let segments, let pause):
            send(segments, pause)
        case .flood(let bytes, let times):
            flood(bytes, times)
        case .scram(let scram):
            authenticate(scram)
        case .startTLS(let tls):
            startTLS(tls)
        case .tickets(let count):
            sendTickets(count)
        case .pause(let duration):
            wait(duration)
        case .close:
            close()
        case .reset:
            reset()
        }
    }

    // MARK: - Receiving

    private mutating func receiveStartup() -> Outcome {
        guard let header = take(4) else { return .failed("the client closed before its startup message") }
        let length = Self.number(header)
        guard length >= 8, length <= 10_000 else { return .failed("a startup message of \(length) bytes came") }
        return take(length - 4) == nil ? .failed("the client closed within its startup message") : .done
    }

    private mutating func receive(_ wanted: UInt8?) -> Outcome {
        guard let (type, _) = takeMessage() else { return .failed("the client closed instead of sending a message") }
        guard let wanted, wanted != type else { return .done }
        return .failed("a message of type \(Self.name(type)) came, not \(Self.name(wanted))")
    }

    private mutating func receiveUntil(_ wanted: UInt8) -> Outcome {
        while let (type, _) = takeMessage() {
            if type == wanted { return .done }
        }
        return .failed("the client closed before it sent a message of type \(Self.name(wanted))")
    }

    private mutating func receiveToEnd() -> Outcome {
        repeat { ahead.removeAll(keepingCapacity: true) } while receiveMore(within: nil) == .bytes
        return .done
    }

    private mutating func takeMessage() -> (type: UInt8, body: [UInt8])? {
        guard let header = take(5), let type = header.first else { return nil }
        let length = Self.number(header.dropFirst())
        guard length >= 4, let body = take(length - 4) else { return nil }
        return (type, body)
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func name(_ type: UInt8) -> String {
        type > 0x20 && type < 0x7F ? "'\(Character(UnicodeScalar(type)))'" : "\(type)"
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while ahead.count < count {
            guard receiveMore(within: nil) == .bytes else { return nil }
        }
        defer { ahead.removeFirst(count) }
        return Array(ahead.prefix(count))
    }

    private enum More {
        case bytes
        case end
        case timedOut
    }

    private mutating func receiveMore(within duration: Duration?) -> More {
        switch channel.receive(within: duration) {
        case .bytes(let bytes):
            ahead += bytes
            record(bytes)
            return .bytes
        case .end: return .end
        case .timedOut: return .timedOut
        }
    }

    // MARK: - Expecting

    private mutating func expect(_ bytes: [UInt8]) -> Outcome {
        // Compared as they come: a client that says something else may wait for an answer to it.
        var position = 0
        while position < bytes.count {
            guard let byte = take(1)?.first else {
                return .failed("the client closed after \(position) of the \(bytes.count) bytes that were expected")
            }
            guard byte == bytes[position] else {
                return .failed("byte \(position) of what was expected is \(byte), not \(bytes[position])")
            }
            position += 1
        }
        return .done
    }

    private mutating func expect(_ message: FrontendMessage) -> Outcome {
        var writer = WireWriter()
        message.encode(into: &writer)
        let expected = writer.bytes
        let isStartup =
            switch message {
            case .startup, .sslRequest, .gssENCRequest, .cancelRequest: true
            default: false
            }
        let headerLength = isStartup ? 4 : 5
        guard let header = take(headerLength) else { return .failed("the client closed instead of sending \(message)") }
        let length = Self.number(header.suffix(4))
        guard length >= 4, length <= 1 << 30, let body = take(length - 4) else {
            return .failed("the client sent no whole message, where \(message) was expected")
        }
        guard header + body == expected else {
            let type = isStartup ? "" : " of type \(header.first.map(Self.name) ?? "")"
            return .failed("another message\(type) of \(length) bytes came, not \(message)")
        }
        return .done
    }

    private mutating func expectClosed(within duration: Duration) -> Outcome {
        let end = ContinuousClock.now + duration
        var more = More.bytes
        while more == .bytes {
            more = receiveMore(within: max(.zero, end - ContinuousClock.now))
        }
        guard more == .end else { return .failed("the client did not close the connection within \(duration)") }
        let farewell: [UInt8] = [MessageType.terminate, 0, 0, 0, 4]
        guard ahead.isEmpty || ahead == farewell else {
            return .failed("the client sent \(ahead.count) bytes more before it closed the connection")
        }
        return .done
    }

    // MARK: - Sending

    private mutating func send(_ segments: [[UInt8]], _ pause: Duration) -> Outcome {
        for (index, segment) in segments.enumerated() {
            if index > 0, pause > .zero { _ = wait(pause) }
            guard channel.send(segment) else { return .failed("the client closed while the server was sending") }
        }
        return .done
    }

    private mutating func flood(_ bytes: [UInt8], _ times: Int) -> Outcome {
        guard !bytes.isEmpty else { return .done }
        // Many at once: it is the client that is to be busy, not this thread.
        let atOnce = max(1, 64 * 1024 / bytes.count)
        let chunk = Array(repeatElement(bytes, count: min(atOnce, max(0, times))).joined())
        var left = times
        while left > 0 {
            let isWhole = left >= atOnce
            guard channel.send(isWhole ? chunk : Array(chunk.prefix(left * bytes.count))) else { return .done }
            left -= isWhole ? atOnce : left
        }
        return .done
    }

    private func wait(_ duration: Duration) -> Outcome {
        ScriptedChannel.sleep(duration)
        return .done
    }

    private func close() -> Outcome {
        finish()
        return .ended
    }

    /// Says that nothing more comes, where TLS has words for it.
    func finish() { channel.finish() }

    private mutating func reset() -> Outcome {
        channel.prepareReset()
        return .ended
    }

    private mutating func startTLS(_ tls: ScriptedServer.TLS) -> Outcome {
        do throws(PostgresError) {
            // What came ahead is the handshake's beginning.
            try channel.startTLS(tls, ahead: ahead)
            ahead.removeAll()
            return .done
        } catch {
            return .failed(error.message)
        }
    }

    private mutating func sendTickets(_ count: Int) -> Outcome {
        for _ in 0..<max(0, count) where !channel.sendTicket() { break }
        return .done
    }

    // MARK: - SCRAM

    private mutating func authenticate(_ scram: ScriptedServer.SCRAM) -> Outcome {
        var exchange = ScriptedExchange(scram)
        func sent(_ message: BackendMessage) -> Outcome? {
            var writer = WireWriter()
            message.encode(into: &writer)
            return channel.send(writer.bytes) ? nil : .failed("the client closed during SCRAM")
        }
        if let failure = sent(exchange.offer) { return failure }
        guard scram.lastStage != .offer else { return .done }
        do throws(ScriptedExchange.Mistake) {
            guard let first = takeMessage(), first.type == MessageType.password else {
                return .failed("the client did not begin SCRAM")
            }
            if let failure = sent(try exchange.challenge(initialResponse: first.body)) { return failure }
            guard scram.lastStage != .challenge else { return .done }
            guard let final = takeMessage(), final.type == MessageType.password else {
                return .failed("the client did not answer the challenge of SCRAM")
            }
            if let failure = sent(try exchange.outcome(response: final.body)) { return failure }
            return .done
        } catch {
            return .failed(error.reason)
        }
    }
}
