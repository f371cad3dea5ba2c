//! Makes a new cluster.

use std::fs::{self, File};
use std::path::Path;

use super::binaries::Binaries;
use super::error::LocalPgError;
use super::files::{hex, replace_file};
use super::place::{Home, make_server_dir};
use super::tool::{run_failed, tool_as};
use super::{SUPERUSER, random};

/// Makes the cluster. It gets its name only when it is whole, so that an interrupted one is never
/// taken for a cluster.
pub(super) fn initialise(
    home: &Home,
    binaries: &Binaries,
    durable: bool,
    lock: &File,
) -> Result<(), LocalPgError> {
    let new = home.dir.join("data.new");
    if new.symlink_metadata().is_ok() {
        fs::remove_dir_all(&new).map_err(LocalPgError::file("remove", &new))?;
    }
    let password = format!("{}\n", hex(&random::<32>()?));
    replace_file(&home.password_file(), password.as_bytes(), home.account)?;
    make_server_dir(&new, home.account)?;
    // Not every system knows C.UTF-8.
    if let Err(said) = initdb(home, binaries, &new, "C.UTF-8", durable, lock)? {
        let program = binaries.dir.join("initdb").display().to_string();
        if !said.contains("locale") {
            return Err(LocalPgError::Program {
                program,
                detail: said,
            });
        }
        initdb(home, binaries, &new, "C", durable, lock)?
            .map_err(|detail| LocalPgError::Program { program, detail })?;
    }
    fs::rename(&new, home.data()).map_err(LocalPgError::file("rename", &new))?;
    File::open(&home.dir)
        .and_then(|dir| dir.sync_all())
        .map_err(LocalPgError::file("make durable", &home.dir))
}

/// The inner error is what initdb said.
fn initdb(
    home: &Home,
    binaries: &Binaries,
    new: &Path,
    locale: &str,
    durable: bool,
    lock: &File,
) -> Result<Result<(), String>, LocalPgError> {
    let program = binaries.dir.join("initdb");
    let mut command = tool_as(&program, home.account);
    command
        .args([
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--data-checksums",
        ])
        .args([
            "--no-instructions",
            "--lc-messages=C",
            "--username",
            SUPERUSER,
        ])
        .arg(format!("--locale={locale}"))
        .arg("--pwfile")
        .arg(home.password_file())
        .arg("--pgdata")
        .arg(new);
    if !durable {
        command.arg("--no-sync");
    }
    // initdb holds the lock as well: if this process is killed, the next start waits until it is
    // gone.
    let held = lock
        .try_clone()
        .map_err(LocalPgError::file("lock", &home.dir))?;
    let output = command
        .stdin(held)
        .output()
        .map_err(|e| run_failed(&program, home.account, &e))?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(Err(said.split_whitespace().collect::<Vec<_>>().join(" ")))
}
