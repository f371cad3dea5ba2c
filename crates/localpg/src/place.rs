//! Where the data lie, and as which user the server runs.
//!
//! The data folder belongs to whoever runs the program, so that the server's user cannot put a
//! link where the program writes; only `data` and the socket's folder in it are the server user's.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;

use super::error::LocalPgError;
use super::files::{hex, open_lock, read_file, replace_file};

/// Written into a data folder whose data had to be kept elsewhere; its first line is where.
const POINTER: &str = "data-is-elsewhere.txt";
/// Written beside such data: the data folder that was asked for.
const ASKED_FOR: &str = "asked-for";
const START_LOCK: &str = "start.lock";
/// Longer than a start that has to recover may take.
const LOCK_WAIT: Duration = Duration::from_secs(360);

/// The user that a server started by root runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub uid: u32,
    pub gid: u32,
}

/// The folder that holds all of one embedded database.
#[derive(Debug)]
pub(super) struct Home {
    pub dir: PathBuf,
    /// The server's user if the program runs as root; otherwise the server runs as the program
    /// does.
    pub account: Option<Account>,
}

impl Home {
    /// Makes the folder `asked`, or finds where its data are kept: under `moved_root` if the
    /// program runs as root and the server's user cannot reach `asked`. Waits for, and gives, the
    /// right to initialise, start or join: one program at a time has it, until the file is dropped.
    pub fn prepare(asked: &Path, moved_root: &Path) -> Result<(Self, File), LocalPgError> {
        let asked = std::path::absolute(asked).map_err(LocalPgError::file("use", asked))?;
        make_dir(&asked)?;
        let asked = fs::canonicalize(&asked).map_err(LocalPgError::file("use", &asked))?;
        refuse_if_open(&asked)?;
        let lock = lock(&asked)?;
        if !is_root() {
            let home = Self {
                dir: asked,
                account: None,
            };
            return Ok((home, lock));
        }
        let account = server_account(&asked)?;
        if is_fresh(&asked) {
            give_passage(&asked, account)?;
        }
        let moved = asked.join(POINTER).exists() && !asked.join("data").exists();
        if moved || !can_reach(&asked, account) {
            let home = Self::elsewhere(&asked, moved_root)?;
            let lock = self::lock(&home.dir)?;
            return Ok((home, lock));
        }
        let home = Self {
            dir: asked,
            account: Some(account),
        };
        Ok((home, lock))
    }

    /// The home of data that cannot lie in `asked`. A folder that was moved keeps its data, a copy
    /// gets its own.
    fn elsewhere(asked: &Path, root: &Path) -> Result<Self, LocalPgError> {
        make_dir(root)?;
        let root = fs::canonicalize(root).map_err(LocalPgError::file("use", root))?;
        fs::set_permissions(&root, fs::Permissions::from_mode(0o755))
            .map_err(LocalPgError::file("open to passage", &root))?;
        let name = digest::digest(&digest::SHA256, asked.as_os_str().as_bytes());
        let name = hex(name.as_ref().get(..8).unwrap_or_default());
        let pointed = read_file(&asked.join(POINTER)).ok().and_then(|text| {
            let line = text.split(|byte| *byte == b'\n').next()?.to_vec();
            Some(PathBuf::from(OsStr::from_bytes(&line)))
        });
        let dir = pointed
            .filter(|dir| dir.parent() == Some(&root) && dir.is_dir())
            .into_iter()
            .chain((1..).map(|n| match n {
                1 => root.join(&name),
                n => root.join(format!("{name}-{n}")),
            }))
            .find(|dir| !is_anothers(dir, asked))
            .unwrap_or_else(|| root.join(&name));

        make_dir(&dir)?;
        let account = server_account(&dir)?;
        give_passage(&dir, account)?;
        if !can_reach(&dir, account) {
            return Err(LocalPgError::OutOfReach {
                dir,
                uid: account.uid,
            });
        }
        replace_file(&dir.join(ASKED_FOR), asked.as_os_str().as_bytes(), None)?;
        let note = format!(
            "{}\nThe database asked for here is kept in the folder above, because the user it runs \
             as (uid {}) cannot reach this one.\n",
            dir.display(),
            account.uid
        );
        replace_file(&asked.join(POINTER), note.as_bytes(), None)?;
        tracing::info!(
            asked = %asked.display(),
            used = %dir.display(),
            "the database's user cannot reach the data folder; the data are kept elsewhere"
        );
        Ok(Self {
            dir,
            account: Some(account),
        })
    }

    /// The cluster's data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The major version that made the data; `None` if there are none yet.
    pub fn major(&self) -> Result<Option<u32>, LocalPgError> {
        let dir = self.data();
        match fs::read_to_string(dir.join("PG_VERSION")) {
            Ok(text) => match text.trim().parse() {
                Ok(major) => Ok(Some(major)),
                Err(_) => Err(LocalPgError::NotACluster { dir }),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => match fs::remove_dir(&dir) {
                Ok(()) => Ok(None),
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(_) => Err(LocalPgError::NotACluster { dir }),
            },
            Err(e) => Err(LocalPgError::file("read", &dir.join("PG_VERSION"))(e)),
        }
    }

    /// Where the superuser's password is kept; the server's user may read it, nobody else.
    pub fn password_file(&self) -> PathBuf {
        self.dir.join("superuser.password")
    }

    /// The superuser's password.
    pub fn password(&self) -> Result<String, LocalPgError> {
        let path = self.password_file();
        let text = match read_file(&path) {
            Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(LocalPgError::file("read", &path)(e)),
        };
        match text.trim() {
            "" => Err(LocalPgError::PasswordLost { path }),
            password => Ok(password.to_owned()),
        }
    }
}

/// Waits for the lock that every start takes.
fn lock(dir: &Path) -> Result<File, LocalPgError> {
    let path = dir.join(START_LOCK);
    let file = open_lock(&path, false).map_err(|error| match error {
        LocalPgError::File { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            LocalPgError::NotYours {
                dir: dir.to_owned(),
            }
        }
        error => error,
    })?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(e)) => return Err(LocalPgError::file("lock", &path)(e)),
            Err(TryLockError::WouldBlock) if began.elapsed() > LOCK_WAIT => {
                let seconds = LOCK_WAIT.as_secs();
                return Err(LocalPgError::Busy { path, seconds });
            }
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn refuse_if_open(dir: &Path) -> Result<(), LocalPgError> {
    let meta = fs::metadata(dir).map_err(LocalPgError::file("use", dir))?;
    match meta.mode() & 0o002 {
        0 => Ok(()),
        _ => Err(LocalPgError::OpenToOthers {
            dir: dir.to_owned(),
        }),
    }
}

/// Whether root has nothing in its folder but the lock: then its mode is ours to set.
fn is_fresh(dir: &Path) -> bool {
    fs::metadata(dir).is_ok_and(|meta| meta.uid() == 0)
        && fs::read_dir(dir).is_ok_and(|entries| {
            entries
                .flatten()
                .all(|entry| entry.file_name() == START_LOCK)
        })
}

/// The user of data that are there already; for new data `postgres`, else `nobody`.
fn server_account(home: &Path) -> Result<Account, LocalPgError> {
    if let Ok(data) = fs::metadata(home.join("data"))
        && data.uid() != 0
    {
        return Ok(Account {
            uid: data.uid(),
            gid: data.gid(),
        });
    }
    let users = fs::read_to_string("/etc/passwd")
        .map_err(LocalPgError::file("read", Path::new("/etc/passwd")))?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| account_in(&users, name))
        .ok_or(LocalPgError::NoServerUser)
}

/// The entry of `name` in the text of a passwd file. Ids may be written as negative numbers.
pub(super) fn account_in(users: &str, name: &str) -> Option<Account> {
    let id = |text: &str| {
        text.parse::<u32>()
            .ok()
            .or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
    };
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let (uid, gid) = (id(fields.nth(1)?)?, id(fields.next()?)?);
        (uid != 0).then_some(Account { uid, gid })
    })
}

/// Whether `account` may pass through `dir` and every folder above it.
pub(super) fn can_reach(dir: &Path, account: Account) -> bool {
    dir.ancestors().all(|dir| {
        fs::metadata(dir).is_ok_and(|meta| {
            let bit = if meta.uid() == account.uid {
                0o100
            } else if meta.gid() == account.gid {
                0o010
            } else {
                0o001
            };
            meta.mode() & bit != 0
        })
    })
}

/// Whether the data in `dir` are those of another data folder that is still there.
fn is_anothers(dir: &Path, asked: &Path) -> bool {
    read_file(&dir.join(ASKED_FOR)).is_ok_and(|other| {
        let other = Path::new(OsStr::from_bytes(&other));
        other != asked
            && read_file(&other.join(POINTER))
                .is_ok_and(|note| note.starts_with(dir.as_os_str().as_bytes()))
    })
}

/// Leaves `dir` to root and lets the server's user pass through it.
fn give_passage(dir: &Path, account: Account) -> Result<(), LocalPgError> {
    lchown(dir, None, Some(account.gid)).map_err(LocalPgError::file("set the group of", dir))?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o710))
        .map_err(LocalPgError::file("open to passage", dir))
}

/// Makes a private folder if it is not there.
fn make_dir(dir: &Path) -> Result<(), LocalPgError> {
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).map_err(LocalPgError::file("create", parent))?;
    }
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        Err(e) => Err(LocalPgError::file("create", dir)(e)),
    }
}

/// Makes a folder that only the server's user may enter.
pub(super) fn make_server_dir(dir: &Path, account: Option<Account>) -> Result<(), LocalPgError> {
    DirBuilder::new()
        .mode(0o700)
        .create(dir)
        .map_err(LocalPgError::file("create", dir))?;
    match account {
        Some(account) => lchown(dir, Some(account.uid), Some(account.gid))
            .map_err(LocalPgError::file("hand over", dir)),
        None => Ok(()),
    }
}

/// Whether the program runs as root, as which PostgreSQL refuses to run.
pub(super) fn is_root() -> bool {
    // SAFETY: geteuid takes nothing, touches no memory and cannot fail.
    unsafe { libc::geteuid() == 0 }
}
