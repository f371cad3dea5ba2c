//! The private folder of the server's socket.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::LocalPgError;
use super::files::{hex, read_file, replace_file};
use super::place::{Home, make_server_dir};
use super::random;

/// The longest socket path that Linux (107 bytes) and macOS (103) both take, less `/.s.PGSQL.5432`.
const LONGEST_SOCKET_DIR: usize = 103 - 14;
/// Where the socket's folder goes if the data folder's path is too long for it.
const SHORT_ROOT: &str = "/tmp";
const SHORT_PREFIX: &str = "toldonce-";

/// The socket's folder: in the home if its path is short and plain, else a new one that is noted in
/// the home.
pub(super) fn socket_dir(home: &Home) -> Result<(PathBuf, bool), LocalPgError> {
    let note = home.dir.join("socket-dir");
    if let Ok(old) =
        read_file(&note).map(|old| PathBuf::from(String::from_utf8_lossy(&old).as_ref()))
        && old.parent() == Some(Path::new(SHORT_ROOT))
        && old
            .file_name()
            .is_some_and(|n| n.as_encoded_bytes().starts_with(SHORT_PREFIX.as_bytes()))
    {
        // Left by a run that was killed; it may be gone already.
        let _ = fs::remove_dir_all(old);
    }
    let dir = home.dir.join("run");
    let bytes = dir.as_os_str().as_encoded_bytes();
    // PostgreSQL reads the setting as a list, in which commas, quotes and spaces have a meaning.
    let is_plain = bytes
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(byte));
    if bytes.len() <= LONGEST_SOCKET_DIR && is_plain {
        let wanted = home.account.map(|account| account.uid);
        match dir.symlink_metadata() {
            Ok(found)
                if found.is_dir()
                    && found.mode() & 0o777 == 0o700
                    && wanted.is_none_or(|uid| found.uid() == uid) => {}
            Ok(_) => {
                fs::remove_dir_all(&dir).map_err(LocalPgError::file("remove", &dir))?;
                make_server_dir(&dir, home.account)?;
            }
            Err(_) => make_server_dir(&dir, home.account)?,
        }
        return Ok((dir, false));
    }
    // A name that cannot be guessed, so that nobody can take it first.
    let name = format!("{SHORT_PREFIX}{}", hex(&random::<8>()?));
    let dir = Path::new(SHORT_ROOT).join(name);
    replace_file(&note, dir.as_os_str().as_encoded_bytes(), None)?;
    make_server_dir(&dir, home.account)?;
    Ok((dir, true))
}
