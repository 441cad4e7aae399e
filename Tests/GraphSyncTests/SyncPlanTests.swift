import GraphSync
import Testing
import UCG

struct SyncPlanTests {
    private func id(_ name: String) -> EntityID { EntityName.id(.theme, name) }
    private func ids(_ names: String...) -> PackedIDs { PackedIDs(names.map { id($0) }) }
    private func key(_ name: String) -> EntityKey { EntityKey(type: .theme, id: id(name)) }

    /// A directory of these themes.
    private func graph(_ names: String..., groups: Set<EntityGroup> = [EntityGroup(type: .theme)])
        -> DesiredGraph
    {
        DesiredGraph(Themes(ids: [.theme: names.map { id($0) }], groups: groups))
    }

    /// Themes that are not gone through.
    private struct Themes: EntitySource {
        let types: [EntityType] = [.snippet, .theme]
        let ids: [EntityType: [EntityID]]
        let groups: Set<EntityGroup>
        let estimatedByteCount = 1000

        func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) {}
    }

    private func pruning(_ change: (inout SyncOptions) -> Void = { _ in }) -> SyncOptions {
        var options = SyncOptions()
        options.prunes = true
        change(&options)
        return options
    }

    @Test("Nothing is deleted unless it is asked for; what is gone stays owned")
    func keepsByDefault() {
        let ownership = Ownership(own: [.theme: ids("a", "b")])
        let plan = SyncPlan(graph("a"), ownership: ownership, options: SyncOptions())
        #expect(plan.candidates.isEmpty)
        #expect(plan.leftoverCount == 1)
        #expect(plan.ownedAfter[.theme] == ids("a", "b"))
    }

    @Test("Pruning takes what is owned and gone, and never what another source owns as well")
    func prunes() {
        var ownership = Ownership(own: [.theme: ids("a", "b", "c")])
        var plan = SyncPlan(graph("a", "d"), ownership: ownership, options: pruning())
        #expect(plan.candidates == [.theme: ids("b", "c")])
        #expect(plan.ownedAfter[.theme] == ids("a", "d"))
        ownership.others = ["other": [.theme: ids("c")]]
        plan = SyncPlan(graph("a", "d"), ownership: ownership, options: pruning())
        #expect(plan.candidates == [.theme: ids("b")])
    }

    private func deletion(_ type: EntityType, _ name: String, _ data: String = "{}") -> PlannedChange {
        let key = EntityKey(type: type, id: EntityName.id(type, name))
        let stored = #"{"id":"\#(key.id)","entity_type":"\#(type)","data":\#(data)}"#
        return PlannedChange(
            key: key, origin: nil, change: .delete, stored: .entity(Array(stored.utf8)), wanted: nil)
    }

    @Test("What vanished as a whole is pruned only if that is asked for, and is named")
    func vanished() {
        let translations = PackedIDs(["de1", "de2", "fr"].map { EntityName.id(.translation, $0) })
        let ownership = Ownership(own: [.theme: ids("a"), .translation: translations])
        let german = #"{"layer":"theme","scope":"x","locale":"de"}"#
        let french = #"{"layer":"theme","scope":"x","locale":"fr"}"#
        let groups: Set = [EntityGroup(layer: "theme", scope: "x", locale: "fr")]
        func verdicts(_ options: SyncOptions) -> [Bool] {
            var plan = SyncPlan(graph(groups: groups), ownership: ownership, options: options)
            let deletions = [
                deletion(.theme, "a"), deletion(.translation, "de1", german),
                deletion(.translation, "de2", german),
                deletion(.translation, "fr", french),
            ]
            return deletions.map { plan.prunes($0) }
        }
        let lost = EntityGroup(layer: "theme", scope: "x", locale: "de")
        #expect(verdicts(pruning()) == [false, false, false, true])
        #expect(verdicts(pruning { $0.prunesMissing = true }) == [true, true, true, true])
        #expect(lost.description == "translations of de (layer theme, scope x)")
        var checked = SyncPlan(graph(groups: groups), ownership: ownership, options: pruning())
        for name in ["de1", "de2"] { _ = checked.prunes(deletion(.translation, name, german)) }
        #expect(checked.vanished == [lost: 2])
        #expect(checked.deletions(.translation).count == 1)
        #expect(checked.ownedAfter[.translation]?.count == 2)
        #expect(checked.refusal == nil)
        var strict = SyncPlan(
            graph(groups: groups), ownership: ownership, options: pruning { $0.refusesVanished = true })
        _ = strict.prunes(deletion(.theme, "a"))
        #expect(strict.refusal?.code == .vanished)
        #expect(strict.refusal?.message.contains("theme entities") == true)
    }

    @Test("Another source's entity is a conflict, whatever its key holds, unless it is taken over")
    func otherSources() {
        let ownership = Ownership(own: [:], others: ["shop": [.theme: ids("a", "z")]])
        let plan = SyncPlan(graph("a", "b"), ownership: ownership, options: SyncOptions())
        #expect(
            plan.verdict(on: .unchanged, type: .theme, id: id("a"))
                == .conflict("the entity belongs to source 'shop'"))
        #expect(plan.verdict(on: .create, type: .theme, id: id("b")) == .create)
        var options = SyncOptions()
        options.adopts = true
        let adopting = SyncPlan(graph("a", "b"), ownership: ownership, options: options)
        #expect(adopting.verdict(on: .unchanged, type: .theme, id: id("a")) == .unchanged)
        #expect(adopting.adopted == 1)
        #expect(adopting.ownedByOthers == ["shop": [.theme: ids("a")]])
    }

    @Test("Conflicts, too many deletions and changes that do not fit are refused, with the cases")
    func refusals() {
        let owned = PackedIDs((0..<100).map { id("t\($0)") })
        let ownership = Ownership(own: [.theme: owned])
        func plan(_ options: SyncOptions, deletions: Int = 0, updates: Int = 0) -> SyncPlan {
            var plan = SyncPlan(graph(), ownership: ownership, options: options)
            for number in 0..<deletions {
                plan.add(.delete, to: key("t\(number)"), origin: nil, byteCount: 10)
            }
            for number in 0..<updates {
                plan.add(
                    .create, to: key("n\(number)"), origin: EntityOrigin(file: 0, line: 2), byteCount: 100)
            }
            return plan
        }
        #expect(plan(pruning(), deletions: 10).refusal == nil)
        let tooMany = plan(pruning(), deletions: 11).refusal
        #expect(tooMany?.code == .tooManyDeletions)
        #expect(tooMany?.cases.count == 11)
        #expect(tooMany?.setting == .deletionLimit(11))
        #expect(plan(pruning { $0.deletionLimit = .percent(50) }, deletions: 50).refusal == nil)
        #expect(plan(pruning { $0.deletionLimit = .count(0) }, deletions: 1).refusal != nil)
        #expect(plan(pruning { $0.atomicEntities = 5 }, updates: 5).isAtomic)
        #expect(!plan(pruning { $0.atomicEntities = 5 }, updates: 6).isAtomic)
        #expect(!plan(pruning { $0.atomicBytes = 500 }, updates: 6).isAtomic)
        #expect(!plan(pruning { $0.atomicity = .never }, updates: 1).isAtomic)
        #expect(
            plan(
                pruning {
                    $0.atomicity = .always
                    $0.atomicEntities = 5
                }, updates: 6
            ).refusal?.code == .notAtomic)
        var conflicting = plan(SyncOptions())
        conflicting.add(.otherType, to: key("x"), origin: EntityOrigin(file: 0, line: 3), byteCount: 1)
        #expect(conflicting.refusal?.code == .conflict)
        #expect(conflicting.refusal?.cases.first?.reason == "the key holds a value of another type")
    }

    @Test("A limit of deletions is a number or a percentage")
    func limits() {
        #expect(DeletionLimit("20") == .count(20))
        #expect(DeletionLimit("2.5%")?.count(ofOwned: 1000) == 25)
        #expect([0, 1, 3, 5, 6, 50].map(DeletionLimit.standard.count) == [0, 0, 2, 4, 5, 5])
        #expect(DeletionLimit.standard.count(ofOwned: 1000) == 100)
        for text in ["", "-1", "x", "101%", "%", "1e3"] { #expect(DeletionLimit(text) == nil, "\(text)") }
    }
}
