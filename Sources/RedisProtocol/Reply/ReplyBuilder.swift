import CHiredis

/// Builds replies for hiredis, without an allocation for `+OK`.
///
/// hiredis calls the functions of a table while it parses. They store the reply in this object, which they find in the
/// reader's private data, and answer the same pointer for every reply, as it only has to be non-NULL.
@safe final class ReplyBuilder {
    /// The last value of the top level; empty for an array.
    private var value = RedisReply.null
    /// The elements of the last array.
    private var elements = ReplyList()

    /// The reply that is complete when the parser says so.
    var reply: RedisReply {
        if case .array = value { .array(elements) } else { value }
    }

    /// The table of functions; it outlives the reader, which ``ReplyDecoder`` frees first.
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>

    init() {
        unsafe functions = .allocate(capacity: 1)
        unsafe functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, text, length in
                    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: length)
                    switch unsafe task?.pointee.type {
                    case REDIS_REPLY_STATUS:
                        return unsafe ReplyBuilder.take(task) {
                            unsafe bytes.elementsEqual("OK".utf8)
                                ? .ok : .simpleString(unsafe String(decoding: bytes, as: UTF8.self))
                        }
                    case REDIS_REPLY_ERROR:
                        return unsafe ReplyBuilder.take(task) {
                            .error(unsafe String(decoding: bytes, as: UTF8.self))
                        }
                    default:
                        return unsafe ReplyBuilder.take(task, string: bytes)
                    }
                },
                createArray: { task, _ in unsafe ReplyBuilder.take(task) { .array([]) } },
                createInteger: { task, number in unsafe ReplyBuilder.take(task) { .integer(Int(number)) } },
                createNil: { task in unsafe ReplyBuilder.take(task) { .null } },
                freeObject: { _ in }))
    }

    deinit { unsafe functions.deallocate() }

    /// A new reader that builds its replies here; it is the caller's to free, before this object goes.
    ///
    /// - Returns: `nil` if there is no memory.
    func makeReader() -> UnsafeMutablePointer<redisReader>? {
        guard let reader = unsafe redisReaderCreateWithFunctions(functions) else { return nil }
        unsafe reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
        return unsafe reader
    }

    /// Keeps a reply, or an element of one.
    private static func take(
        _ task: UnsafePointer<redisReadTask>?, _ value: () -> RedisReply
    ) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task, let data = unsafe task.pointee.privdata else { return nil }
        // Sound: makeReader() put this object there, and the decoder keeps it alive.
        let reader = unsafe Unmanaged<ReplyBuilder>.fromOpaque(data).takeUnretainedValue()
        if let parent = unsafe task.pointee.parent {
            if unsafe parent.pointee.parent == nil { reader.elements.append(value()) }
        } else {
            reader.begin(value())
        }
        return unsafe data
    }

    /// Keeps a string, or an element that is one.
    private static func take(
        _ task: UnsafePointer<redisReadTask>?, string: UnsafeRawBufferPointer
    ) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task, let data = unsafe task.pointee.privdata else { return nil }
        // Sound: makeReader() put this object there, and the decoder keeps it alive.
        let reader = unsafe Unmanaged<ReplyBuilder>.fromOpaque(data).takeUnretainedValue()
        if let parent = unsafe task.pointee.parent {
            // Sound: the bytes are copied during the call.
            if unsafe parent.pointee.parent == nil {
                unsafe reader.elements.append(string: string.bindMemory(to: UInt8.self).span)
            }
        } else {
            reader.begin(.bulkString(unsafe Array(string)))
        }
        return unsafe data
    }

    private func begin(_ value: RedisReply) {
        self.value = value
        if elements.isEmpty { return }
        // The last list may still be in use.
        var fresh = ReplyList()
        fresh.reserve(like: elements)
        elements = fresh
    }
}
