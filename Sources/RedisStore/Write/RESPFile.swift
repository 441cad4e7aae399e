package import GraphSync
import RedisProtocol
package import SystemSupport
package import UCG

/// The commands of an import in a file, in Redis's wire protocol, ready for `redis-cli --pipe`.
///
/// The same entities and stamp make the same bytes.
///
///     var file = RESPFile(try ResultFile(path: "out.resp"), keyPrefix: "", stamp: stamp, batchSize: 256)
///     try configuration.forEachEntity(of: .theme) { try file.write($0) }
///     try file.finish()
package struct RESPFile: ~Copyable {
    private let file: ResultFile
    private let batchSize: Int
    private var encoder: EntityEncoder
    private var batch: MutationBatch
    private let graph: GraphPolicy?
    private let names: GraphKeyNames
    private var output: [UInt8] = []
    /// The number of entities that were written.
    package private(set) var written = 0

    /// Begins to write commands to `file`.
    ///
    /// - Parameters:
    ///   - keyPrefix: What every key begins with.
    ///   - stamp: When and by whom the entities are written.
    ///   - batchSize: The most entities of one command.
    ///   - graphKeys: Which graph keys are written after the entities that they belong to.
    package init(
        _ file: consuming ResultFile, keyPrefix: String, stamp: WriteStamp, batchSize: Int,
        graphKeys: GraphKeySetting = .none
    ) {
        self.file = file
        self.batchSize = batchSize
        graph = graphKeys == .none ? nil : GraphPolicy(goal: graphKeys)
        names = GraphKeyNames(prefix: keyPrefix)
        encoder = EntityEncoder(keyPrefix: keyPrefix, stamp: stamp)
        batch = MutationBatch(layout: StringLayout.self)
        output.reserveCapacity(WriteLimits.outputBytes + WriteLimits.batchBytes)
    }

    /// Writes one entity.
    ///
    /// - Throws: ``ResultFileError``, for example if the disk is full.
    package mutating func write(_ entity: borrowing Entity) throws(ResultFileError) {
        batch.append(entity, &encoder)
        if let graph { _ = batch.addGraphChange(graph) }
        if batch.count >= batchSize || batch.byteCount >= WriteLimits.batchBytes {
            encode()
            if output.count >= WriteLimits.outputBytes { try flush() }
        }
    }

    /// Writes what is left and ends the file.
    package mutating func finish() throws(ResultFileError) {
        encode()
        try flush()
        try file.finish()
    }

    private mutating func encode() {
        guard !batch.isEmpty else { return }
        batch.encode { output.append(contentsOf: $0) }
        for command in batch.graphCommands(names) { output.append(contentsOf: command.encoded.bytes) }
        written += batch.count
        batch.removeAll()
    }

    private mutating func flush() throws(ResultFileError) {
        try file.write(output)
        output.removeAll(keepingCapacity: true)
    }
}
