import Glibc

/// Writing to descriptors (write(2)).
///
///     if let number = Descriptor.writeAll(bytes.span, to: STDOUT_FILENO) { print(ErrorNumber.text(of: number)) }
package enum Descriptor {
    /// Writes all of `bytes`, waiting where the descriptor takes nothing at the moment.
    ///
    /// - Returns: `nil`, or the error number.
    package static func writeAll(_ bytes: Span<UInt8>, to descriptor: CInt) -> CInt? {
        var start = 0
        while start < bytes.count {
            // Sound: write(2) reads the bytes from `start` on, during the call.
            let count = unsafe bytes.extracting(start...).withUnsafeBufferPointer { rest in
                unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                start += count
            } else if errno == EAGAIN {
                _ = Poll.wait(for: descriptor, .writable, within: .seconds(1), unless: .never)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
