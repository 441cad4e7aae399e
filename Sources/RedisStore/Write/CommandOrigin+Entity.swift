package import RedisProtocol
package import UCG

extension CommandOrigin {
    /// The origin of an entity.
    init(_ origin: EntityOrigin) { self.init(file: origin.file, line: origin.line) }
}

extension EntityOrigin {
    /// The origin of the entity that a failure is about.
    package init(_ origin: CommandOrigin) { self.init(file: Int(origin.file), line: Int(origin.line)) }
}
