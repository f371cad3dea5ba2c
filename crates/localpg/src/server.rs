//! Starts the server or joins one that runs, and stops it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::binaries::Binaries;
use super::error::LocalPgError;
use super::files::{open_lock, read_file};
use super::keeper::{self, KeptChild, signal};
use super::place::Home;
use super::socket::socket_dir;
use super::tool::{run_failed, tool_as};
use super::{Options, PORT};

/// Time for a server that was killed, or whose program was, to be gone.
const STALE_WAIT: Duration = Duration::from_secs(15);
/// Time for recovery; a start without a crash before it takes a fraction of a second.
const READY_WAIT: Duration = Duration::from_secs(300);
/// Time for a running server to answer on its socket.
const ANSWER_WAIT: Duration = Duration::from_secs(5);
const FAST_STOP_WAIT: Duration = Duration::from_secs(60);
const IMMEDIATE_STOP_WAIT: Duration = Duration::from_secs(10);
/// The server's log starts anew at a start that finds it longer than this.
const LOG_BYTES: u64 = 1 << 20;

/// A server that this process started.
#[derive(Debug)]
pub(super) struct Server {
    child: Arc<KeptChild>,
    /// Locked as long as this process lives: tells another program that the server's owner is
    /// there.
    _owner: File,
    /// The socket's folder if it is for this run alone.
    short_dir: Option<PathBuf>,
    stopped: bool,
}

/// Joins the server that runs on this home if its owner lives, else starts one. The caller holds
/// the start lock. Gives the socket's folder, and the server if this process now owns it.
pub(super) fn join_or_start(
    home: &Home,
    binaries: &Binaries,
    options: &Options,
) -> Result<(PathBuf, Option<Server>), LocalPgError> {
    let began = Instant::now();
    loop {
        let running = running_server(home);
        if let Some((pid, socket_dir)) = running {
            if owner_lives(home) {
                return Ok((socket_dir, None));
            }
            // The server is on its way out, or, where the system does not tell it of its owner's
            // death, would never be stopped by anybody.
            signal(pid, libc::SIGINT);
        } else {
            match launch(home, binaries, options)? {
                Ok((socket_dir, server)) => return Ok((socket_dir, Some(server))),
                Err(reason) if !is_stale(&reason) => {
                    return Err(LocalPgError::DidNotStart {
                        reason,
                        log: log_path(home),
                    });
                }
                Err(reason) if began.elapsed() > STALE_WAIT => {
                    let reason = format!(
                        "{reason} Another server seems to use these data. If the process whose id \
                         is the first line of {} is not PostgreSQL, remove that file.",
                        home.data().join("postmaster.pid").display()
                    );
                    return Err(LocalPgError::DidNotStart {
                        reason,
                        log: log_path(home),
                    });
                }
                Err(_) => {}
            }
        }
        if began.elapsed() > STALE_WAIT + FAST_STOP_WAIT {
            return Err(LocalPgError::DidNotStart {
                reason: "a server whose program is gone does not stop.".to_owned(),
                log: log_path(home),
            });
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// The process and socket folder of a server that is ready on this home's data.
fn running_server(home: &Home) -> Option<(u32, PathBuf)> {
    let (pid, socket_dir) = ready_server(home)?;
    answers(&socket_dir).then_some((pid, socket_dir))
}

/// Whether a server takes connections. The pid file alone may be left over from a crash, its
/// process id another's by now, and a socket takes connections a little longer than its server
/// lives: only an answer is proof. A server that is slow to answer is still there, and must not be
/// replaced.
fn answers(socket_dir: &Path) -> bool {
    // The protocol's question whether TLS is to be had: length 8 and its number.
    let ask = || {
        let mut socket = UnixStream::connect(socket_dir.join(format!(".s.PGSQL.{PORT}")))?;
        socket.set_read_timeout(Some(ANSWER_WAIT))?;
        socket.write_all(&[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])?;
        socket.read_exact(&mut [0])
    };
    match ask() {
        Ok(()) => true,
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

/// What the server wrote into its pid file (process, data, start, port, socket folder, addresses,
/// memory, status), once the status is "ready".
fn ready_server(home: &Home) -> Option<(u32, PathBuf)> {
    let bytes = read_file(&home.data().join("postmaster.pid")).ok()?;
    // The path of the data is in it, which need not be UTF-8.
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let ready = lines.get(7)?.trim() == "ready";
    let pid = lines.first()?.trim().parse().ok()?;
    ready.then_some((pid, PathBuf::from(lines.get(4)?)))
}

fn owner_path(home: &Home) -> PathBuf {
    home.dir.join("owner.lock")
}

/// A lock that another user holds cannot be looked at: its owner is taken to live.
fn owner_lives(home: &Home) -> bool {
    open_lock(&owner_path(home), false).map_or(true, |file| {
        matches!(file.try_lock(), Err(TryLockError::WouldBlock))
    })
}

/// Whether the server's owner lives, and has not started it elsewhere than at this socket's folder.
pub(super) fn is_owned_at(home: &Home, socket_dir: &Path) -> bool {
    let elsewhere = ready_server(home).is_some_and(|(_, ready)| ready != socket_dir);
    !elsewhere && owner_lives(home)
}

fn log_path(home: &Home) -> PathBuf {
    home.dir.join("server.log")
}

/// Whether the server refused to start because an earlier one is not quite gone.
fn is_stale(reason: &str) -> bool {
    reason.contains("already exists") || reason.contains("pre-existing shared memory block")
}

/// Starts a server and waits until it takes connections. The inner error is why the server gave up.
fn launch(
    home: &Home,
    binaries: &Binaries,
    options: &Options,
) -> Result<Result<(PathBuf, Server), String>, LocalPgError> {
    let (socket_dir, is_short) = socket_dir(home)?;
    let owner = open_lock(&owner_path(home), true)?;
    owner
        .lock()
        .map_err(LocalPgError::file("lock", &owner_path(home)))?;

    let log_path = log_path(home);
    let open_log = || {
        let log = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW)
            .open(&log_path)?;
        if log.metadata()?.len() > LOG_BYTES {
            log.set_len(0)?;
        }
        Ok((log.try_clone()?, log.metadata()?.len(), log))
    };
    let (out, log_start, err) = open_log().map_err(LocalPgError::file("open", &log_path))?;

    let program = binaries.dir.join("postgres");
    let mut command = tool_as(&program, home.account);
    command.arg("-D").arg(home.data()).stdout(out).stderr(err);
    for setting in super::settings::all(&socket_dir, options) {
        command.arg("-c").arg(setting);
    }
    let child = keeper::spawn(command, log_path.clone())
        .map_err(|e| run_failed(&program, home.account, &e))?;
    let short_dir = is_short.then(|| socket_dir.clone());
    let mut server = Server {
        child,
        _owner: owner,
        short_dir,
        stopped: false,
    };

    let began = Instant::now();
    loop {
        // Process ids repeat, in containers above all: an old pid file may bear this one.
        if running_server(home).is_some_and(|(pid, _)| pid == server.child.pid()) {
            return Ok(Ok((socket_dir, server)));
        }
        if server.child.has_ended() {
            server.clean_up();
            return Ok(Err(last_words(&log_path, log_start)));
        }
        if began.elapsed() > READY_WAIT {
            return Err(LocalPgError::DidNotStart {
                reason: format!("it was not ready after {} s.", READY_WAIT.as_secs()),
                log: log_path,
            });
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// What the server wrote last, from byte `start` of its log.
fn last_words(log: &Path, start: u64) -> String {
    let mut text = String::new();
    if let Ok(mut file) = File::open(log) {
        let _ = file.seek(SeekFrom::Start(start));
        let _ = file.take(16 * 1024).read_to_string(&mut text);
    }
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let grave = ["FATAL:", "PANIC:"]
        .iter()
        .find_map(|mark| lines.iter().rev().find_map(|line| line.split_once(mark)))
        .map(|(_, rest)| rest.trim());
    match grave.or(lines.last().copied()) {
        Some(line) => format!("{}.", line.trim_end_matches('.')),
        None => "it ended without a word.".to_owned(),
    }
}

impl Server {
    fn clean_up(&mut self) {
        self.stopped = true;
        if let Some(dir) = self.short_dir.take() {
            // Nothing of worth is in it; a left-over is removed by the next start.
            let _ = fs::remove_dir_all(dir);
        }
    }

    /// Ends sessions, writes everything out and waits.
    pub fn stop(&mut self) -> Result<(), LocalPgError> {
        if self.stopped {
            return Ok(());
        }
        self.child.send(libc::SIGINT);
        let mut stopped = self.child.ends_within(FAST_STOP_WAIT);
        if !stopped {
            tracing::warn!(
                "the embedded PostgreSQL is slow to stop and will recover at its next start"
            );
            self.child.send(libc::SIGQUIT);
            stopped = self.child.ends_within(IMMEDIATE_STOP_WAIT);
        }
        if !stopped {
            self.child.send(libc::SIGKILL);
            self.child.ends_within(IMMEDIATE_STOP_WAIT);
        }
        self.clean_up();
        let seconds = (FAST_STOP_WAIT + IMMEDIATE_STOP_WAIT).as_secs();
        if stopped {
            Ok(())
        } else {
            Err(LocalPgError::DidNotStop { seconds })
        }
    }

    /// Whether its process has ended, by any cause.
    pub fn has_ended(&self) -> bool {
        self.child.has_ended()
    }

    /// The server's process.
    #[cfg(test)]
    pub fn child(&self) -> &KeptChild {
        &self.child
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "the embedded PostgreSQL was not stopped cleanly");
        }
    }
}
