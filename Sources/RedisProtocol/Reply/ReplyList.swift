import SystemSupport

/// The elements of an array reply; their strings lie one after the other, so that none of them is an allocation.
///
///     if case .array(let values) = reply {
///         let lengths = values.indices.map { values.withString(at: $0) { $0.count } }
///     }
package struct ReplyList: RandomAccessCollection, Hashable, Sendable, ExpressibleByArrayLiteral {
    @usableFromInline enum Item: Hashable, Sendable {
        /// A string, by where it ends.
        case string(end: Int)
        /// Anything else, and where the strings before it end.
        case other(RedisReply, end: Int)
    }

    @usableFromInline var elements: [Item] = []
    @usableFromInline var strings: [UInt8] = []

    package init() {}

    package init(arrayLiteral replies: RedisReply...) { self.init(replies) }

    package init(_ replies: [RedisReply]) {
        for reply in replies {
            if case .bulkString(let bytes) = reply { append(string: bytes.span) } else { append(reply) }
        }
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { elements.count }

    package subscript(index: Int) -> RedisReply {
        switch elements[index] {
        case .string: .bulkString(Array(strings[stringRange(of: index)]))
        case .other(let reply, _): reply
        }
    }

    /// Passes a string to `body`; returns `nil` if the element is not a string.
    @inlinable package func withString<Result>(at index: Int, _ body: (Span<UInt8>) -> Result) -> Result? {
        guard case .string = elements[index] else { return nil }
        return body(strings.span.extracting(stringRange(of: index)))
    }

    /// Whether an element is null.
    @inlinable package func isNull(at index: Int) -> Bool {
        if case .other(.null, _) = elements[index] { true } else { false }
    }

    /// Gets ready for a list of about the size of `other`.
    package mutating func reserve(like other: ReplyList) {
        elements.reserveCapacity(other.elements.count)
        strings.reserveCapacity(other.strings.count + other.strings.count / 8)
    }

    package mutating func append(_ reply: RedisReply) { elements.append(.other(reply, end: strings.count)) }

    package mutating func append(string: Span<UInt8>) {
        strings.append(string)
        elements.append(.string(end: strings.count))
    }

    @inlinable func stringRange(of index: Int) -> Range<Int> { end(of: index - 1)..<end(of: index) }

    @inlinable func end(of index: Int) -> Int {
        if index < 0 { return 0 }
        switch elements[index] {
        case .string(let end), .other(_, let end): return end
        }
    }
}
