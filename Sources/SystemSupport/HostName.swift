import Glibc

/// The name of this machine (gethostname(2)).
///
///     HostName.current  // the name that uname(2) gives
package enum HostName {
    /// The current name; bytes that are not UTF-8 are replaced.
    package static var current: String {
        var name = [CChar](repeating: 0, count: 256)
        // Sound: gethostname writes at most the bytes given, and the last stays 0.
        _ = unsafe gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
