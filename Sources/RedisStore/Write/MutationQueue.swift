/// Batches of mutations, first in, first out.
///
/// Complexity: O(1) on average.
struct MutationQueue {
    private var batches: [MutationBatch] = []
    private var head = 0

    var isEmpty: Bool { head == batches.count }
    /// The first; there must be one.
    var first: MutationBatch {
        get { batches[head] }
        _modify { yield &batches[head] }
    }
    /// All of them, in their order.
    var all: ArraySlice<MutationBatch> { batches[head...] }

    mutating func append(_ batch: MutationBatch) { batches.append(batch) }

    mutating func popFirst() -> MutationBatch? {
        guard !isEmpty else { return nil }
        // An empty one in its place, so that nothing else holds its memory.
        var first = MutationBatch(layout: batches[head].layout)
        swap(&first, &batches[head])
        head += 1
        if 2 * head >= batches.count {
            batches.removeFirst(head)
            head = 0
        }
        return first
    }
}
