import Glibc

/// Error numbers of the system (errno(3)).
///
///     ErrorNumber.text(of: ENOENT)  // No such file or directory
package enum ErrorNumber {
    /// The system's words for an error number, for example `No such file or directory`.
    package static func text(of number: CInt) -> String {
        // Sound: strerror answers a NUL-terminated string, which is copied at once.
        unsafe String(cString: strerror(number))
    }

    /// Whether the system lacks descriptors or memory, rather than the thing that was asked for.
    package static func isShortage(_ number: CInt) -> Bool { [EMFILE, ENFILE, ENOMEM].contains(number) }
}
