//! What can go wrong with the embedded database, in words for an operator.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the embedded database could not be found, made, started, joined or stopped.
///
/// `Debug` prints the same sentences as `Display`, so that an error that leaves `main` is still
/// readable.
#[derive(thiserror::Error)]
pub enum LocalPgError {
    /// No PostgreSQL server programs on this machine.
    #[error(
        "No PostgreSQL server was found on this machine (looked in PG_BIN, PATH, pg_config and \
         the usual folders). Install it: 'apt install postgresql' on Debian and Ubuntu, 'dnf \
         install postgresql-server' on Fedora, 'brew install postgresql@17' on macOS. Or set \
         PG_BIN to the folder that holds 'postgres', 'initdb' and 'psql', or set DATABASE_URL to \
         use a PostgreSQL that runs already."
    )]
    NoBinaries,
    /// `PG_BIN` names a folder that is not usable.
    #[error(
        "PG_BIN is set to {}, but the programs 'postgres', 'initdb' and 'psql' are not all \
         there, or 'postgres' does not run. Correct PG_BIN, or unset it to let the usual folders \
         be searched.",
        dir.display()
    )]
    BadPgBin {
        /// The folder that `PG_BIN` names.
        dir: PathBuf,
    },
    /// Only servers older than the oldest supported one were found.
    #[error(
        "The PostgreSQL in {} is version {found}, which is too old: version {oldest} or newer is \
         needed. Install a newer one, or set PG_BIN to its folder.",
        dir.display()
    )]
    TooOld {
        /// Where the server programs lie.
        dir: PathBuf,
        /// Their major version.
        found: u32,
        /// The oldest major version that is supported.
        oldest: u32,
    },
    /// The data were made by another major version of PostgreSQL than any that is installed.
    #[error(
        "The data in {} were made by PostgreSQL {data}, but the PostgreSQL found in {} is \
         version {found}, which cannot read them. Either install PostgreSQL {data} beside it \
         ('apt install postgresql-{data}' or 'brew install postgresql@{data}'; it is then picked \
         by itself), or carry the data over: with PostgreSQL {data} running, save them with \
         'pg_dump', move the folder away, start again with PostgreSQL {found}, and load them \
         with 'pg_restore' or 'psql'.",
        dir.display(), bin.display()
    )]
    WrongMajor {
        /// The data directory.
        dir: PathBuf,
        /// The major version that made the data.
        data: u32,
        /// Where the server programs lie.
        bin: PathBuf,
        /// Their major version.
        found: u32,
    },
    /// Something lies where the data should be that PostgreSQL did not make.
    #[error(
        "{} is neither empty nor a PostgreSQL data directory. Move it away, or choose another \
         data folder.",
        dir.display()
    )]
    NotACluster {
        /// The data directory.
        dir: PathBuf,
    },
    /// The data are there, the password that opens them is not.
    #[error(
        "The password of the database's superuser is missing or empty: {}. Put the file back \
         from a backup; the data cannot be opened without it.",
        path.display()
    )]
    PasswordLost {
        /// Where the password should be.
        path: PathBuf,
    },
    /// Every user of the machine may write in the data folder.
    #[error(
        "Every user of this machine may write in {}, so the database cannot be kept there \
         safely. Take the right away ('chmod o-w'), or choose another data folder.",
        dir.display()
    )]
    OpenToOthers {
        /// The data folder.
        dir: PathBuf,
    },
    /// Another user made the data folder.
    #[error(
        "The data folder {} belongs to another user. Start the program as the user who started \
         it first, or choose another data folder.",
        dir.display()
    )]
    NotYours {
        /// The data folder.
        dir: PathBuf,
    },
    /// Root needs another user to run the server as, and there is none.
    #[error(
        "PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor a \
         user 'nobody' to run it as. Create one ('useradd --system postgres'), or start the \
         program as an ordinary user."
    )]
    NoServerUser,
    /// The folder under which root keeps data out of private folders is itself out of the server's
    /// reach.
    #[error(
        "The database's user (uid {uid}) cannot reach {}. Give it the right to pass through the \
         folders above it ('chmod o+x'), or choose another data folder.",
        dir.display()
    )]
    OutOfReach {
        /// The data folder.
        dir: PathBuf,
        /// The user the server would run as.
        uid: u32,
    },
    /// Another start or set-up of the same data did not finish in time.
    #[error(
        "Another start of the same database has been at work for more than {seconds} s (it holds \
         {}). See what holds that file, then try again.",
        path.display()
    )]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// The server ended, or did not become ready, at start.
    #[error("PostgreSQL did not start: {reason} Its log is {}.", log.display())]
    DidNotStart {
        /// The last lines of the server, as a sentence.
        reason: String,
        /// The server's log.
        log: PathBuf,
    },
    /// The server had to be killed; what was committed is recovered at the next start.
    #[error(
        "PostgreSQL did not stop within {seconds} s and was killed. Nothing committed is lost: \
         the next start recovers it."
    )]
    DidNotStop {
        /// How long was waited.
        seconds: u64,
    },
    /// A name that cannot be a database's.
    #[error("A database's name must have 1 to 63 bytes and no zero byte.")]
    BadName,
    /// One of PostgreSQL's programs could not be run or failed.
    #[error("{program} failed: {detail}")]
    Program {
        /// The program's path or name.
        program: String,
        /// What it said.
        detail: String,
    },
    /// A file or folder could not be used.
    #[error("Cannot {act} {}: {source}.", path.display())]
    File {
        /// What was tried, as a verb.
        act: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The system gave no random bytes.
    #[error("The system's source of random numbers failed.")]
    NoRandom,
}

impl fmt::Debug for LocalPgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl LocalPgError {
    /// For `map_err`: a failed `act` on `path`.
    pub(super) fn file(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            act,
            path: path.to_owned(),
            source,
        }
    }
}
