//! Small private files, written whole and read without following links.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, fchown};
use std::path::Path;

use super::error::LocalPgError;
use super::place::Account;

/// Opens a file to be locked, without following a link. With `fresh`, one that no other program
/// holds.
pub(super) fn open_lock(path: &Path, fresh: bool) -> Result<File, LocalPgError> {
    if fresh {
        remove_if_there(path)?;
    }
    OpenOptions::new()
        .write(true)
        .create(true)
        .create_new(fresh)
        .truncate(false)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
        .map_err(LocalPgError::file("open", path))
}

/// Puts a new file with mode 0600 at `path`, durably, owned by `account` if given.
pub(super) fn replace_file(
    path: &Path,
    bytes: &[u8],
    account: Option<Account>,
) -> Result<(), LocalPgError> {
    let new = path.with_extension("new");
    remove_if_there(&new)?;
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)?;
        if let Some(account) = account {
            fchown(&file, Some(account.uid), Some(account.gid))?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(LocalPgError::file("write", path))
}

/// Reads a small file without following a link.
pub(super) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)?;
    file.take(64 * 1024).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Removes a file; it is no error if it is not there.
fn remove_if_there(path: &Path) -> Result<(), LocalPgError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(LocalPgError::file("remove", path)(e)),
        _ => Ok(()),
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
