import Glibc

/// Threads that run on their own.
///
///     let hasStarted = DetachedThread.start { resolve(host) }
package enum DetachedThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Enough for what is done on them; the usual 8 MiB would count against a limit of memory.
    private static let stackBytes = 1 << 20

    /// Starts a thread that does `run` and then ends.
    ///
    /// - Returns: False if the system has no thread to give.
    package static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        var thread = pthread_t()
        // Sound: the attributes are initialized and destroyed here, and pthread_create copies them.
        guard unsafe pthread_attr_init(&attributes) == 0 else { return false }
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackBytes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        // Sound: the reference that is retained here is the one that the thread takes over.
        let body = unsafe Unmanaged.passRetained(Body(run))
        let status = unsafe pthread_create(
            &thread, &attributes,
            { body in
                guard let body = unsafe body else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        if status != 0 { unsafe body.release() }
        return status == 0
    }
}
