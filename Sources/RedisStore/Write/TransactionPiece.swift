import RedisProtocol
import UCG

/// A part of a transaction: one command, or one for each entity of a batch.
enum TransactionPiece {
    case command(RedisCommand)
    case batch(MutationBatch)
    case creation(GuardedCreation)

    /// Its bytes, in parts.
    var encoded: [ArraySlice<UInt8>] {
        switch self {
        case .command(let command): return [command.bytes[...]]
        case .batch(let batch):
            var parts: [ArraySlice<UInt8>] = []
            batch.encode { parts.append($0) }
            return parts
        case .creation(let creation): return creation.encoded
        }
    }

    /// The number of replies that it gets.
    var replies: Int {
        if case .batch(let batch) = self { batch.replyCount } else { 1 }
    }

    /// The name of the command with this number.
    var name: String {
        switch self {
        case .command(let command): command.name
        case .batch(let batch): batch.commandName
        case .creation: "MSETNX"
        }
    }

    /// The first entity that the command with this number writes, and its size.
    func entity(_ number: Int) -> (origin: EntityOrigin, byteCount: Int)? {
        let batch: MutationBatch
        switch self {
        case .command: return nil
        case .batch(let own): batch = own
        case .creation(let creation):
            guard let first = creation.batches.first else { return nil }
            batch = first
        }
        let index = batch.isAnsweredSingly ? number : 0
        return (batch.mutations[index].origin, batch.byteCount(of: index))
    }

    /// The failure of the command with this number.
    func failure(_ error: ServerError, of number: Int) -> RedisError {
        let origin = entity(number).map { CommandOrigin($0.origin) }
        return error.failure(of: .data(origin, command: name))
    }
}
