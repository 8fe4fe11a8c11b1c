-- step 1 identity d396a36e27f08c7f52a795a22d59a5a3cec874aae10f7c3cfc065d66ca551334
-- step 2 blocks d6a92826028ea61592b1604d9a122430f248104c76c6ed7212dd2b193e7b51f1
-- step 3 objects 848674adeaa944a05c81f9338d5ec66762fcff434ba1e156475870ea80fe0dc9
-- step 4 contents d6743c76c8471dc1dc94329112b1944eaaf8a105219ff7ca7aa2d150a5b4d09e
-- step 5 volumes 67d2754eb3171a7efb691a4389fbfbbf7525ad3388f7e512cbb748ccdbd8db34
-- step 6 mounts ad56c35473bee8dd1e4ffff4f586b36e8e857cff0d9f19f33bcd8e806b487d74
-- step 7 secrets 3a2d8e515db71b012c80e2140c03b5115041dcaed0d0e6cf19482eb482268762
-- step 8 blobs 5557cf9829723cf451117a397a544bc515a7f8833c2e913f9206eacdeb0435c5
-- step 9 queues a79041c444f123bceeccff9b3ca2b5a3902c79f4ad4f63e28966ff5887a9e78f
-- step 10 dicts 897d54b76157889b6f0f21730e3462a8f24b21748b988c073a908b2c473e1b7b
-- step 11 calls once 0e87dafbc2c6f2e162f9e1a906767199303c5803c5a38a48b595c2654da21b5f
-- step 12 usage f687d4b9ce28e134a04f56869e40d7136d190fdd07757803f659e259c860d781
-- step 13 images be49edf57f8b7b55aaad29c6668385243cb2fb57ccd372636ace4e6f588dd7f4
-- step 14 sandboxes bdb61483aa8376a8179aef82cc57a3852e58e1acc7240fcea6552a3b96b47def
-- step 15 working copies 2740c1087275f3b8cbc64de642a263dc709f5a5827fc57f34906a17bf4f6db92
-- step 16 tunnels and sidecars of sandboxes a529512ab26427b5d075d4f306fc1e8b26f41e4311726337c40432f7b8f0d11a
-- step 17 snapshots 1b2577bee0a643a90eded95e68d7e8dbb43ae1877d5ff9fa8225d10514aaf6d1
-- step 18 mount checksums 1ee3a73a5f6e5c23c47efc48034f2afe01ad66ae6566ea9ce8c1875a12d81671
-- step 19 image tag moves b721cb486d673ed1c914ad35ed8b8154b6833b1877f96b8c5ebb56f9e1bda991
-- step 20 no image stand-ins 5c142070e87b20428ed16bc536c68b6276dd54d8c7fb2204833e7341d56d2499
-- step 21 functions e77d0cf707bf561794040a6d9a49ad6529ae4e6b57f7012c700fb1457d63ea0d
-- step 22 memory snapshots 17d353b6a74968d3d366f446ceb8140e0cd5ed7e2ae38968d121ef7b3e3361e6
-- step 23 proxy tokens 0b4f087e9a033bc5019998227f3232f871c01756875f0338b8ad108db56b9e49
-- step 24 web ports fa59150f35f64d9527f4b50db9441e71d66b727c3aeddc953f3b96e03d4bf59a
-- step 25 domains 58115d44738a2601215f1f03875305eb2e66545f31959fc2af153a3e3c433288
CREATE TABLE app_versions (
    app_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    layout BLOB NOT NULL,
    facts BLOB NOT NULL,
    deployed_at INTEGER NOT NULL,
    deployed_by TEXT NOT NULL,
    PRIMARY KEY (app_id, version)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE blob_parts (
    blob_id TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    md5 BLOB NOT NULL CHECK (length(md5) = 16),
    PRIMARY KEY (blob_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE blobs (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    state INTEGER NOT NULL,
    length INTEGER NOT NULL CHECK (length >= 0),
    part_length INTEGER CHECK (part_length > 0),
    md5 BLOB CHECK (length(md5) = 16),
    sha256 BLOB CHECK (length(sha256) = 32),
    etag TEXT,
    pin_count INTEGER NOT NULL DEFAULT 0 CHECK (pin_count >= 0),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE block_references (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    count INTEGER NOT NULL CHECK (count > 0)
) STRICT, WITHOUT ROWID;
CREATE TABLE call_chunks (
    call_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (call_id, number)
) STRICT;
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
CREATE TABLE classes (
    id TEXT NOT NULL PRIMARY KEY,
    app_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE content_blocks (
    digest BLOB NOT NULL,
    content_id BLOB NOT NULL,
    block_index INTEGER NOT NULL,
    PRIMARY KEY (digest, content_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE contents (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    size INTEGER NOT NULL CHECK (size > 0),
    blocks BLOB NOT NULL,
    reference_count INTEGER NOT NULL CHECK (reference_count >= 0),
    unreferenced_at INTEGER,
    CHECK ((reference_count = 0) = (unreferenced_at IS NOT NULL))
) STRICT;
CREATE TABLE dict_entries (
    generation INTEGER NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    bytes_in_blocks INTEGER,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (generation, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE dict_generations (
    generation INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    dict_id TEXT NOT NULL,
    dropped_at INTEGER
) STRICT;
CREATE TABLE dict_popped_values (
    id INTEGER NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    bytes_in_blocks INTEGER NOT NULL,
    popped_at INTEGER NOT NULL
) STRICT;
CREATE TABLE domains (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (workspace_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE environments (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL,
    webhook_suffix TEXT NOT NULL,
    image_builder_version TEXT NOT NULL,
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    created_at INTEGER NOT NULL,
    created_by TEXT REFERENCES tokens (id),
    UNIQUE (workspace_id, name)
) STRICT;
CREATE TABLE exit_snapshots (
    sandbox_id TEXT NOT NULL PRIMARY KEY REFERENCES sandboxes (id) ON DELETE CASCADE,
    image_id TEXT,
    failure TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE function_definitions (
    id TEXT NOT NULL PRIMARY KEY,
    function_id TEXT NOT NULL,
    definition BLOB NOT NULL,
    sent BLOB NOT NULL
) STRICT;
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
CREATE TABLE idempotent_calls (
    id INTEGER NOT NULL PRIMARY KEY,
    key_hash BLOB NOT NULL CHECK (length(key_hash) = 16),
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    response BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE image_builds (
    id TEXT NOT NULL PRIMARY KEY,
    definition BLOB NOT NULL CHECK (length(definition) = 32),
    request BLOB NOT NULL,
    state INTEGER NOT NULL,
    failure TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE image_keys (
    image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE image_layer_uses (
    image INTEGER NOT NULL,
    position INTEGER NOT NULL,
    layer INTEGER NOT NULL REFERENCES image_layers (key),
    PRIMARY KEY (image, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE image_layers (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    diff_id BLOB CHECK (length(diff_id) = 32),
    below BLOB CHECK (length(below) = 32),
    size INTEGER NOT NULL,
    entry_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE image_names (
    environment_id TEXT NOT NULL,
    name TEXT NOT NULL,
    tag TEXT NOT NULL,
    image INTEGER NOT NULL REFERENCES images (key),
    published_at INTEGER NOT NULL,
    PRIMARY KEY (environment_id, name, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE image_tag_moves (
    reference TEXT NOT NULL PRIMARY KEY,
    image INTEGER NOT NULL,
    moves INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE image_tags (
    reference TEXT NOT NULL PRIMARY KEY,
    image INTEGER NOT NULL REFERENCES images (key),
    tagged_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE images (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    definition BLOB CHECK (length(definition) = 32),
    config TEXT NOT NULL,
    origin INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    removed_at INTEGER
) STRICT;
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
CREATE TABLE memory_snapshots (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    call_key TEXT NOT NULL,
    sandbox_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    name TEXT,
    definition BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    image_id TEXT REFERENCES images (id) ON DELETE CASCADE,
    failure TEXT,
    UNIQUE (task_id, call_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE mount_files (
    mount_id TEXT NOT NULL,
    path TEXT NOT NULL,
    mode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    form INTEGER NOT NULL,
    content BLOB,
    PRIMARY KEY (mount_id, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE mounts (
    id TEXT NOT NULL PRIMARY KEY,
    checksum BLOB NOT NULL CHECK (length(checksum) = 32)
, file_count INTEGER NOT NULL DEFAULT 0, byte_count INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE objects (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    environment_id TEXT NOT NULL REFERENCES environments (id),
    name TEXT,
    app_id TEXT,
    expires_at INTEGER,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    CHECK ((name IS NOT NULL) + (app_id IS NOT NULL) + (expires_at IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;
CREATE TABLE proxy_token_environments (
    token_id TEXT NOT NULL REFERENCES proxy_tokens (id) ON DELETE CASCADE,
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    PRIMARY KEY (token_id, environment_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE proxy_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    is_scoped INTEGER NOT NULL CHECK (is_scoped IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE queue_generations (
    generation INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    queue_id TEXT NOT NULL,
    partition_count INTEGER NOT NULL,
    dropped_at INTEGER
) STRICT;
CREATE TABLE queue_items (
    partition INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    value BLOB NOT NULL,
    bytes_in_blocks INTEGER,
    PRIMARY KEY (partition, entry)
) STRICT, WITHOUT ROWID;
CREATE TABLE queue_partitions (
    partition INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    generation INTEGER NOT NULL,
    key BLOB NOT NULL,
    first_entry INTEGER NOT NULL,
    next_entry INTEGER NOT NULL,
    swept_entry INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (generation, key),
    CHECK (first_entry <= next_entry)
) STRICT;
CREATE TABLE removed_objects (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    removed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sandbox_tags (
    sandbox_id TEXT NOT NULL REFERENCES sandboxes (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (sandbox_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE sandbox_tunnels (
    task_id TEXT NOT NULL,
    container_port INTEGER NOT NULL,
    is_plain INTEGER NOT NULL CHECK (is_plain IN (0, 1)),
    machine_port INTEGER NOT NULL,
    PRIMARY KEY (task_id, container_port, is_plain)
) STRICT, WITHOUT ROWID;
CREATE TABLE sandboxes (
    id TEXT NOT NULL PRIMARY KEY,
    task_id TEXT NOT NULL UNIQUE,
    workspace_id TEXT NOT NULL,
    created_by TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    name TEXT,
    definition BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ready_at INTEGER,
    ended_at INTEGER,
    ending INTEGER,
    exit_code INTEGER,
    message TEXT
, function_id TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE schedules (
    function_id TEXT NOT NULL PRIMARY KEY,
    next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE secrets (
    id TEXT NOT NULL PRIMARY KEY,
    keys TEXT NOT NULL,
    sealed BLOB NOT NULL,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sidecars (
    id TEXT NOT NULL PRIMARY KEY,
    task_id TEXT NOT NULL,
    name TEXT NOT NULL,
    definition BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    ending INTEGER,
    exit_code INTEGER,
    message TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshots (
    task_id TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    PRIMARY KEY (task_id, snapshot_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE token_flows (
    id TEXT NOT NULL PRIMARY KEY,
    wait_secret_hash BLOB NOT NULL,
    code TEXT NOT NULL,
    state INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    workspace_id TEXT REFERENCES workspaces (id),
    token_name TEXT,
    token_id TEXT REFERENCES tokens (id)
) STRICT;
CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE TABLE volume_entries (
    volume INTEGER NOT NULL,
    directory TEXT NOT NULL,
    name TEXT NOT NULL,
    from_version INTEGER NOT NULL,
    to_version INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    form INTEGER NOT NULL,
    content BLOB,
    target TEXT,
    PRIMARY KEY (volume, directory, name, from_version)
) STRICT, WITHOUT ROWID;
CREATE TABLE volume_layers (
    volume INTEGER NOT NULL,
    number INTEGER NOT NULL,
    from_version INTEGER NOT NULL,
    to_version INTEGER NOT NULL,
    entry_count INTEGER NOT NULL,
    boot_id TEXT,
    PRIMARY KEY (volume, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE volume_working_copies (
    id TEXT NOT NULL PRIMARY KEY,
    volume_id TEXT NOT NULL,
    sub_path TEXT NOT NULL,
    is_read_only INTEGER NOT NULL CHECK (is_read_only IN (0, 1)),
    directory TEXT NOT NULL,
    mount_point TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    commit_number INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    version INTEGER NOT NULL,
    layers TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE volumes (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    format INTEGER NOT NULL,
    head INTEGER NOT NULL,
    is_staging INTEGER NOT NULL CHECK (is_staging IN (0, 1))
, file_count INTEGER NOT NULL DEFAULT 0, byte_count INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE web_names (
    name TEXT NOT NULL PRIMARY KEY,
    function_id TEXT NOT NULL,
    method TEXT NOT NULL,
    needs_token INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE web_ports (
    port INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE REFERENCES web_names (name) ON DELETE CASCADE
) STRICT;
CREATE TABLE whole_files (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    content_id BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE workspaces (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX apps_by_age ON apps (environment_id, created_at);
CREATE INDEX apps_stopped ON apps (stopped_at) WHERE stopped_at IS NOT NULL;
CREATE INDEX blobs_by_expiry ON blobs (state, expires_at) WHERE pin_count = 0;
CREATE INDEX calls_ended ON calls (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX calls_of_app ON calls (app_id);
CREATE INDEX calls_of_function ON calls (function_id, created_at);
CREATE INDEX calls_of_parent ON calls (parent_input_id) WHERE parent_input_id IS NOT NULL;
CREATE INDEX classes_of_app ON classes (app_id);
CREATE INDEX contents_unreferenced ON contents (unreferenced_at) WHERE unreferenced_at IS NOT NULL;
CREATE INDEX dict_generations_dropped ON dict_generations (dropped_at) WHERE dropped_at IS NOT NULL;
CREATE INDEX dict_generations_of_dict ON dict_generations (dict_id, dropped_at);
CREATE INDEX dict_popped_values_age ON dict_popped_values (popped_at);
CREATE UNIQUE INDEX environments_default ON environments (workspace_id) WHERE is_default = 1;
CREATE INDEX exit_snapshots_pending ON exit_snapshots (sandbox_id) WHERE image_id IS NULL AND failure IS NULL;
CREATE INDEX function_definitions_of_function ON function_definitions (function_id, id);
CREATE UNIQUE INDEX functions_bound ON functions (base_id, binding) WHERE base_id IS NOT NULL;
CREATE INDEX functions_of_app ON functions (app_id);
CREATE INDEX image_builds_definition ON image_builds (definition);
CREATE INDEX image_layer_uses_layer ON image_layer_uses (layer);
CREATE INDEX image_layers_diff_id ON image_layers (diff_id) WHERE diff_id IS NOT NULL;
CREATE INDEX image_names_image ON image_names (image);
CREATE INDEX image_tags_image ON image_tags (image);
CREATE UNIQUE INDEX images_definition ON images (definition) WHERE definition IS NOT NULL AND removed_at IS NULL;
CREATE INDEX images_expiring ON images (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX images_removed ON images (removed_at) WHERE removed_at IS NOT NULL;
CREATE UNIQUE INDEX inputs_by_number ON inputs (call_id, number) WHERE number IS NOT NULL;
CREATE INDEX inputs_of_call ON inputs (call_id, position);
CREATE INDEX inputs_waiting ON inputs (function_id, id) WHERE status IS NULL;
CREATE INDEX memory_snapshots_image ON memory_snapshots (image_id) WHERE image_id IS NOT NULL;
CREATE UNIQUE INDEX memory_snapshots_pending ON memory_snapshots (task_id) WHERE image_id IS NULL AND failure IS NULL;
CREATE INDEX mounts_checksum ON mounts (checksum);
CREATE INDEX objects_by_age ON objects (environment_id, kind, created_at) WHERE name IS NOT NULL;
CREATE INDEX objects_by_app ON objects (app_id) WHERE app_id IS NOT NULL;
CREATE INDEX objects_by_expiry ON objects (expires_at) WHERE expires_at IS NOT NULL;
CREATE UNIQUE INDEX objects_by_name ON objects (environment_id, kind, name) WHERE name IS NOT NULL;
CREATE INDEX proxy_token_environments_environment ON proxy_token_environments (environment_id);
CREATE INDEX queue_generations_dropped ON queue_generations (dropped_at) WHERE dropped_at IS NOT NULL;
CREATE INDEX queue_generations_of_queue ON queue_generations (queue_id, dropped_at);
CREATE INDEX removed_objects_of_kind ON removed_objects (kind);
CREATE UNIQUE INDEX sandboxes_by_age ON sandboxes (environment_id, created_at);
CREATE UNIQUE INDEX sandboxes_by_name ON sandboxes (app_id, name) WHERE name IS NOT NULL AND ended_at IS NULL;
CREATE INDEX sandboxes_ended ON sandboxes (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sandboxes_live ON sandboxes (id) WHERE ended_at IS NULL;
CREATE INDEX sandboxes_named_once ON sandboxes (app_id, name, created_at) WHERE name IS NOT NULL;
CREATE INDEX sandboxes_of_app ON sandboxes (app_id, created_at);
CREATE INDEX sandboxes_of_function ON sandboxes (function_id, created_at) WHERE function_id IS NOT NULL;
CREATE INDEX schedules_by_time ON schedules (next_at);
CREATE UNIQUE INDEX sidecars_by_name ON sidecars (task_id, name) WHERE ended_at IS NULL;
CREATE INDEX sidecars_of_task ON sidecars (task_id, created_at);
CREATE INDEX snapshots_image ON snapshots (image_id);
CREATE UNIQUE INDEX token_flows_code ON token_flows (code);
CREATE INDEX token_flows_expiry ON token_flows (expires_at);
CREATE INDEX tokens_of_workspace ON tokens (workspace_id, created_at);
CREATE INDEX volume_entries_ended ON volume_entries (volume, to_version) WHERE to_version < 9223372036854775807;
CREATE INDEX volume_entries_from ON volume_entries (volume, from_version);
CREATE INDEX web_names_of_function ON web_names (function_id);
CREATE INDEX whole_files_of_content ON whole_files (content_id);
