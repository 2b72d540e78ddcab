extension Array where Element: Sendable {
    /// What a function makes of each element, in order, with no more than so many at work at a time.
    func mapped<Result: Sendable>(
        atOnce width: Int = 4, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Result?] = map { _ in nil }
            var next = startIndex
            func add() {
                guard next < endIndex else { return }
                let (index, element) = (next, self[next])
                group.addTask { (index, try await transform(element)) }
                next += 1
            }
            for _ in 0..<width { add() }
            while let (index, result) = try await group.next() {
                results[index] = result
                add()
            }
            return results.compactMap { $0 }
        }
    }
}
