import Dispatch
import Synchronization

/// A thread that computes values in the order in which they are asked for, while its owner goes on.
///
/// The work consists of functions of values, which share nothing with the owner. The thread ends after its last piece of
/// work when its owner releases it. If the system has no thread to give, the owner's thread does the work at once.
///
///     let worker = WorkerThread()
///     let sum = worker.submit([1, 2, 3]) { $0.reduce(0, +) }
///     print(sum.value)  // 6
package final class WorkerThread: Sendable {
    /// The jobs; it lives as long as the thread or its owner.
    private final class Queue: Sendable {
        let jobs = Mutex<[@Sendable () -> Void]>([])
        /// Counts the jobs, and the end.
        let signal = DispatchSemaphore(value: 0)

        /// Waits for the next job and removes it; `nil` at the end.
        func next() -> (@Sendable () -> Void)? {
            signal.wait()
            return jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
    }

    /// `nil` if there is no thread.
    private let queue: Queue?

    /// Starts the thread.
    package convenience init() { self.init(start: DetachedThread.start) }

    /// A worker whose thread is started by `start`, if that is possible.
    init(start: (_ run: @escaping @Sendable () -> Void) -> Bool) {
        let queue = Queue()
        let isStarted = start {
            while let job = queue.next() { job() }
        }
        self.queue = isStarted ? queue : nil
    }

    deinit { queue?.signal.signal() }

    /// Computes a value from `input`, which belongs to `work` from then on.
    package func submit<Input: Sendable, Value: Sendable>(
        _ input: consuming Input, _ work: @escaping @Sendable (consuming Input) -> Value
    ) -> Deferred<Value> {
        let result = Deferred<Value>()
        guard let queue else {
            result.fulfil(work(input))
            return result
        }
        let box = Deferred<Input>()
        box.fulfil(input)
        queue.jobs.withLock { $0.append { result.fulfil(work(box.take())) } }
        queue.signal.signal()
        return result
    }
}

/// A value that a ``WorkerThread`` computes.
///
///     let digest = worker.submit(files) { files in digest(of: files) }
///     use(digest.value)  // waits for it
package final class Deferred<Value: Sendable>: Sendable {
    private let result = Mutex<Value?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    fileprivate init() {}

    fileprivate func fulfil(_ value: consuming Value) {
        let value = value
        result.withLock { $0 = value }
        signal.signal()
    }

    /// Whether the value has been computed.
    package var isReady: Bool { result.withLock { $0 != nil } }

    /// The value, once it has been computed; it can be read any number of times.
    ///
    /// Precondition: ``take()`` has not been called.
    package var value: Value {
        signal.wait()
        signal.signal()  // for the next reader
        guard let value = result.withLock({ $0 }) else { preconditionFailure("the value was taken") }
        return value
    }

    /// Waits for the value and moves it out, so that no copy of it is left here.
    ///
    /// Precondition: it has not been called before.
    package func take() -> Value {
        signal.wait()
        guard let value = result.withLock({ $0.take() }) else { preconditionFailure("the value was taken") }
        return value
    }
}
