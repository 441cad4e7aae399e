import GraphSync
import RedisProtocol
import UCG

/// Tracks commands in flight, and matches each reply to the entities that it settles.
///
/// It does no input or output, so that what a reply leads to can be seen without a server.
struct MutationWindow {
    /// New entities that the server has confirmed.
    var created = 0
    /// Other entities that the server has confirmed.
    private(set) var updated = 0
    /// Entities that were there as they should be.
    var unchanged = 0
    /// Entities that the server has refused.
    private(set) var refused = 0
    /// The first of them.
    private(set) var refusals: [RedisEntityStore.Refusal] = []
    /// The first entities whose place is taken.
    var conflicts: [SyncRefusal.Case] = []
    /// Unchanged entities whose graph keys were brought up to date.
    private(set) var rewritten = 0
    /// Whether the server carried entities out, but failed at graph keys that belong to them.
    var lacksGraphKeys = false
    /// What is done with graph keys; `nil` if nothing is.
    var graph: GraphPolicy?
    /// What was created, updated and unchanged, by type.
    var tally = ChangeTally()
    /// Why nothing more is to be sent.
    var stop: RedisError?
    /// Why the server takes nothing at the moment.
    var delay: RedisError?

    /// Sent and unanswered over each connection, in the order of the replies to come.
    private(set) var lanes: [MutationQueue]
    /// The connection whose reply is being entered.
    private var lane = 0
    /// What was sent over that connection.
    var sent: MutationQueue {
        get { lanes[lane] }
        _modify { yield &lanes[lane] }
    }
    /// To be sent: new ones, and those that have to be sent again.
    private var waiting = MutationQueue()
    /// Settled ones, to be used again.
    private var free: [MutationBatch] = []
    let keyPrefix: String
    /// How entities are kept.
    private let layout: any EntityLayout.Type
    /// Whether the server takes `SET` but not `MSET` from this user.
    var sendsSingly: Bool

    /// Unanswered entities among those that were sent.
    private(set) var sentCount = 0
    /// Bytes of the batches that were sent and are not settled.
    private(set) var sentBytes = 0
    /// Entities that are written though their keys hold what they should, because the keys would expire.
    var expiring: Set<EntityID> = []
    /// Bytes of the batches that wait to be sent.
    private(set) var waitingBytes = 0

    /// An empty window.
    ///
    /// - Parameter laneCount: The most connections.
    init(keyPrefix: String, layout: any EntityLayout.Type, sendsSingly: Bool, laneCount: Int = 1) {
        self.keyPrefix = keyPrefix
        self.layout = layout
        self.sendsSingly = sendsSingly
        lanes = (0..<laneCount).map { _ in MutationQueue() }
    }

    /// Whether nothing is on its way or waits for it.
    var isEmpty: Bool { !isAwaited && waiting.isEmpty }
    /// Whether a batch waits to be sent.
    var isWaiting: Bool { !waiting.isEmpty }
    /// Whether something was sent that is unanswered.
    var isAwaited: Bool { lanes.contains { !$0.isEmpty } }
    /// Whether something was sent over a connection that is unanswered.
    func isAwaited(_ lane: Int) -> Bool { !lanes[lane].isEmpty }
    /// Whether the next batch to be sent is so large that a server may refuse it.
    var isNextLarge: Bool { !waiting.isEmpty && waiting.first.byteCount >= WriteLimits.largeValue }
    /// What the next batch to be sent is for; `nil` if there is none.
    var nextKind: MutationBatch.Kind? { waiting.isEmpty ? nil : waiting.first.kind }

    /// The number of entities that are settled, one way or the other.
    var settled: Int { created + updated + unchanged + refused }

    /// Entities that the server may have written without saying so.
    var unknown: Int {
        (lanes + [waiting]).map(\.all).joined()
            .reduce(0) {
                $0 + ($1.wasSent && $1.kind != .compare && $1.kind != .graphKeys ? $1.open.count : 0)
            }
    }

    /// The first entity that was sent and is unanswered, and its size.
    ///
    /// Of several connections, that of the largest batch: it is the likeliest reason for a break.
    var firstOpen: (origin: EntityOrigin, byteCount: Int)? {
        lanes.filter { !$0.isEmpty && !$0.first.open.isEmpty }.map(\.first)
            .max { $0.byteCount < $1.byteCount }.map { ($0.firstOpen.origin, $0.byteCount) }
    }

    /// The name of the first command that was sent and is unanswered.
    var awaitedCommand: String? { lanes.first { !$0.isEmpty }?.first.commandName }

    /// An empty batch.
    mutating func freshBatch() -> MutationBatch { free.popLast() ?? MutationBatch(layout: layout) }

    /// Adds a batch that is to be sent.
    mutating func submit(_ batch: consuming MutationBatch) {
        batch.isSplit = batch.isSplit || sendsSingly
        wait(batch)
    }

    mutating func wait(_ batch: consuming MutationBatch) {
        waitingBytes += batch.byteCount
        waiting.append(batch)
    }

    /// Takes the next batch to send over a connection; its replies come after those of all before.
    mutating func takeForSending(over lane: Int = 0) -> MutationBatch? {
        guard stop == nil, delay == nil, var batch = waiting.popFirst() else { return nil }
        waitingBytes -= batch.byteCount
        batch.wasSent = true
        sentCount += batch.open.count
        sentBytes += batch.byteCount
        lanes[lane].append(batch)
        return batch
    }

    /// The connections are gone: whatever is unanswered has to be sent again, in its order.
    mutating func loseConnections() {
        for lane in lanes.indices { retract(lane) }
    }

    /// What was sent over a connection had no effect: it has to be sent again, in its order.
    mutating func retract(_ lane: Int) {
        for batch in lanes[lane].all {
            sentCount -= batch.open.count
            sentBytes -= batch.byteCount
            waitingBytes += batch.byteCount
        }
        while let batch = waiting.popFirst() { lanes[lane].append(batch) }
        swap(&lanes[lane], &waiting)
    }

    /// The first command that is unanswered on a connection had no effect: it has to be sent again as it is.
    mutating func putBack(_ lane: Int) {
        guard !lanes[lane].isEmpty else { return }
        self.lane = lane
        postpone(isSingle: sent.first.isAnsweredSingly) { _ in }
    }

    /// Nothing of what was confirmed counts any more.
    mutating func startOver() {
        let (expiring, graph) = (expiring, graph)
        self = MutationWindow(
            keyPrefix: keyPrefix, layout: layout, sendsSingly: sendsSingly, laneCount: lanes.count)
        (self.expiring, self.graph) = (expiring, graph)
    }

    /// Counts an entity that is not even sent.
    mutating func refuse(_ type: EntityType, id: EntityID, origin: EntityOrigin, reason: String) {
        refused += 1
        if refusals.count < RedisEntityStore.keptRefusals {
            let key = EntityKey(prefix: keyPrefix, type: type, id: id)
            refusals.append(RedisEntityStore.Refusal(key: key, origin: origin, reason: reason))
        }
    }

    /// Takes a reply, which is to the first command that is unanswered on a connection.
    mutating func receive(_ reply: RedisReply, from lane: Int = 0) throws(RedisError) {
        self.lane = lane
        guard !sent.isEmpty else { throw RedisError.outOfStep }
        guard let outcome = sent.first.outcome(of: reply) else {
            throw RedisError.unexpectedReply(to: sent.first.commandName)
        }
        let isSingle = sent.first.isAnsweredSingly
        let count = isSingle ? 1 : sent.first.open.count
        switch outcome {
        case .written where sent.first.kind == .graphKeys:
            rewritten += count
            unchanged += count
            tally.count(sent.first.mutations[sent.first.open], as: \.unchanged)
            settle(count)
        case .written:
            let isNew = sent.first.kind == .create
            if isNew { created += count } else { updated += count }
            tally.count(
                sent.first.mutations[sent.first.open.prefix(count)], as: isNew ? \.created : \.updated)
            settle(count)
        case .taken:
            // At least one of the keys exists; which, and whether with the same entity, is to be seen.
            postpone(isSingle: isSingle) { batch in
                batch.kind = .compare
                batch.refusals += 1
            }
        case .read(let stored): compare(stored)
        case .failed(let error): fail(error, count: count, isSingle: isSingle)
        }
    }

    /// Takes the first batch off those that were sent.
    mutating func takeBack() -> MutationBatch? {
        guard var batch = sent.popFirst() else { return nil }
        sentCount -= batch.open.count
        sentBytes -= batch.byteCount
        batch.wasSent = false
        return batch
    }

    /// Settles the next `count` mutations of the first batch.
    mutating func settle(_ count: Int) {
        sent.first.answered += count
        sentCount -= count
        guard sent.first.open.isEmpty, var batch = sent.popFirst() else { return }
        sentBytes -= batch.byteCount
        batch.removeAll()
        free.append(batch)
    }

    /// Withdraws what the first command did not write, to be sent again after a change.
    mutating func postpone(isSingle: Bool, _ change: (inout MutationBatch) -> Void) {
        if isSingle, sent.first.open.count > 1 {
            // The others have replies of their own to come.
            var copy = freshBatch()
            copy.append(sent.first.answered, of: sent.first)
            copy.kind = sent.first.kind
            copy.refusals = sent.first.refusals
            copy.isSplit = true
            change(&copy)
            wait(copy)
            settle(1)
        } else if var batch = takeBack() {
            if isSingle { batch = batch.rest(in: freshBatch()) }
            change(&batch)
            wait(batch)
        }
    }
}
