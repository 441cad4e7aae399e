/// An array that grows without copying what it holds, so that a million elements
/// cost their own size and no more.
struct ChunkedArray<Element: Sendable>: Sendable {
    private var chunks: [[Element]] = []
    private static var shift: Int { 14 }
    private static var mask: Int { (1 << shift) - 1 }

    private(set) var count = 0

    /// Complexity: O(1), with no copy of other elements.
    mutating func append(_ element: Element) {
        let chunk = count >> Self.shift
        if chunk == chunks.count {
            chunks.append([])
            chunks[chunk].reserveCapacity(count == 0 ? 64 : 1 << Self.shift)
        }
        chunks[chunk].append(element)
        count += 1
    }

    subscript(index: Int) -> Element {
        get { chunks[index >> Self.shift][index & Self.mask] }
        set { chunks[index >> Self.shift][index & Self.mask] = newValue }
    }
}
