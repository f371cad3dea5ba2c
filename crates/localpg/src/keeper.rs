//! Starts the server so that it ends with this program, however the program ends.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

type Job = (Command, SyncSender<io::Result<Child>>);

/// The thread that starts servers. Linux signals a child when the *thread* that started it ends, so
/// that thread must live as long as the program: the sender here is never dropped.
static KEEPER: Mutex<Option<Sender<Job>>> = Mutex::new(None);

/// Starts `command` in a session of its own (Ctrl-C in the terminal does not reach it). On Linux it
/// gets SIGINT, at which PostgreSQL shuts down, when this program ends, even by kill -9. Elsewhere
/// the next start stops what was left. An end that nobody asked for is logged, with `log` as the
/// place to look.
pub(super) fn spawn(mut command: Command, log: PathBuf) -> io::Result<Arc<KeptChild>> {
    #[cfg(target_os = "linux")]
    let parent = std::process::id();
    let prepare = move || {
        // SAFETY: setsid, prctl and getppid are async-signal-safe and take no pointers.
        unsafe {
            if libc::setsid() == -1 {
                return Err(io::Error::last_os_error());
            }
            #[cfg(target_os = "linux")]
            {
                if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGINT) == -1 {
                    return Err(io::Error::last_os_error());
                }
                // The program may have been killed before the line above took effect.
                if u32::try_from(libc::getppid()) != Ok(parent) {
                    return Err(io::Error::from_raw_os_error(libc::ESRCH));
                }
            }
        }
        Ok(())
    };
    // SAFETY: between fork and exec the closure allocates nothing and takes no lock. It runs after
    // the user was changed, which would clear the parent-death signal.
    unsafe { command.pre_exec(prepare) };

    let (answer, answered) = sync_channel(1);
    keeper()?.send((command, answer)).map_err(|_| gone())?;
    let child = answered.recv().map_err(|_| gone())??;
    KeptChild::watch(child, log)
}

fn gone() -> io::Error {
    io::Error::other("the thread that starts the server is gone")
}

fn keeper() -> io::Result<Sender<Job>> {
    let mut keeper = KEEPER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sender) = &*keeper {
        return Ok(sender.clone());
    }
    let (sender, jobs) = channel::<Job>();
    thread::Builder::new()
        .name("localpg".to_owned())
        .spawn(move || {
            for (mut command, answer) in jobs {
                // Nobody waits for the answer only if the program is ending.
                let _ = answer.send(command.spawn());
            }
        })?;
    *keeper = Some(sender.clone());
    Ok(sender)
}

/// A running server. It is reaped as soon as it ends: a dead one that is not would look alive to
/// the next start.
#[derive(Debug)]
pub(super) struct KeptChild {
    pid: u32,
    child: Mutex<Child>,
    /// An end is expected from now on.
    told_to_end: AtomicBool,
}

impl KeptChild {
    fn watch(child: Child, log: PathBuf) -> io::Result<Arc<Self>> {
        let kept = Arc::new(Self {
            pid: child.id(),
            child: Mutex::new(child),
            told_to_end: AtomicBool::new(false),
        });
        let watched = kept.clone();
        let watch = move || watched.reap(&log);
        match thread::Builder::new()
            .name("localpg-watch".to_owned())
            .spawn(watch)
        {
            Ok(_) => Ok(kept),
            Err(error) => {
                kept.send(libc::SIGINT);
                Err(error)
            }
        }
    }

    fn reap(&self, log: &Path) {
        wait_for_end(self.pid);
        if self.has_ended() && !self.told_to_end.load(Ordering::Relaxed) {
            tracing::error!(log = %log.display(), "the embedded PostgreSQL has ended by itself");
        }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it has ended, by any cause.
    pub fn has_ended(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(child.try_wait(), Ok(Some(_)) | Err(_))
    }

    /// Waits for its end; false if that takes longer than `limit`.
    pub fn ends_within(&self, limit: Duration) -> bool {
        let began = Instant::now();
        while !self.has_ended() {
            if began.elapsed() > limit {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// Sends a signal, unless it has ended.
    pub fn send(&self, number: libc::c_int) {
        self.told_to_end.store(true, Ordering::Relaxed);
        // Nobody reaps it while the lock is held, so the id cannot be another process's.
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(child.try_wait(), Ok(None)) {
            signal(self.pid, number);
        }
    }
}

/// Returns when the child has ended, without reaping it.
fn wait_for_end(pid: u32) {
    loop {
        // SAFETY: siginfo_t is plain data for which zeroes are valid, and waitid writes only there.
        let result = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(
                libc::P_PID,
                pid,
                &raw mut info,
                libc::WEXITED | libc::WNOWAIT,
            )
        };
        let interrupted = io::Error::last_os_error().kind() == io::ErrorKind::Interrupted;
        if result == 0 || !interrupted {
            return;
        }
    }
}

/// Sends a signal to a process; one that is gone is no error.
pub(super) fn signal(pid: u32, signal: libc::c_int) {
    if let Ok(pid) = libc::pid_t::try_from(pid)
        && pid > 1
    {
        // SAFETY: kill takes two integers and touches no memory of this process.
        unsafe { libc::kill(pid, signal) };
    }
}
