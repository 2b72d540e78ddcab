extension SASLprep {
    /// Normalization form KC, for the code points that the preparation lets through.
    ///
    /// Source: Unicode Standard Annex 15; the Unicode Standard, section 3.11 and, for Hangul, 3.12.
    struct Normalizer {
        static let shared = Normalizer()

        private let classes: RangeTable
        private let classFirsts: [UInt32]
        private let classValues: [UInt32]
        private let decomposed: [UInt32]
        private let decompositions: [[UInt32]]
        // First and second in one number: the table is in the order of these.
        private let pairs: [UInt64]
        private let composites: [UInt32]

        private init() {
            let classItems = TableReader.items(SASLprep.combiningClasses)
            classFirsts = classItems.compactMap(\.first)
            classValues = classItems.compactMap(\.last)
            classes = RangeTable(firsts: classFirsts, lasts: classItems.compactMap { $0.dropFirst().first })
            let items = TableReader.items(SASLprep.decompositions)
            decomposed = items.compactMap(\.first)
            decompositions = items.map { Array($0.dropFirst()) }
            let triples = TableReader.items(SASLprep.compositions).filter { $0.count == 3 }
            pairs = triples.map { Self.pair($0[0], $0[1]) }
            composites = triples.map { $0[2] }
        }

        private static func pair(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }

        /// Takes code points apart and puts marks into their canonical order.
        func decompose(_ scalars: [UInt32]) -> [UInt32] {
            var result: [UInt32] = []
            result.reserveCapacity(scalars.reduce(0) { $0 + decomposition(of: $1).count })
            for scalar in scalars { result.append(contentsOf: decomposition(of: scalar)) }
            var start = 0
            while start < result.count {
                guard combiningClass(of: result[start]) != 0 else {
                    start += 1
                    continue
                }
                let end = result[start...].firstIndex { combiningClass(of: $0) == 0 } ?? result.endIndex
                order(&result[start..<end])
                start = end
            }
            return result
        }

        /// Marks of the same class keep their order.
        private func order(_ marks: inout ArraySlice<UInt32>) {
            guard marks.count > 1 else { return }
            var keyed = marks.enumerated().map { (combiningClass(of: $1), UInt32(clamping: $0), $1) }
            keyed.sort { ($0.0, $0.1) < ($1.0, $1.1) }
            for (index, key) in zip(marks.indices, keyed) { marks[index] = key.2 }
        }

        /// Puts together what has a composed form.
        func compose(_ scalars: inout [UInt32]) {
            var count = 0
            var starter: Int?
            var lastClass: UInt32 = 0
            for scalar in scalars {
                let mark = combiningClass(of: scalar)
                // What stands between blocks unless its class is lower; a starter blocks everything behind it.
                if let starter, count == starter + 1 || (lastClass != 0 && lastClass < mark),
                    let composite = composition(scalars[starter], scalar)
                {
                    scalars[starter] = composite
                    continue
                }
                if mark == 0 { starter = count }
                lastClass = mark
                scalars[count] = scalar
                count += 1
            }
            scalars.removeLast(scalars.count - count)
        }

        // MARK: - Tables

        private func combiningClass(of scalar: UInt32) -> UInt32 {
            guard classes.contains(scalar), let index = classFirsts.lastIndexNotAbove(scalar) else { return 0 }
            return classValues[index]
        }

        private func decomposition(of scalar: UInt32) -> [UInt32] {
            if let syllable = Hangul.decomposition(of: scalar) { return syllable }
            guard let index = decomposed.lastIndexNotAbove(scalar), decomposed[index] == scalar else { return [scalar] }
            return decompositions[index]
        }

        private func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
            if let syllable = Hangul.composition(first, second) { return syllable }
            let wanted = Self.pair(first, second)
            var low = 0
            var high = pairs.count
            while low < high {
                let middle = low + (high - low) / 2
                if pairs[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            return low < pairs.count && pairs[low] == wanted ? composites[low] : nil
        }
    }

    /// Korean syllables, which are made of their letters by arithmetic.
    private enum Hangul {
        private static let firstSyllable: UInt32 = 0xAC00
        private static let firstLeading: UInt32 = 0x1100
        private static let firstVowel: UInt32 = 0x1161
        /// One before the first trailing consonant: a syllable may have none.
        private static let noTrailing: UInt32 = 0x11A7
        private static let leadingCount: UInt32 = 19
        private static let vowelCount: UInt32 = 21
        private static let trailingCount: UInt32 = 28
        private static let syllableCount = leadingCount * vowelCount * trailingCount

        static func decomposition(of scalar: UInt32) -> [UInt32]? {
            guard (firstSyllable..<firstSyllable + syllableCount).contains(scalar) else { return nil }
            let index = scalar - firstSyllable
            let letters = [
                firstLeading + index / (vowelCount * trailingCount),
                firstVowel + index % (vowelCount * trailingCount) / trailingCount,
            ]
            let trailing = index % trailingCount
            return trailing == 0 ? letters : letters + [noTrailing + trailing]
        }

        static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
            if (firstLeading..<firstLeading + leadingCount).contains(first),
                (firstVowel..<firstVowel + vowelCount).contains(second)
            {
                let row = (first - firstLeading) * vowelCount + (second - firstVowel)
                return firstSyllable + row * trailingCount
            }
            guard (firstSyllable..<firstSyllable + syllableCount).contains(first),
                (first - firstSyllable).isMultiple(of: trailingCount),
                (noTrailing + 1..<noTrailing + trailingCount).contains(second)
            else { return nil }
            return first + (second - noTrailing)
        }
    }
}
