//! Runs PostgreSQL's programs, whatever the caller's environment.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::LocalPgError;
use super::place::Account;

/// A `Command` that the caller's `PG…` variables and language do not change, in a folder every user
/// can enter.
pub(super) fn tool(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    command
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .current_dir("/")
        .stdin(Stdio::null());
    command
}

/// A `tool` that runs as the server's user.
pub(super) fn tool_as(program: &Path, account: Option<Account>) -> Command {
    let mut command = tool(program);
    if let Some(Account { uid, gid }) = account {
        command.uid(uid).gid(gid);
    }
    command
}

/// For a program that could not be run at all.
pub(super) fn run_failed(
    program: &Path,
    account: Option<Account>,
    error: &std::io::Error,
) -> LocalPgError {
    let user = account.map_or(String::new(), |account| format!(" as uid {}", account.uid));
    LocalPgError::Program {
        program: program.display().to_string(),
        detail: format!("it cannot be run{user}: {error}."),
    }
}
