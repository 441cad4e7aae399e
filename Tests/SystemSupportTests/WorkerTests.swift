import Testing

@testable import SystemSupport

struct WorkerTests {
    @Test("What was asked for comes back in whatever order it is wanted")
    func order() {
        let worker = WorkerThread()
        let asked = (0..<1000).map { number in worker.submit(number) { $0 * $0 } }
        for number in stride(from: 999, through: 0, by: -1) {
            #expect(asked[number].take() == number * number)
        }
    }

    @Test("What was asked for is worked out though the worker is gone")
    func end() {
        var asked: [Deferred<[Int]>] = []
        do {
            let worker = WorkerThread()
            for number in 0..<10 { asked.append(worker.submit(number) { Array(0..<$0) }) }
        }
        #expect(asked.map { $0.take().count } == Array(0..<10))
    }

    @Test("Many workers, one after the other, leave no thread behind")
    func threads() {
        for number in 0..<2000 {
            let worker = WorkerThread()
            #expect(worker.submit(number) { $0 }.take() == number)
        }
    }

    @Test("Where there is no thread to be had, the owner does the work itself")
    func alone() {
        let worker = WorkerThread { _ in false }
        let asked = (0..<10).map { number in worker.submit(number) { $0 + 1 } }
        #expect(asked.count { $0.isReady } == 10)
        #expect(asked.map { $0.take() } == Array(1...10))
        let later = worker.submit(5) { $0 }
        #expect(later.value == later.value)
    }
}
