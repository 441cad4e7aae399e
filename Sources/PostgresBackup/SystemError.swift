import Glibc

extension BackupError {
    /// What a system call's error number means for `doing`, such as `cannot write x`.
    ///
    /// - Parameter code: Given where the number does not decide.
    init(_ doing: String, errno number: CInt, _ code: Code? = nil) {
        let usual: Code =
            switch number {
            case EACCES, EPERM, EROFS: .permission
            case ENOENT: .notFound
            case EMFILE, ENFILE, ENOMEM: .system
            default: .inputOutput
            }
        // Sound: strerror answers a NUL-terminated string, which is copied at once.
        self.init(code ?? usual, "\(doing): \(unsafe String(cString: strerror(number)))")
    }
}
