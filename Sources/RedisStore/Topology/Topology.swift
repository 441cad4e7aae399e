/// The servers that the entities are spread over.
enum Topology {
    /// One server holds everything.
    case single(Node)

    /// The node that holds the importer's records.
    var home: Node {
        switch self {
        case .single(let node): node
        }
    }
}
