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
        guard let batch = sent.first, batch.openCount > 0 else { return nil }
        return (batch.firstOpen.origin, batch.byteCount)
    }

    /// An empty batch.
    mutating func freshBatch() -> WriteBatch {
        let batch = free.popLast() ?? WriteBatch()
        batch.removeAll()
        return batch
    }

    /// Adds a batch that is to be sent.
    mutating func submit(_ batch: WriteBatch) {
        batch.isSplit = sendsSingly
        waiting.append(batch)
    }

    /// Takes the next batch to send; its replies come behind those of all before.
    mutating func takeForSending() -> WriteBatch? {
        guard stop == nil, delay == nil, let batch = waiting.popFirst() else { return nil }
        batch.wasSent = true
        sent.append(batch)
        sentCount += batch.openCount
        sentBytes += batch.byteCount
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
        guard let batch = sent.first else { throw RedisConnection.outOfStep() }
        let isSingle = batch.isSplit || batch.entries.count == 1
        switch reply {
        case .ok:
            let count = isSingle ? 1 : batch.openCount
            written += count
            settle(batch, count)
        case .error(let text):
            enter(ServerError(text), batch, isSingle)
        default:
            throw RedisError(.protocolViolation, "an unexpected reply to \(isSingle ? "SET" : "MSET")")
        }
    }

    private mutating func enter(_ error: ServerError, _ batch: WriteBatch, _ isSingle: Bool) {
        switch error.effect {
        case .delay:
            delay = delay ?? RedisError(error.code, error.words, advice: error.advice)
            postpone(batch, isSingle: isSingle)
        case .refusal, .missingRight:
            guard isSingle else {
                // One of them is at fault, or the command itself: each for itself will tell.
                if case .missingRight = error.effect { sendsSingly = true }
                postpone(batch, isSingle: false)
                batch.isSplit = true
                return
            }
            refuse(batch, 1, error)
            if case .missingRight = error.effect { halt(error, batch) }
            settle(batch, 1)
        case .stop:
            let count = isSingle ? 1 : batch.openCount
            refuse(batch, count, error)
            halt(error, batch)
            settle(batch, count)
        }
    }

    private mutating func halt(_ error: ServerError, _ batch: WriteBatch) {
        stop =
            stop
            ?? RedisError(error.code, error.words, advice: error.advice, origin: batch.firstOpen.origin)
    }

    private mutating func refuse(_ batch: WriteBatch, _ count: Int, _ error: ServerError) {
        for entry in batch.entries[batch.answered..<batch.answered + count] {
            refuse(entry.type, entry.id, entry.origin, error.words)
        }
    }

    /// So many entities of the first batch are answered for.
    private mutating func settle(_ batch: WriteBatch, _ count: Int) {
        batch.answered += count
        sentCount -= count
        guard batch.openCount == 0 else { return }
        _ = sent.popFirst()
        sentBytes -= batch.byteCount
        free.append(batch)
    }

    /// Takes back what the first command did not write, to be sent once more.
    private mutating func postpone(_ batch: WriteBatch, isSingle: Bool) {
        if isSingle, batch.openCount > 1 {
            // The others have replies of their own to come.
            let copy = freshBatch()
            copy.append(batch.answered, of: batch)
            waiting.append(copy)
            settle(batch, 1)
        } else {
            sentCount -= batch.openCount
            _ = sent.popFirst()
            sentBytes -= batch.byteCount
            batch.wasSent = false
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
    var first: WriteBatch? { isEmpty ? nil : batches[head] }
    /// All of them, in their order.
    var all: ArraySlice<WriteBatch> { batches[head...] }

    mutating func append(_ batch: WriteBatch) { batches.append(batch) }

    mutating func popFirst() -> WriteBatch? {
        guard let first else { return nil }
        head += 1
        if 2 * head >= batches.count {
            batches.removeFirst(head)
            head = 0
        }
        return first
    }
}
