/// What is in a database that is to be replaced.
struct TargetState: Decodable {
    let database: String
    let version: String
    let sessions: [String]
    /// Schemas that are neither the system's nor an extension's, as SQL identifiers.
    let schemas: [String]
}

extension PostgresServer {
    /// Looks at a database.
    func targetState() async throws(BackupError) -> TargetState {
        try await query(
            TargetState.self,
            """
            select json_build_object(
              'database', current_database(),
              'version', current_setting('server_version'),
              'sessions', (
                select coalesce(json_agg(format('%s (%s)', name, count) order by name), '[]') from (
                  select coalesce(nullif(application_name, ''), 'unnamed') as name, count(*) as count
                  from pg_stat_activity
                  where datname = current_database() and pid <> pg_backend_pid()
                    and backend_type = 'client backend'
                  group by 1) as session),
              'schemas', (
                select coalesce(json_agg(quote_ident(nspname) order by nspname), '[]') from pg_namespace
                where nspname !~ '^pg_' and nspname <> 'information_schema'
                  and not exists (select from pg_depend
                    where classid = 'pg_namespace'::regclass and objid = pg_namespace.oid and deptype = 'e')));
            """)
    }
}
