import GraphSync
import RedisProtocol
import SystemSupport
import UCG

/// Mutations that are sent together, encoded, until the server has answered for each.
///
/// Complexity: nothing is allocated once a batch has been full; see ``removeAll()``.
struct MutationBatch: Sendable {
    /// What its next command is for.
    enum Kind: Sendable {
        /// To write the entities, whatever their keys hold.
        case replace
        /// To write them if none of their keys exists.
        case create
        /// To read what their keys hold, so that those that differ are written afterwards.
        case compare
        /// To bring their graph keys up to date, and leave them as they are.
        case graphKeys
    }

    /// How the entities are kept.
    let layout: any EntityLayout.Type
    /// What its next command is for.
    var kind = Kind.replace
    /// The number of times that creating its entities was refused.
    var refusals = 0
    /// The mutations, in the order in which they came.
    private(set) var mutations: [Mutation] = []
    /// Alternating keys and values, as they stand in a command.
    private(set) var bytes: [UInt8] = []
    /// What happens to graph keys with each mutation; empty if nothing does.
    private(set) var graphChanges: [GraphChange] = []
    /// Whether each mutation has a command of its own, and so a reply.
    var isSplit = false
    /// The number of mutations that the server has answered for.
    var answered = 0
    /// Whether the server may have received it.
    var wasSent = false

    init(layout: any EntityLayout.Type) { self.layout = layout }

    /// The number of mutations.
    var count: Int { mutations.count }
    /// Whether there are none.
    var isEmpty: Bool { mutations.isEmpty }
    /// The approximate number of bytes that its commands come to.
    var byteCount: Int { bytes.count }
    /// The indices of the mutations that are unanswered.
    var open: Range<Int> { answered..<mutations.count }
    /// The first mutation that is unanswered; there must be one.
    var firstOpen: Mutation { mutations[answered] }

    /// Forgets the mutations and keeps the memory.
    mutating func removeAll() {
        mutations.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        graphChanges.removeAll(keepingCapacity: true)
        kind = .replace
        refusals = 0
        isSplit = false
        answered = 0
        wasSent = false
    }

    // MARK: - Adding mutations

    /// Adds the mutation that writes an entity.
    mutating func append(_ entity: borrowing Entity, _ encoder: inout EntityEncoder) {
        encoder.choose(entity)
        encoder.appendKey(to: &bytes)
        let keyEnd = bytes.count
        bytes.appendLength(encoder.envelope.byteCount(data: entity.data))
        let valueStart = bytes.count
        encoder.appendValue(entity.data, to: &bytes)
        mutations.append(
            Mutation(
                type: entity.type, id: entity.id, origin: entity.origin, given: entity.givenStamps,
                keyEnd: keyEnd, valueStart: valueStart, end: bytes.count))
    }

    /// Adds a mutation of another batch.
    mutating func append(_ index: Int, of other: borrowing MutationBatch) {
        let (mutation, range) = (other.mutations[index], other.range(of: index))
        let shift = bytes.count - range.lowerBound
        bytes.append(contentsOf: other.bytes[range])
        mutations.append(
            Mutation(
                type: mutation.type, id: mutation.id, origin: mutation.origin, given: mutation.given,
                keyEnd: mutation.keyEnd + shift, valueStart: mutation.valueStart + shift, end: bytes.count))
        if index < other.graphChanges.count { setGraphChange(other.graphChanges[index]) }
    }

    /// Adds a mutation of another batch with another value.
    mutating func append(_ index: Int, of other: borrowing MutationBatch, value: [UInt8]) {
        let (mutation, range) = (other.mutations[index], other.range(of: index))
        bytes.append(contentsOf: other.bytes[range.lowerBound..<mutation.keyEnd])
        let keyEnd = bytes.count
        bytes.appendLength(value.count)
        let valueStart = bytes.count
        bytes.append(value.span)
        bytes.appendLineEnd()
        mutations.append(
            Mutation(
                type: mutation.type, id: mutation.id, origin: mutation.origin, given: mutation.given,
                keyEnd: keyEnd, valueStart: valueStart, end: bytes.count))
    }

    /// Takes the mutation back that was added last.
    mutating func removeLast() {
        bytes.removeLast(bytes.count - range(of: count - 1).lowerBound)
        mutations.removeLast()
        if graphChanges.count > count { graphChanges.removeLast() }
    }

    /// Works out what happens to graph keys with the mutation that was added last.
    ///
    /// - Parameter stored: The entity as it is stored; `nil` if it is not.
    /// - Returns: Whether it is known what other entities account for, if that matters.
    mutating func addGraphChange(_ policy: GraphPolicy, stored: [UInt8]? = nil) -> Bool {
        let mutation = mutations[count - 1]
        let change = withValue(at: count - 1) { wanted in
            policy.change(of: mutation.type, mutation.id, stored: stored?.span, wanted: wanted)
        }
        setGraphChange(policy.claims.map { change.keeping($0) } ?? change)
        return policy.claims != nil || !change.sharesRemoved
    }

    /// Says what happens to graph keys with the mutation that was added last.
    mutating func setGraphChange(_ change: GraphChange) {
        while graphChanges.count < mutations.count - 1 { graphChanges.append(GraphChange()) }
        graphChanges.append(change)
    }

    /// The unanswered mutations, in an empty batch.
    func rest(in empty: consuming MutationBatch) -> MutationBatch {
        if answered == 0 { return self }
        var rest = empty
        for index in open { rest.append(index, of: self) }
        rest.kind = kind
        rest.refusals = refusals
        rest.isSplit = isSplit
        return rest
    }

    // MARK: - As commands

    /// The name of the command that it is sent as.
    var commandName: String { kind == .graphKeys ? "graph keys" : layout.commandName(of: self) }

    /// Whether each unanswered mutation has a reply of its own.
    var isAnsweredSingly: Bool {
        kind != .compare && kind != .graphKeys
            && (isSplit || mutations.count == 1 || !layout.canShareCommand(kind))
    }

    /// The number of replies to come.
    var replyCount: Int { isAnsweredSingly ? open.count : 1 }

    /// Passes the commands for the unanswered mutations to `append`, in pieces.
    func encode(_ append: (ArraySlice<UInt8>) -> Void) {
        if kind != .graphKeys { layout.encode(self, append) }
    }

    /// The commands that bring the graph keys of the unanswered mutations up to date; they come after those of
    /// ``encode(_:)``.
    func graphCommands(_ names: GraphKeyNames) -> [KeyCommand] {
        if graphChanges.isEmpty || kind == .compare { return [] }
        var commands = GraphCommands(names)
        for change in graphChanges[min(answered, graphChanges.count)...] { commands.append(change) }
        return commands.all
    }

    /// What a reply to one of its commands means; `nil` if it is not a reply to it.
    func outcome(of reply: RedisReply) -> MutationOutcome? {
        guard kind == .graphKeys else { return layout.outcome(of: reply, for: self) }
        // The first of the commands stands for the batch.
        if case .error(let text) = reply { return .failed(ServerError(text)) }
        return .written
    }

    /// The failure of the command that writes an entity.
    func failure(_ error: ServerError, of index: Int) -> RedisError {
        error.failure(of: .data(CommandOrigin(mutations[index].origin), command: commandName))
    }

    // MARK: - Keys and values

    /// The keys of all entities.
    var keys: EncodedKeys { keys(of: mutations.indices) }

    /// The keys of the entities with these indices.
    func keys(of indices: some Collection<Int>) -> EncodedKeys {
        var keys = EncodedKeys(capacity: indices.count)
        for index in indices {
            keys.append(
                encoded: bytes.span.extracting(range(of: index).lowerBound..<mutations[index].keyEnd))
        }
        return keys
    }

    /// The names of all keys, each for itself.
    var keyNames: [[UInt8]] {
        mutations.indices.map { index in
            // The length comes first, and line ends after length and key.
            let encoded = bytes[range(of: index).lowerBound..<mutations[index].keyEnd]
            let start = (encoded.firstIndex(of: 10) ?? encoded.startIndex) + 1
            return Array(encoded[start..<encoded.endIndex - 2])
        }
    }

    /// The key and the value of an entity, as they stand in a command.
    func keyAndValue(of index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

    /// The number of bytes that an entity's key and value come to.
    func byteCount(of index: Int) -> Int { range(of: index).count }

    /// The number of bytes of an entity's value.
    func valueByteCount(of index: Int) -> Int { valueRange(of: index).count }

    /// The value of an entity.
    func value(at index: Int) -> [UInt8] { Array(bytes[valueRange(of: index)]) }

    /// Passes the value of an entity to `body`.
    func withValue<Result>(at index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        body(bytes.span.extracting(valueRange(of: index)))
    }

    private func valueRange(of index: Int) -> Range<Int> {
        mutations[index].valueStart..<mutations[index].end - 2  // what follows is the line's end
    }

    private func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : mutations[index - 1].end)..<mutations[index].end
    }
}
