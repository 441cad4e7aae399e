import GraphSync
import RedisProtocol
import UCG

extension MutationWindow {
    /// Nothing more is to be sent, because of the error that a command has got.
    ///
    /// - Parameter number: The number of unanswered commands on the connection before it.
    mutating func halt(for error: ServerError, _ lane: Int, command number: Int) {
        var rest = number
        for batch in lanes[lane].all {
            let count = batch.replyCount
            guard rest >= count else {
                let index = batch.answered + (batch.isAnsweredSingly ? rest : 0)
                stop = stop ?? batch.failure(error, of: index)
                return
            }
            rest -= count
        }
    }

    /// Nothing more is to be sent, because of an error that is about no single command, or not now.
    mutating func halt(for error: ServerError, _ command: String) {
        if case .delay = error.effect {
            delay = delay ?? error.failure(of: command)
        } else {
            stop = stop ?? error.failure(of: command)
        }
    }

    /// Nothing more is to be sent: entities were written, and a command failed that writes graph keys of theirs.
    mutating func haltAtGraphKey(_ error: ServerError, _ command: String) {
        lacksGraphKeys = true
        stop = stop ?? error.failure(of: command)
    }

    /// The delay is over.
    mutating func endDelay() { delay = nil }

    /// Takes the error that the first command has got.
    mutating func fail(_ error: ServerError, count: Int, isSingle: Bool) {
        switch error.effect {
        case .delay:
            delay = delay ?? error.failure(of: sent.first.commandName)
            postpone(isSingle: isSingle) { _ in }
        case .refusal, .missingRight:
            if sent.first.kind == .compare || sent.first.kind == .graphKeys {
                halt(error)
                _ = takeBack()
                return
            }
            let isRight = if case .missingRight = error.effect { true } else { false }
            if isSingle {
                refuse(count, error)
                if isRight { halt(error) }
                settle(count)
            } else {
                // One of them is at fault, or the command itself: each for itself will tell.
                if isRight { sendsSingly = true }
                postpone(isSingle: false) { $0.isSplit = true }
            }
        case .stop:
            halt(error)
            if sent.first.kind == .compare || sent.first.kind == .graphKeys {
                _ = takeBack()
            } else {
                refuse(count, error)
                settle(count)
            }
        }
    }

    private mutating func halt(_ error: ServerError) {
        stop = stop ?? sent.first.failure(error, of: sent.first.answered)
    }

    private mutating func refuse(_ count: Int, _ error: ServerError) {
        let batch = sent.first
        for mutation in batch.mutations[batch.answered..<batch.answered + count] {
            refuse(mutation.type, id: mutation.id, origin: mutation.origin, reason: error.words)
        }
    }
}
