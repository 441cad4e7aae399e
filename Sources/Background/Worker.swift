import Dispatch
import Synchronization

/// One more thread, which works things out in the order in which they are asked for, while its owner goes on.
///
/// What is asked for are functions of values: they share nothing with the owner. The thread ends with the worker, after
/// what it was asked for. If the system has no thread to give, everything is worked out at once by the owner's thread.
package final class Worker: Sendable {
    /// What the thread and its owner share; it lives as long as either of them.
    private final class Queue: Sendable {
        let jobs = Mutex<[@Sendable () -> Void]>([])
        /// Counts the jobs, and the end.
        let signal = DispatchSemaphore(value: 0)

        /// Takes the next job, waiting for it; `nil` at the end.
        func next() -> (@Sendable () -> Void)? {
            signal.wait()
            return jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
    }

    /// `nil` if there is no thread.
    private let queue: Queue?

    /// Starts the thread.
    package convenience init() { self.init(start: startThread) }

    /// A worker whose thread `start` starts, if it can.
    init(start: (_ run: @escaping @Sendable () -> Void) -> Bool) {
        let queue = Queue()
        let isStarted = start {
            while let job = queue.next() { job() }
        }
        self.queue = isStarted ? queue : nil
    }

    deinit { queue?.signal.signal() }

    /// Asks for something to be worked out of `input`, which is the work's own from then on.
    package func later<Input: Sendable, Value: Sendable>(
        _ input: consuming Input, _ work: @escaping @Sendable (consuming Input) -> Value
    ) -> Later<Value> {
        let later = Later<Value>()
        guard let queue else {
            later.settle(work(input))
            return later
        }
        let box = Later<Input>()
        box.settle(input)
        queue.jobs.withLock { $0.append { later.settle(work(box.take())) } }
        queue.signal.signal()
        return later
    }
}

/// Something that a ``Worker`` is asked for.
package final class Later<Value: Sendable>: Sendable {
    private let result = Mutex<Value?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    fileprivate init() {}

    fileprivate func settle(_ value: consuming Value) {
        let value = value
        result.withLock { $0 = value }
        signal.signal()
    }

    /// Whether it is there already.
    package var isSettled: Bool { result.withLock { $0 != nil } }

    /// What was worked out, waiting for it; as often as need be.
    ///
    /// Precondition: nobody has called ``take()``.
    package var value: Value {
        signal.wait()
        signal.signal()  // for whoever asks next
        guard let value = result.withLock({ $0 }) else { preconditionFailure("taken away") }
        return value
    }

    /// What was worked out, waiting for it; handed over, so that no copy of it is left here.
    ///
    /// Precondition: it was not called before.
    package func take() -> Value {
        signal.wait()
        guard let value = result.withLock({ $0.take() }) else { preconditionFailure("taken away") }
        return value
    }
}
