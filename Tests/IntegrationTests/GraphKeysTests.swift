import Foundation
import TestSupport
import Testing

/// Graph keys against a real Redis: conflicts, repairs, takeovers, and what a reader sees meanwhile.
struct GraphKeysTests {
    private static let pages = """
        entity_type,semantic_name,data
        page,$home,"{""title"":""Startseite""}"
        page,$news,"{""title"":""Neues""}"

        """
    private static let tree = "parent_path,entity_type,entity_id,path\n,page,home,a\nhome,page,news,a.b\n"
    private static let home = "71bb3c6c-a7d5-50a3-b8e4-829408cc3eb4"
    private static let news = "4af9f75a-ba3b-5bd1-b0a9-fe294c85f30f"
    private static let other = "9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e999"

    private func site() throws -> (RedisServer, TemporaryDirectory) {
        let folder = try TemporaryDirectory()
        try folder.write(Self.pages, to: "entities.csv")
        try folder.write(Self.tree, to: "associations.csv")
        return (try RedisServer(), folder)
    }

    private func sync(_ server: RedisServer, _ folder: TemporaryDirectory, _ options: String...) throws
        -> ProcessResult
    {
        try run(
            try reedImportPath(), ["--csv", folder.path, "--redis", server.url, "--quiet"] + options)
    }

    @Test(
        "A key that is another's is a conflict, and nothing is written",
        arguments: [
            (["set", "semantic:page:$home", other], "is the name of \(other)"),
            (["hset", "assoc:a.b", "id", other], "is the path of \(other)"),
            (["set", "parent:NEWS", other], "is set already"),
            (["set", "parent:NEWS", home], "is set already"),
            (["set", "children:\(home)", "x"], "holds a value of another type"),
            (["set", "type_index:page", "x"], "holds a value of another type"),
            (["lpush", "semantic:page:news", "x"], "holds a value of another type"),
            (["set", "semantic:page:news", "x"], "holds what reed-import has not written"),
        ], ["auto", "never"])
    func conflicts(taken: (command: [String], reason: String), atomic: String) throws {
        let (server, folder) = try site()
        let command = taken.command.map { $0.replacing("NEWS", with: Self.news) }
        _ = try run("/usr/bin/env", ["redis-cli", "-s", server.socket] + command)
        let before = try server.everything()
        let plan = try run(
            try reedImportPath(), ["plan", folder.path, "--redis", server.url, "--graph-keys", "graph"])
        #expect(plan.status == 3)
        #expect(plan.output.contains(taken.reason), "\(plan.output)")
        let result = try sync(server, folder, "--graph-keys", "graph", "--atomic", atomic)
        #expect(result.status == 3)
        #expect(result.errors.contains(taken.reason), "\(result.errors)")
        #expect(result.errors.contains(".csv:"), "the row is named")
        #expect(try server.everything() == before)
        // Without graph keys nothing is in the way.
        #expect(try sync(server, folder, "--atomic", atomic).status == 0)
    }

    @Test(
        "What another program has spoilt is found by --verify and mended by --rebuild-graph-keys",
        arguments: ["auto", "never"])
    func rebuild(atomic: String) throws {
        let (server, folder) = try site()
        #expect(try sync(server, folder, "--graph-keys", "words", "--atomic", atomic).status == 0)
        try expectContract(server, folder, graphKeys: "words")
        for command in [
            ["set", "semantic:page:$home", Self.other], ["hset", "assoc:a.b", "weight", "7"],
            ["del", "type_index:page"], ["del", "children:\(Self.home)"],
            ["set", "children:\(Self.home)", "x"],
            ["del", "word:neues"], ["sadd", "word:neues", Self.home],
        ] {
            _ = try run("/usr/bin/env", ["redis-cli", "-s", server.socket] + command)
        }
        let verified = try sync(server, folder, "--verify")
        #expect(verified.status == 65)
        #expect(
            verified.errors.contains("6 wrong or missing entries of graph keys, the first in "),
            "\(verified.errors)")
        let mended = try sync(server, folder, "--rebuild-graph-keys", "--verify", "--atomic", atomic)
        #expect(mended.status == 0, "\(mended.errors)")
        // What no entity accounts for stays.
        _ = try server.ask("srem", "word:neues", Self.home)
        try expectContract(server, folder, graphKeys: "words")
    }

    @Test("A change of the setting that was interrupted is done again", arguments: ["graph", "none"])
    func interrupted(setting: String) throws {
        let (server, folder) = try site()
        #expect(try sync(server, folder, "--graph-keys", setting == "graph" ? "none" : "words").status == 0)
        // As if batches had begun to be written.
        _ = try server.ask("hset", "reed-import:csv:last", "graph_keys_begun", setting)
        _ = try server.ask("srem", "type_index:page", Self.home)
        let plan = try run(
            try reedImportPath(), ["plan", folder.path, "--redis", server.url, "--graph-keys", setting])
        #expect(plan.status == 2)
        #expect(plan.output.contains("after an import that was not finished"))
        #expect(try sync(server, folder, "--graph-keys", setting, "--verify").status == 0)
        try expectContract(server, folder, graphKeys: setting)
    }

    @Test(
        "Entities that are kept though the directory no longer has them keep their keys, or lose them with the others"
    )
    func leftovers() throws {
        let (server, folder) = try site()
        #expect(try sync(server, folder, "--graph-keys", "graph").status == 0)
        try folder.write(
            Self.pages.split(separator: "\n").dropLast().joined(separator: "\n") + "\n", to: "entities.csv")
        try folder.write("parent_path,entity_type,entity_id,path\n,page,home,a\n", to: "associations.csv")
        #expect(try sync(server, folder, "--verify").status == 0)
        #expect(try server.ask("exists", "semantic:page:$news", "assoc:a.b") == "2")
        for atomic in ["auto", "never"] {
            #expect(try sync(server, folder, "--graph-keys", "none", "--atomic", atomic).status == 0)
            #expect(
                try server.everything().keys.allSatisfy {
                    $0.hasPrefix("entity:") || $0.hasPrefix("reed-import:")
                })
            #expect(try sync(server, folder, "--graph-keys", "graph", "--atomic", atomic).status == 0)
            #expect(try server.ask("exists", "semantic:page:$news", "assoc:a.b") == "2")
        }
        #expect(try sync(server, folder, "--prune", "--max-delete", "100%").status == 0)
        try expectContract(server, folder, graphKeys: "graph")
    }

    @Test("A source that takes entities over takes their keys over, or removes them")
    func adoption() throws {
        for (theirs, ours) in [("graph", "none"), ("none", "graph"), ("words", "graph")] {
            let (server, folder) = try site()
            #expect(try sync(server, folder, "--source", "old", "--graph-keys", theirs).status == 0)
            let result = try sync(server, folder, "--graph-keys", ours, "--adopt", "--verify")
            #expect(result.status == 0, "\(result.errors)")
            #expect(try reedImport("forget", "old", "--redis", server.url, "--yes").status == 0)
            try expectContract(server, folder, graphKeys: ours)
        }
    }

    @Test("Forgetting a source with its entities removes their keys")
    func forget() throws {
        let (server, folder) = try site()
        #expect(try sync(server, folder, "--graph-keys", "words").status == 0)
        #expect(try reedImport("forget", "csv", "--redis", server.url, "--yes", "--delete").status == 0)
        #expect(try server.everything() == [:])
    }

    @Test("A file of commands has the keys, too")
    func file() throws {
        let (server, folder) = try site()
        let file = folder.path(of: "out.resp")
        #expect(
            try run(try reedImportPath(), [folder.path, "--out", file, "--graph-keys", "words", "--quiet"])
                .status
                == 0)
        let piped = try run("/bin/sh", ["-c", "redis-cli -s '\(server.socket)' --pipe <'\(file)'"])
        #expect(piped.status == 0)
        let expected = try Oracle.says(of: folder.path, graphKeys: "words").keys ?? [:]
        let found = differences(
            try server.everything(), expected.filter { !$0.key.hasPrefix("reed-import:") })
        #expect(found == [])
    }

    @Test(
        "A saved plan carries the change of the setting out, and nothing else", arguments: ["auto", "never"])
    func savedPlan(atomic: String) throws {
        let (server, folder) = try site()
        #expect(try sync(server, folder).status == 0)
        let file = folder.path(of: "plan")
        let plan = try run(
            try reedImportPath(),
            ["plan", folder.path, "--redis", server.url, "--graph-keys", "graph", "--out", file])
        #expect(plan.status == 2)
        #expect(
            plan.output.contains("Graph keys: none -> graph (also of 4 unchanged entities)"), "\(plan.output)"
        )
        #expect(try reedImport("apply", file, "--atomic", atomic).status == 0)
        try expectContract(server, folder, graphKeys: "graph")
        let again = try reedImport("apply", file)
        #expect(again.status == 3)
        #expect(again.errors.contains("graph keys"), "\(again.errors)")
    }

    @Test("A user without the rights is told before anything is written")
    func rights() throws {
        let (server, folder) = try site()
        _ = try server.ask("acl", "setuser", "imp", "on", ">pw", "~entity:*", "~reed-import:*", "+@all")
        let url = "unix://imp:pw@\(server.socket)"
        let program = try reedImportPath()
        let refused = try run(program, [folder.path, "--redis", url, "--graph-keys", "graph", "--quiet"])
        #expect(refused.status == 77, "\(refused.errors)")
        #expect(try server.everything() == [:])
        #expect(try run(program, [folder.path, "--redis", url, "--quiet"]).status == 0)
    }

    @Test("A reader who follows the keys while imports go on finds the entity of every id")
    func reader() throws {
        let server = try RedisServer()
        let folders = try (0..<2).map { turn in
            let folder = try TemporaryDirectory()
            var (rows, edges) = (
                "entity_type,semantic_name\npage,$home\n",
                "parent_path,entity_type,entity_id,weight,path\n,page,home,0,a\n"
            )
            for number in 0..<40 where number % 3 != turn {
                rows += "page,$p\(number)\n"
                edges += "home,page,p\(number),\(turn * number),a.\(turn)_\(number)\n"
            }
            try folder.write(rows, to: "entities.csv")
            try folder.write(edges, to: "associations.csv")
            return folder
        }
        let options = ["--graph-keys", "graph", "--prune", "--max-delete", "100%", "--atomic", "always"]
        let start = try run(
            try reedImportPath(), [folders[0].path, "--redis", server.url, "--quiet"] + options)
        #expect(start.status == 0)
        // Each look is one script, so that what it sees is one moment's.
        let look = """
            local home = redis.call('get', 'semantic:page:$home')
            local seen = 0
            local function check(id, type, from)
              seen = seen + 1
              if redis.call('exists', 'entity:' .. type .. ':' .. id) == 0 then
                error('no ' .. type .. ' ' .. id .. ' of ' .. from)
              end
            end
            for _, id in ipairs(redis.call('zrange', 'children:' .. home, 0, -1)) do
              check(id, 'page', 'children')
              check(redis.call('get', 'parent:' .. id), 'page', 'parent')
              local references = redis.call('smembers', 'refs:' .. id)
              if #references == 0 then error('nothing refers to ' .. id) end
              for _, edge in ipairs(references) do check(edge, 'association', 'refs') end
            end
            for _, key in ipairs(redis.call('keys', 'assoc:*')) do
              check(redis.call('hget', key, 'id'), 'association', key)
              check(redis.call('hget', key, 'child_id'), 'page', key)
            end
            for _, key in ipairs(redis.call('keys', 'semantic:*')) do check(redis.call('get', key), 'page', key) end
            return seen
            """
        let script = """
            for turn in 1 2 3 4 5 6; do
              for folder in '\(folders[1].path)' '\(folders[0].path)'; do
                '\(try reedImportPath())' "$folder" --redis '\(server.url)' --quiet "$@" || exit 1
              done
            done
            """
        let writer = try RunningProcess("/bin/sh", ["-c", script, "sh"] + options)
        var looks = 0
        while writer.isRunning || looks < 3 {
            let seen = try server.ask("eval", look, "0")
            #expect(Int(seen) ?? 0 > 0, "\(seen)")
            looks += 1
        }
        let written = try writer.finish()
        #expect(written.status == 0, "\(written.errors)")
        try expectContract(server, folders[0], graphKeys: "graph")
    }

    @Test("Ids to which graph keys lead, and that have no entity, are counted in a note")
    func undeclared() throws {
        let (server, folder) = try site()
        try folder.write(Self.tree + "home,menu,main,a.c\na.b,menu,other,a.b.c\n", to: "associations.csv")
        for (setting, isNoted) in [("none", false), ("graph", true)] {
            let result = try reedImport(folder.path, "--redis", server.url, "--graph-keys", setting)
            #expect(result.status == 0)
            let note = "note: graph keys lead to 2 placed instances without a row in entities.csv"
            #expect(result.errors.contains(note) == isNoted, "\(result.errors)")
        }
    }

    @Test(
        "A change of the setting that breaks off is recorded as begun, whatever was written, and ended by the next import"
    )
    func brokenOff() throws {
        let site = try FaultSite(rows: 12_000)
        let options = ["--graph-keys", "graph", "--atomic", "never", "--batch", "256", "--retry-for", "0"]
        func received() throws -> Int {
            let info = try site.server.ask("info", "stats")
            let line = info.split(whereSeparator: \.isNewline).first {
                $0.hasPrefix("total_net_input_bytes:")
            }
            return Int(line?.split(separator: ":").last ?? "") ?? 0
        }
        func prepare() throws {
            _ = try site.server.ask("flushall")
            #expect(try site.run(site.server.url, "--batch", "256").status == 0)
        }
        try prepare()
        let before = try received()
        #expect(
            try TestSupport.run(try reedImportPath(), site.arguments(site.server.url, options)).status == 0)
        let total = try received() - before
        var partial = 0
        for part in 4..<10 {
            try prepare()
            let proxy = try FaultProxy(
                site.server, "--cut-after-bytes", "\(total * part / 10)", "--dir", "c2s")
            let result = try TestSupport.run(try reedImportPath(), site.arguments(proxy.url, options))
            let indexed = Int(try site.server.ask("scard", "type_index:translation")) ?? 0
            guard result.status != 0, indexed > 0 else { continue }
            if indexed < site.rows { partial += 1 }
            #expect(try site.server.ask("hget", "reed-import:csv:last", "graph_keys_begun") == "graph")
            _ = try site.server.ask("del", "reed-import:csv:lock")
            // Without the option it goes back to what was finished last.
            let again = try TestSupport.run(
                try reedImportPath(),
                site.arguments(site.server.url, part % 2 == 0 ? ["--verify"] : options + ["--verify"]))
            #expect(again.status == 0, "\(again.errors)")
            #expect(
                try site.server.ask("scard", "type_index:translation")
                    == (part % 2 == 0 ? "0" : "\(site.rows)"))
        }
        #expect(partial > 0, "some of the cuts are in the middle")
    }

    @Test("Entities that a forgotten source has left become another's, with their keys")
    func forgotten() throws {
        let (server, folder) = try site()
        #expect(try sync(server, folder, "--source", "old", "--graph-keys", "graph").status == 0)
        #expect(try reedImport("forget", "old", "--redis", server.url, "--yes").status == 0)
        let result = try sync(server, folder, "--graph-keys", "graph", "--verify")
        #expect(result.status == 0, "\(result.errors)")
        try expectContract(server, folder, graphKeys: "graph")
    }

    @Test("A source without graph keys needs no right to them, whatever another has")
    func otherSource() throws {
        let (server, folder) = try site()
        #expect(try sync(server, folder, "--source", "shop", "--graph-keys", "graph").status == 0)
        try folder.write("key,value\na,b\n", to: "texts/translations.de.csv")
        _ = try server.ask("acl", "setuser", "imp", "on", ">pw", "~entity:*", "~reed-import:*", "+@all")
        let result = try reedImport(
            folder.path(of: "texts"), "--redis", "unix://imp:pw@\(server.socket)", "--quiet")
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("A name that another source has given is a conflict, though this one refers to what bears it")
    func foreignName() throws {
        let (server, folder) = try site()
        try folder.write("id,entity_type,semantic_name\n\(Self.other),page,$home\n", to: "shop/entities.csv")
        try folder.write("name\n", to: "shop/themes.csv")
        let shop = folder.path(of: "shop")
        #expect(
            try reedImport(shop, "--redis", server.url, "--source", "shop", "--graph-keys", "graph").status
                == 0)
        try folder.write("parent_id,child_id,association_type\n,$home,shows\n", to: "site/associations.csv")
        let site = ["--redis", server.url, "--allow-existing", "--graph-keys", "graph", "--quiet"]
        let program = try reedImportPath()
        #expect(try run(program, [folder.path(of: "site")] + site).status == 0)
        try folder.write(Self.pages, to: "site/entities.csv")
        let result = try run(program, [folder.path(of: "site")] + site)
        #expect(result.status == 3)
        #expect(
            result.errors.contains("semantic:page:$home is the name of \(Self.other)"), "\(result.errors)")
    }

    @Test(
        "Writing all keys anew deletes nothing of another type that this source never held",
        arguments: ["auto", "never"])
    func foreignType(atomic: String) throws {
        let (server, folder) = try site()
        #expect(try sync(server, folder, "--graph-keys", "graph").status == 0)
        try folder.write(Self.pages + "page,$new,\n", to: "entities.csv")
        _ = try server.ask("rpush", "semantic:page:$new", "another's")
        // What it did hold is mended, also where a new entity comes first.
        _ = try server.ask("del", "type_index:page")
        _ = try server.ask("set", "type_index:page", "x")
        let refused = try sync(server, folder, "--rebuild-graph-keys", "--atomic", atomic)
        #expect(refused.status == 3)
        #expect(
            refused.errors.contains("semantic:page:$new holds a value of another type"), "\(refused.errors)")
        #expect(!refused.errors.contains("type_index"))
        #expect(try server.ask("lrange", "semantic:page:$new", "0", "-1") == "another's")
        _ = try server.ask("del", "semantic:page:$new")
        #expect(try sync(server, folder, "--rebuild-graph-keys", "--atomic", atomic, "--verify").status == 0)
        try expectContract(server, folder, graphKeys: "graph")
    }
}
