import CHiredis

/// Builds replies for hiredis, without an allocation for `+OK`.
///
/// hiredis calls the functions of a table while it parses. They put the reply at
/// hand into this object, which they find in the reader's private data, and
/// answer the same pointer for every reply, as it only has to be non-NULL.
@safe final class ReplyReader {
    /// The value that was read last on the top level; empty for an array.
    private var value = RedisReply.null
    /// The elements of the array that was read last.
    private var elements = ReplyList()

    /// The reply that is complete when the parser says so.
    var reply: RedisReply {
        if case .array = value { .array(elements) } else { value }
    }

    /// The table that the reader of a context gets.
    ///
    /// It outlives the context, which is freed before its owner lets go of this object.
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>

    init() {
        unsafe functions = .allocate(capacity: 1)
        unsafe functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, text, length in
                    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: length)
                    switch unsafe task?.pointee.type {
                    case REDIS_REPLY_STATUS:
                        return unsafe ReplyReader.take(task) {
                            unsafe bytes.elementsEqual("OK".utf8)
                                ? .ok : .status(unsafe String(decoding: bytes, as: UTF8.self))
                        }
                    case REDIS_REPLY_ERROR:
                        return unsafe ReplyReader.take(task) {
                            .error(unsafe String(decoding: bytes, as: UTF8.self))
                        }
                    default:
                        return unsafe ReplyReader.take(task, text: bytes)
                    }
                },
                createArray: { task, _ in unsafe ReplyReader.take(task) { .array([]) } },
                createInteger: { task, number in unsafe ReplyReader.take(task) { .integer(Int(number)) } },
                createNil: { task in unsafe ReplyReader.take(task) { .null } },
                freeObject: { _ in }))
    }

    deinit { unsafe functions.deallocate() }

    /// Makes the reader of `context` build its replies here.
    ///
    /// Both must live as long as they are used.
    func attach(to context: UnsafeMutablePointer<redisContext>) {
        unsafe context.pointee.reader.pointee.fn = functions
        unsafe context.pointee.reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    /// Keeps a reply, or an element of one.
    private static func take(
        _ task: UnsafePointer<redisReadTask>?, _ value: () -> RedisReply
    ) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task, let data = unsafe task.pointee.privdata else { return nil }
        // Sound: attach(to:) put this object there, and its connection keeps it alive.
        let reader = unsafe Unmanaged<ReplyReader>.fromOpaque(data).takeUnretainedValue()
        if let parent = unsafe task.pointee.parent {
            if unsafe parent.pointee.parent == nil { reader.elements.append(value()) }
        } else {
            reader.begin(value())
        }
        return unsafe data
    }

    /// Keeps a text, or an element that is one.
    private static func take(
        _ task: UnsafePointer<redisReadTask>?, text: UnsafeRawBufferPointer
    ) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task, let data = unsafe task.pointee.privdata else { return nil }
        // Sound: attach(to:) put this object there, and its connection keeps it alive.
        let reader = unsafe Unmanaged<ReplyReader>.fromOpaque(data).takeUnretainedValue()
        if let parent = unsafe task.pointee.parent {
            // Sound: the bytes are copied during the call.
            if unsafe parent.pointee.parent == nil {
                unsafe reader.elements.append(text: text.bindMemory(to: UInt8.self).span)
            }
        } else {
            reader.begin(.text(unsafe Array(text)))
        }
        return unsafe data
    }

    private func begin(_ value: RedisReply) {
        self.value = value
        if elements.isEmpty { return }
        // Whoever has got the last list may still hold it.
        var fresh = ReplyList()
        fresh.reserve(like: elements)
        elements = fresh
    }
}
