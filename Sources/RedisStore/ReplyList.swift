import UCG

/// The elements of an array reply; their texts lie behind each other, so that none of them is an allocation.
struct ReplyList: RandomAccessCollection, Hashable, Sendable, ExpressibleByArrayLiteral {
    private enum Item: Hashable, Sendable {
        /// A text, by where it ends.
        case text(end: Int)
        /// Anything else, and where the texts before it end.
        case other(RedisReply, end: Int)
    }

    private var elements: [Item] = []
    private var texts: [UInt8] = []

    init() {}

    init(arrayLiteral replies: RedisReply...) { self.init(replies) }

    init(_ replies: [RedisReply]) {
        for reply in replies {
            if case .text(let bytes) = reply { append(text: bytes.span) } else { append(reply) }
        }
    }

    var startIndex: Int { 0 }
    var endIndex: Int { elements.count }

    subscript(index: Int) -> RedisReply {
        switch elements[index] {
        case .text: .text(Array(texts[textRange(of: index)]))
        case .other(let reply, _): reply
        }
    }

    /// Lends a text; `nil` if the element is none.
    func withText<Result>(at index: Int, _ body: (Span<UInt8>) -> Result) -> Result? {
        guard case .text = elements[index] else { return nil }
        return body(texts.span.extracting(textRange(of: index)))
    }

    /// Whether an element is null.
    func isNull(at index: Int) -> Bool {
        if case .other(.null, _) = elements[index] { true } else { false }
    }

    /// Gets ready for a list of about the size of `other`.
    mutating func reserve(like other: ReplyList) {
        elements.reserveCapacity(other.elements.count)
        texts.reserveCapacity(other.texts.count + other.texts.count / 8)
    }

    mutating func append(_ reply: RedisReply) { elements.append(.other(reply, end: texts.count)) }

    mutating func append(text: Span<UInt8>) {
        texts.append(text)
        elements.append(.text(end: texts.count))
    }

    private func textRange(of index: Int) -> Range<Int> { end(of: index - 1)..<end(of: index) }

    private func end(of index: Int) -> Int {
        if index < 0 { return 0 }
        switch elements[index] {
        case .text(let end), .other(_, let end): return end
        }
    }
}
