import GraphSync
import RedisProtocol
import UCG

/// Batches on their way to a node, over one or two of its connections.
///
/// Up to two batches and a bounded number of entities are unanswered at a time. What a broken connection left
/// unanswered is sent again on the next one: every command can be repeated.
struct WritePipeline {
    /// The commands in flight, and the results of those that are answered.
    private(set) var window: MutationWindow
    /// The server.
    let node: Node
    private let names: GraphKeyNames
    /// What each of the connections is being asked.
    private var lanes: [BatchLane]
    /// The number of bytes in each connection's current transaction.
    private var turnBytes = [0, 0]
    /// Bytes that were submitted since the connections were looked at.
    private var burst = 0
    private var goal = Goal.room

    /// What is waited for.
    private enum Goal {
        /// There is room for more batches.
        case room
        /// Every batch is settled.
        case empty
        /// What was sent is answered; nothing new is sent.
        case answers
    }

    /// Entities and bytes that may be unanswered on a connection: enough to keep a server busy over a network, too
    /// little for it to cut off a client that does not read.
    private static let (windowCount, windowBytes) = (4096, 256 << 10)
    /// Bytes that are submitted before the connections are looked at again.
    private static let burstBytes = 64 << 10

    /// A pipeline to `node`.
    ///
    /// - Parameter lock: What batches depend on; without one they are sent as they are.
    init(_ node: Node, keyPrefix: String, layout: any EntityLayout.Type, lock: ImportLock?) {
        self.node = node
        names = GraphKeyNames(prefix: keyPrefix)
        window = MutationWindow(
            keyPrefix: keyPrefix, layout: layout, sendsSingly: node.options.batchSize == 1,
            laneCount: lock == nil ? 1 : 2)
        let fence = lock.map { BatchLane.Fence(key: $0.key, value: $0.value) }
        lanes = [BatchLane(0, fence: fence), BatchLane(1, fence: fence)]
    }

    /// Entities that are written though their keys hold what they should, because the keys would expire.
    var expiring: Set<EntityID> {
        get { window.expiring }
        set { window.expiring = newValue }
    }

    /// What is done with graph keys; `nil` if nothing is.
    var graph: GraphPolicy? {
        get { window.graph }
        set { window.graph = newValue }
    }

    /// An empty batch.
    mutating func freshBatch() -> MutationBatch { window.freshBatch() }

    /// Counts an entity that is not even sent.
    mutating func refuse(_ entity: borrowing Entity, _ reason: String) {
        window.refuse(entity.type, id: entity.id, origin: entity.origin, reason: reason)
    }

    /// Sends a batch, and waits while the window is full.
    mutating func submit(_ batch: consuming MutationBatch) throws(RedisError) {
        burst += batch.byteCount
        window.submit(batch)
        if burst >= Self.burstBytes {
            burst = 0
            try settle(until: .room)
        }
    }

    /// Sends everything, waits for all replies, and makes sure that nothing was lost meanwhile.
    ///
    /// - Parameter record: What the last round trip has to find at the server.
    mutating func finish(_ record: RedisSession.Record? = nil) throws(RedisError) {
        try flush()
        try persist { (pipeline) throws(RedisError) in try pipeline.node.confirm(record) }
    }

    /// Sends everything and waits until it is settled.
    mutating func flush() throws(RedisError) {
        try settle(until: .empty)
        guard lanes.contains(where: \.isArmed) else { return }
        // What comes next on this connection must not fail because the lock is renewed.
        try persist { (pipeline) throws(RedisError) in
            if pipeline.lanes[0].isArmed { _ = try pipeline.node.call([RedisCommand("UNWATCH")]) }
            pipeline.lanes[0].reset()
        }
        node.close(1)
        lanes[1].reset()
    }

    /// Closes the connections; what is unanswered has to be sent again.
    mutating func closeConnections() {
        node.close()
        for lane in lanes.indices { lanes[lane].reset() }
        window.loseConnections()
    }

    /// Forgets what was confirmed, for a server that has.
    mutating func startOver() {
        window.startOver()
        node.startOver()
    }

    /// Waits a little for the replies of what was sent; sends nothing new.
    ///
    /// If the connection breaks meanwhile, what is unanswered stays unknown.
    mutating func windDown() {
        for (lane, connection) in node.connections.enumerated() where lanes[lane].isOpen {
            // What is queued at the server takes effect only with EXEC.
            connection?.queue(lanes[lane].end()[...])
        }
        goal = .answers
        let clock = node.options.clock
        let deadline = clock.now() + node.options.graceTimeout
        while !isDone, deadline > clock.now() {
            do throws(RedisError) {
                try node.finishing.run(&self, within: deadline - clock.now())
            } catch {
                guard error.isConnectionFailure else { return }
            }
        }
    }

    // MARK: - Failures

    /// Sends and receives until the goal is reached.
    private mutating func settle(until goal: Goal) throws(RedisError) {
        try persist { (pipeline) throws(RedisError) in
            pipeline.goal = goal
            try pipeline.node.exchange.run(&pipeline)
            if let stop = pipeline.window.stop { throw stop }
        }
    }

    /// Runs `body` until it succeeds, on new connections if they broke.
    private mutating func persist(
        _ body: (inout WritePipeline) throws(RedisError) -> Void
    ) throws(RedisError) {
        let node = node
        try node.persist { () throws(RedisError) in
            window.endDelay()
            do throws(RedisError) { try body(&self) } catch { throw wrapUp(error) }
        }
    }

    /// Ends what a failure ends: a final one lets the server answer what was sent, a broken connection is closed.
    private mutating func wrapUp(_ failure: RedisError) -> RedisError {
        if let stop = window.stop {
            windDown()
            return stop
        }
        if failure.code == .interrupted { windDown() }
        guard failure.isConnectionFailure else { return failure }
        var failure = failure
        if failure.code == .connectionLost, let open = window.firstOpen,
            open.byteCount >= WriteLimits.remarkableEntity
        {
            failure.message += " while sending \(open.byteCount >> 20) MiB"
            failure.origin = CommandOrigin(open.origin)
        }
        closeConnections()
        return failure
    }
}

// MARK: - The exchange

extension WritePipeline: ExchangeClient {
    /// The lanes whose connections are open.
    private var openLanes: [Int] { node.connections.indices.filter { node.connections[$0] != nil } }

    var connections: [RedisConnection] { node.connections.compactMap { $0 } }

    var isAwaiting: Bool { lanes.contains(where: \.isAwaited) }

    var isDone: Bool {
        switch goal {
        case .room: window.waitingBytes <= Self.windowBytes && window.delay == nil
        case .empty: window.isEmpty && !isAwaiting && window.delay == nil
        case .answers: !isAwaiting || !window.isAwaited
        }
    }

    var awaitedCommand: String { window.awaitedCommand ?? "GET" }

    mutating func lose(_ index: Int) {
        let lane = openLanes[index]
        node.close(lane)
        lanes[lane].reset()
    }

    mutating func receive(_ reply: RedisReply, from index: Int) throws(RedisError) {
        let settled = window.settled
        try lanes[openLanes[index]].receive(reply, &window)
        if window.settled > settled { node.succeed() }
    }

    /// Queues batches where a connection is ready for them and has room.
    mutating func send() throws(RedisError) {
        guard goal != .answers else { return }
        sendBatches()
        if !isDone, window.isWaiting { node.openSecond() }
        if let stop = window.stop { throw stop }
        if let delay = window.delay, !isAwaiting { throw delay }
    }

    private mutating func sendBatches() {
        for (lane, connection) in node.connections.enumerated() {
            guard let connection else { continue }
            while connection.outputCount < WriteLimits.outputBytes, let kind = window.nextKind,
                window.stop == nil, window.delay == nil, isReady(lane, connection, for: kind)
            {
                guard let batch = window.takeForSending(over: lane) else { break }
                let graphCommands = batch.graphCommands(names)
                // The first one stands for a batch of nothing else.
                lanes[lane].send(
                    batch.kind, replies: batch.replyCount,
                    keyCommands: graphCommands.dropFirst(batch.kind == .graphKeys ? 1 : 0).map(\.name))
                turnBytes[lane] += batch.byteCount
                batch.encode { connection.queue($0) }
                for command in graphCommands.map(\.encoded) {
                    connection.queue(command)
                    turnBytes[lane] += command.bytes.count
                }
            }
            // A value that a server may refuse goes alone, so that it takes nothing with it.
            let isOver =
                turnBytes[lane] >= Self.windowBytes || window.isNextLarge || window.nextKind == nil
                || window.nextKind == .compare
            if lanes[lane].isOpen, isOver || window.stop != nil || window.delay != nil {
                connection.queue(lanes[lane].end()[...])
            }
        }
    }

    /// Makes a lane ready for a batch, if that is possible now.
    private mutating func isReady(
        _ lane: Int, _ connection: RedisConnection, for kind: MutationBatch.Kind
    ) -> Bool {
        if kind == .compare || !lanes[lane].isFenced {
            return lanes[lane].acceptsOwn && window.sentCount < 2 * Self.windowCount
                && window.sentBytes < 2 * Self.windowBytes
        }
        if lanes[lane].isOpen { return turnBytes[lane] < Self.windowBytes && !window.isNextLarge }
        if lanes[lane].mustArm { connection.queue(lanes[lane].arm()[...]) }
        guard lanes[lane].isReady else { return false }
        connection.queue(lanes[lane].begin()[...])
        turnBytes[lane] = 0
        return true
    }
}
