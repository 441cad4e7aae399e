import UCG

/// What is on its way to the server, and what became of what was: replies are matched to entities here.
///
/// It does no input or output, so that what a reply leads to can be seen without a server.
struct WriteWindow {
    /// Entities that the server has confirmed.
    private(set) var written = 0
    /// Entities that the server has refused.
    private(set) var refused = 0
    /// The first of them.
    private(set) var refusals: [RedisEntityStore.Refusal] = []
    /// Why nothing more is to be sent.
    private(set) var stop: RedisError?
    /// Why the server takes nothing at the moment.
    private(set) var delay: RedisError?

    /// Sent and unanswered, in the order of the replies to come.
    private var sent = BatchQueue()
    /// To be sent: new ones, and those that have to be sent again.
    private var waiting = BatchQueue()
    /// Settled ones, to be used again.
    private var free: [WriteBatch] = []
    private let keyPrefix: String
    /// Whether the server takes `SET` but not `MSET` from this user.
    private var sendsSingly: Bool

    /// Unanswered entities among those that were sent.
    private(set) var sentCount = 0
    /// Bytes of the batches that were sent and are not settled.
    private(set) var sentBytes = 0

    init(keyPrefix: String, sendsSingly: Bool) {
        self.keyPrefix = keyPrefix
        self.sendsSingly = sendsSingly
    }

    /// Whether nothing is on its way or waits for it.
    var isEmpty: Bool { sent.isEmpty && waiting.isEmpty }
    /// Whether a batch waits to be sent.
    var isWaiting: Bool { !waiting.isEmpty }
    /// Whether something was sent that is unanswered.
    var isAwaited: Bool { !sent.isEmpty }

    /// Entities that the server may have written without saying so.
    var unknown: Int {
        sentCount + waiting.all.reduce(0) { $0 + ($1.wasSent ? $1.openCount : 0) }
    }

    /// The first entity that was sent and is unanswered, and its size.
    var firstOpen: (origin: EntityOrigin, byteCount: Int)? {
        guard !sent.isEmpty, sent.first.openCount > 0 else { return nil }
        return (sent.first.firstOpen.origin, sent.first.byteCount)
    }

    /// An empty batch.
    mutating func freshBatch() -> WriteBatch { free.popLast() ?? WriteBatch() }

    /// Adds a batch that is to be sent.
    mutating func submit(_ batch: consuming WriteBatch) {
        batch.isSplit = sendsSingly
        waiting.append(batch)
    }

    /// Takes the next batch to send; its replies come behind those of all before.
    mutating func takeForSending() -> WriteBatch? {
        guard stop == nil, delay == nil, var batch = waiting.popFirst() else { return nil }
        batch.wasSent = true
        sentCount += batch.openCount
        sentBytes += batch.byteCount
        sent.append(batch)
        return batch
    }

    /// The connection is gone: whatever is unanswered has to be sent again, in its order.
    mutating func loseConnection() {
        while let batch = waiting.popFirst() { sent.append(batch) }
        swap(&sent, &waiting)
        sentCount = 0
        sentBytes = 0
    }

    /// The delay is over.
    mutating func endDelay() { delay = nil }

    /// Nothing of what was confirmed counts any more.
    mutating func startOver() {
        self = WriteWindow(keyPrefix: keyPrefix, sendsSingly: sendsSingly)
    }

    /// Counts an entity that is not even sent.
    mutating func refuse(_ type: EntityType, _ id: EntityID, _ origin: EntityOrigin, _ reason: String) {
        refused += 1
        if refusals.count < RedisEntityStore.keptRefusals {
            let key = EntityKey(prefix: keyPrefix, type: type, id: id)
            refusals.append(RedisEntityStore.Refusal(key: key, origin: origin, reason: reason))
        }
    }

    /// Enters a reply, which is to the first command that is unanswered.
    mutating func enter(_ reply: RedisReply) throws(RedisError) {
        guard !sent.isEmpty else { throw RedisConnection.outOfStep() }
        let isSingle = sent.first.isSplit || sent.first.entries.count == 1
        let count = isSingle ? 1 : sent.first.openCount
        switch reply {
        case .ok:
            written += count
            settle(count)
        case .error(let text):
            enter(ServerError(text), count, isSingle)
        default:
            throw RedisError(.protocolViolation, "an unexpected reply to \(isSingle ? "SET" : "MSET")")
        }
    }

    private mutating func enter(_ error: ServerError, _ count: Int, _ isSingle: Bool) {
        switch error.effect {
        case .delay:
            delay = delay ?? error.asFailure
            postpone(isSingle: isSingle, split: false)
        case .refusal, .missingRight:
            let isRight = if case .missingRight = error.effect { true } else { false }
            if isSingle {
                refuse(count, error)
                if isRight { halt(error) }
                settle(count)
            } else {
                // One of them is at fault, or the command itself: each for itself will tell.
                if isRight { sendsSingly = true }
                postpone(isSingle: false, split: true)
            }
        case .stop:
            refuse(count, error)
            halt(error)
            settle(count)
        }
    }

    private mutating func halt(_ error: ServerError) {
        let origin = sent.first.firstOpen.origin
        stop = stop ?? RedisError(error.code, error.words, advice: error.advice, origin: origin)
    }

    private mutating func refuse(_ count: Int, _ error: ServerError) {
        let batch = sent.first
        for entry in batch.entries[batch.answered..<batch.answered + count] {
            refuse(entry.type, entry.id, entry.origin, error.words)
        }
    }

    /// So many entities of the first batch are answered for.
    private mutating func settle(_ count: Int) {
        sent.first.answered += count
        sentCount -= count
        guard sent.first.openCount == 0, var batch = sent.popFirst() else { return }
        sentBytes -= batch.byteCount
        batch.removeAll()
        free.append(batch)
    }

    /// Takes back what the first command did not write, to be sent once more.
    private mutating func postpone(isSingle: Bool, split: Bool) {
        if isSingle, sent.first.openCount > 1 {
            // The others have replies of their own to come.
            var copy = freshBatch()
            copy.append(sent.first.answered, of: sent.first)
            waiting.append(copy)
            settle(1)
        } else if var batch = sent.popFirst() {
            sentCount -= batch.openCount
            sentBytes -= batch.byteCount
            batch.wasSent = false
            if split { batch.isSplit = true }
            waiting.append(batch)
        }
    }
}

/// First in, first out.
///
/// Complexity: O(1) on average.
private struct BatchQueue {
    private var batches: [WriteBatch] = []
    private var head = 0

    var isEmpty: Bool { head == batches.count }
    /// The first; there must be one.
    var first: WriteBatch {
        get { batches[head] }
        _modify { yield &batches[head] }
    }
    /// All of them, in their order.
    var all: ArraySlice<WriteBatch> { batches[head...] }

    mutating func append(_ batch: WriteBatch) { batches.append(batch) }

    mutating func popFirst() -> WriteBatch? {
        guard !isEmpty else { return nil }
        // An empty one in its place, so that nobody else holds its memory.
        var first = WriteBatch()
        swap(&first, &batches[head])
        head += 1
        if 2 * head >= batches.count {
            batches.removeFirst(head)
            head = 0
        }
        return first
    }
}
