import UCG

extension Kind {
    /// `associations.csv`: the edges of the graph, one a row.
    package static let associations = Kind(
        name: "associations", types: [.association], files: .table("associations.csv"),
        layouts: [AssociationLayout.byID, AssociationLayout.byName],
        makeImporter: { AssociationImporter() })
}
