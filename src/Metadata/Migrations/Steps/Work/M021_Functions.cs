namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>Apps with their versions, functions and classes; calls with their inputs and results.</summary>
internal static class M021_Functions
{
    public static Migration Step { get; } = new(21, "functions", """
        CREATE TABLE apps (
            id TEXT NOT NULL PRIMARY KEY,
            workspace_id TEXT NOT NULL,
            environment_id TEXT NOT NULL,
            description TEXT NOT NULL,
            state INTEGER NOT NULL,
            version INTEGER NOT NULL,
            tags BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            deployed_at INTEGER,
            stopped_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX apps_by_age ON apps (environment_id, created_at);
        CREATE INDEX apps_stopped ON apps (stopped_at) WHERE stopped_at IS NOT NULL;

        CREATE TABLE app_versions (
            app_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            layout BLOB NOT NULL,
            facts BLOB NOT NULL,
            deployed_at INTEGER NOT NULL,
            deployed_by TEXT NOT NULL,
            PRIMARY KEY (app_id, version)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE functions (
            id TEXT NOT NULL PRIMARY KEY,
            app_id TEXT NOT NULL,
            tag TEXT NOT NULL,
            definition_id TEXT,
            base_id TEXT,
            binding BLOB,
            parameters BLOB,
            options BLOB,
            scaling BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX functions_of_app ON functions (app_id);
        CREATE UNIQUE INDEX functions_bound ON functions (base_id, binding) WHERE base_id IS NOT NULL;

        CREATE TABLE function_definitions (
            id TEXT NOT NULL PRIMARY KEY,
            function_id TEXT NOT NULL,
            definition BLOB NOT NULL,
            sent BLOB NOT NULL
        ) STRICT;
        CREATE INDEX function_definitions_of_function ON function_definitions (function_id, id);

        CREATE TABLE classes (
            id TEXT NOT NULL PRIMARY KEY,
            app_id TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX classes_of_app ON classes (app_id);

        CREATE TABLE web_names (
            name TEXT NOT NULL PRIMARY KEY,
            function_id TEXT NOT NULL,
            method TEXT NOT NULL,
            needs_token INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX web_names_of_function ON web_names (function_id);

        CREATE TABLE schedules (
            function_id TEXT NOT NULL PRIMARY KEY,
            next_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX schedules_by_time ON schedules (next_at);

        CREATE TABLE calls (
            id TEXT NOT NULL PRIMARY KEY,
            function_id TEXT NOT NULL,
            app_id TEXT NOT NULL,
            workspace_id TEXT NOT NULL,
            kind INTEGER NOT NULL,
            parent_input_id TEXT,
            created_at INTEGER NOT NULL,
            input_count INTEGER NOT NULL,
            done_count INTEGER NOT NULL,
            is_canceled INTEGER NOT NULL,
            ended_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX calls_of_function ON calls (function_id, created_at);
        CREATE INDEX calls_of_app ON calls (app_id);
        CREATE INDEX calls_of_parent ON calls (parent_input_id) WHERE parent_input_id IS NOT NULL;
        CREATE INDEX calls_ended ON calls (ended_at) WHERE ended_at IS NOT NULL;

        CREATE TABLE inputs (
            id TEXT NOT NULL PRIMARY KEY,
            call_id TEXT NOT NULL,
            function_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            method TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            losses INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            task_id TEXT,
            started_at INTEGER,
            number INTEGER,
            status INTEGER,
            ended_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX inputs_waiting ON inputs (function_id, id) WHERE status IS NULL;
        CREATE INDEX inputs_of_call ON inputs (call_id, position);
        CREATE UNIQUE INDEX inputs_by_number ON inputs (call_id, number) WHERE number IS NOT NULL;

        CREATE TABLE input_arguments (
            input_id TEXT NOT NULL PRIMARY KEY,
            format INTEGER NOT NULL,
            body BLOB,
            blob_id TEXT
        ) STRICT;

        CREATE TABLE input_results (
            input_id TEXT NOT NULL PRIMARY KEY,
            format INTEGER NOT NULL,
            body BLOB,
            message TEXT
        ) STRICT;

        CREATE TABLE call_chunks (
            call_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (call_id, number)
        ) STRICT;

        INSERT INTO apps (id, workspace_id, environment_id, description, state, version, tags, created_at, created_by)
            SELECT o.id, e.workspace_id, o.environment_id, coalesce(o.name, ''), CASE WHEN o.name IS NULL THEN 2 ELSE 4 END, 0, x'7b7d', o.created_at, o.created_by
            FROM objects o JOIN environments e ON e.id = o.environment_id WHERE o.kind = 'ap';

        ALTER TABLE sandboxes ADD COLUMN function_id TEXT;
        CREATE INDEX sandboxes_of_function ON sandboxes (function_id, created_at) WHERE function_id IS NOT NULL;
        """);
}
