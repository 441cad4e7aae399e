/// Asks a run to end early, from a signal handler or another thread.
///
/// It is a descriptor that becomes readable once the run is to end, so that waiting for it can be combined with waiting
/// for anything else; see ``Poll``.
///
///     let cancellation = CancellationSignal(descriptor: pipe)  // raised once the pipe can be read
package struct CancellationSignal: Hashable, Sendable {
    /// The descriptor that becomes readable; -1 if nothing can end the run early.
    package let descriptor: CInt

    /// A signal that never comes.
    package static let never = CancellationSignal(descriptor: -1)

    /// A signal that comes when `descriptor` becomes readable; it stays the caller's to close.
    package init(descriptor: CInt) { self.descriptor = descriptor }
}
