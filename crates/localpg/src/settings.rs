//! The server's settings, given on its command line so that they hold at every start.

use std::path::Path;

use super::{Options, PORT};

/// What is the same for everybody.
const FIXED: &[&str] = &[
    // A socket in a private folder and nothing else.
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "password_encryption=scram-sha-256",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "cluster_name=toldonce",
    // Sized for one area's MARACs on a small machine, on solid-state storage.
    "shared_buffers=128MB",
    "effective_cache_size=512MB",
    "work_mem=8MB",
    "maintenance_work_mem=64MB",
    "max_wal_size=1GB",
    "wal_compression=on",
    "random_page_cost=1.1",
    "jit=off",
    // The log tells of starts, stops and crashes. Failed statements reach the application, and
    // their text and details may hold personal data.
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_checkpoints=off",
];

const DURABLE: &[&str] = &["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

const NOT_DURABLE: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
];

/// `name=value` for every setting of a server whose socket lies in `socket_dir`.
pub(super) fn all(socket_dir: &Path, options: &Options) -> Vec<String> {
    let durability = if options.durable {
        DURABLE
    } else {
        NOT_DURABLE
    };
    let mut all: Vec<String> = FIXED
        .iter()
        .chain(durability)
        .map(|&one| one.to_owned())
        .collect();
    all.push(format!("port={PORT}"));
    all.push(format!("unix_socket_directories={}", socket_dir.display()));
    all.push(format!("max_connections={}", options.max_connections));
    all
}
