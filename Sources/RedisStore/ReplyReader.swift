import CHiredis

/// Builds replies for hiredis, without an allocation for `+OK`.
///
/// hiredis calls the functions of a table while it parses. They put the reply at
/// hand into this object, which they find in the reader's private data, and
/// answer the same pointer for every reply, as it only has to be non-NULL.
@safe final class ReplyReader {
    /// The reply that is complete when the parser says so.
    private(set) var reply = RedisReply.other

    /// The table that the reader of a context gets.
    ///
    /// It outlives the context, which is freed before its owner lets go of this object.
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>

    init() {
        unsafe functions = .allocate(capacity: 1)
        unsafe functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, text, length in
                    unsafe ReplyReader.take(task) {
                        let bytes = unsafe UnsafeRawBufferPointer(start: text, count: length)
                        switch unsafe task?.pointee.type {
                        case REDIS_REPLY_STATUS:
                            return unsafe bytes.elementsEqual("OK".utf8)
                                ? .ok : .status(unsafe String(decoding: bytes, as: UTF8.self))
                        case REDIS_REPLY_ERROR:
                            return .error(unsafe String(decoding: bytes, as: UTF8.self))
                        default:
                            return .text(unsafe Array(bytes))
                        }
                    }
                },
                createArray: { task, _ in unsafe ReplyReader.take(task) { .other } },
                createInteger: { task, _ in unsafe ReplyReader.take(task) { .other } },
                createNil: { task in unsafe ReplyReader.take(task) { .other } },
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

    /// Keeps a reply, unless it is an element of another.
    private static func take(
        _ task: UnsafePointer<redisReadTask>?, _ reply: () -> RedisReply
    ) -> UnsafeMutableRawPointer? {
        guard let task = unsafe task, let data = unsafe task.pointee.privdata else { return nil }
        if unsafe task.pointee.parent == nil {
            // Sound: attach(to:) put this object there, and its connection keeps it alive.
            unsafe Unmanaged<ReplyReader>.fromOpaque(data).takeUnretainedValue().reply = reply()
        }
        return unsafe data
    }
}
