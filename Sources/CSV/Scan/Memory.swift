/// Memory for values of a trivial type, taken once and given back with the last reference.
@safe
final class Memory<Element: BitwiseCopyable> {
    /// The first value; not initialized.
    let start: UnsafeMutablePointer<Element>

    init(capacity: Int) { unsafe start = .allocate(capacity: capacity) }

    deinit { unsafe start.deallocate() }
}
