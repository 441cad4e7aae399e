import UCG

/// Commands in Redis's wire protocol: an array of length-prefixed strings, so
/// that no content can end one and begin another.
extension [UInt8] {
    /// Appends a command of these arguments.
    mutating func appendCommand(_ arguments: String...) {
        appendArrayHeader(arguments.count)
        for argument in arguments {
            appendLength(argument.utf8.count)
            append(argument)
            appendLineEnd()
        }
    }

    /// Appends `SET key value`, of which `head` holds everything up to the key's id.
    mutating func appendSet(_ head: SetHead, _ id: EntityID, _ value: [UInt8]) {
        append(contentsOf: head.bytes)
        id.append(to: &self)
        append(contentsOf: SetHead.beforeLength)
        append(String(value.count))
        append(contentsOf: SetHead.lineEnd)
        append(contentsOf: value)
        append(contentsOf: SetHead.lineEnd)
    }

    private mutating func appendArrayHeader(_ count: Int) {
        append(UInt8(ascii: "*"))
        append(String(count))
        appendLineEnd()
    }

    private mutating func appendLength(_ length: Int) {
        append(UInt8(ascii: "$"))
        append(String(length))
        appendLineEnd()
    }

    private mutating func appendLineEnd() { append("\r\n") }
}

/// How every `SET` of an entity of one type begins, encoded once.
struct SetHead {
    let type: EntityType
    fileprivate let bytes: [UInt8]
    fileprivate static let lineEnd = Array("\r\n".utf8)
    fileprivate static let beforeLength = Array("\r\n$".utf8)

    init(keyPrefix: String, type: EntityType) {
        self.type = type
        let key = EntityKey(prefix: keyPrefix, type: type, id: .namespace).description
        let place = String(key.dropLast(EntityID.namespace.description.count))
        bytes = Array("*3\r\n$3\r\nSET\r\n$\(key.utf8.count)\r\n\(place)".utf8)
    }
}
