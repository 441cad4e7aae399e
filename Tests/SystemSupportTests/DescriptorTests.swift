import Glibc
import Testing

@testable import SystemSupport

/// Waiting for descriptors, and writing to them.
struct DescriptorTests {
    /// A pipe whose ends are closed with it.
    private final class Pipe {
        let reader: CInt
        let writer: CInt

        init() {
            var ends: [CInt] = [-1, -1]
            _ = unsafe pipe(&ends)
            (reader, writer) = (ends[0], ends[1])
        }

        deinit {
            close(reader)
            close(writer)
        }
    }

    @Test("A descriptor is ready when there is something to read, or the other side is gone")
    func readiness() {
        let pipe = Pipe()
        #expect(Poll.wait(for: pipe.reader, .readable, within: .zero, unless: .never) == .timedOut)
        #expect(Descriptor.writeAll([1, 2, 3].span, to: pipe.writer) == nil)
        #expect(Poll.wait(for: pipe.reader, .readable, within: .seconds(60), unless: .never) == .ready)
        var requests = [PollRequest(pipe.reader, .readable), PollRequest(pipe.writer, .writable)]
        #expect(Poll.wait(for: &requests, within: .seconds(60), unless: .never) == .ready)
        #expect(requests.map(\.ready) == [.readable, .writable])
        #expect(Poll.wait(for: -1, .readable, within: .zero, unless: .never) == .timedOut)
    }

    @Test("Cancellation ends a wait, and comes before what is ready")
    func cancellation() {
        let (pipe, wakeUp) = (Pipe(), Pipe())
        let signal = CancellationSignal(descriptor: wakeUp.reader)
        #expect(Poll.wait(for: pipe.writer, .writable, within: .seconds(60), unless: signal) == .ready)
        _ = Descriptor.writeAll([0].span, to: wakeUp.writer)
        #expect(Poll.wait(for: pipe.writer, .writable, within: .seconds(60), unless: signal) == .cancelled)
        #expect(Poll.wait(for: pipe.reader, .readable, within: .seconds(3600), unless: signal) == .cancelled)
    }

    @Test("All bytes are written to a descriptor that takes a few at a time, without blocking")
    func slowReader() {
        let pipe = Pipe()
        _ = fcntl(pipe.writer, F_SETFL, O_NONBLOCK)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let (reader, count) = (pipe.reader, bytes.count)
        let received = WorkerThread().submit(count) { count in
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while received.count < count {
                let size = unsafe read(reader, &buffer, buffer.count)
                received += buffer.prefix(size)
            }
            return received
        }
        #expect(Descriptor.writeAll(bytes.span, to: pipe.writer) == nil)
        #expect(received.value == bytes)
    }

    @Test("A descriptor that cannot be written to gives its error number")
    func failure() {
        let pipe = Pipe()
        #expect(Descriptor.writeAll([1].span, to: pipe.reader) == EBADF)
        #expect(ErrorNumber.text(of: EBADF) == "Bad file descriptor")
        #expect(ErrorNumber.isShortage(EMFILE) && !ErrorNumber.isShortage(EBADF))
    }

    @Test("Bytes become two lower-case digits each")
    func hexadecimal() {
        #expect(Hexadecimal.text(of: [0, 15, 16, 0xAB, 255]) == "000f10abff")
        #expect(Hexadecimal.text(of: []) == "")
    }
}
