import Glibc
import SystemSupport

extension BackupError {
    /// What a system call's error number means for `doing`, for example `cannot write x`.
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
        self.init(code ?? usual, "\(doing): \(ErrorNumber.text(of: number))")
    }
}
