//! What is done beside the requests, on two threads: one seals the audit's tail, forgets limits of
//! people who have been quiet and sets gauges; the other runs the jobs that are due, so that a slow
//! mail server holds no seal up.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kernel::audit_chain as chain;
use kernel::metrics;
use toldonce::app::Parts;
use toldonce::jobs;

use super::Outcome;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(1);
/// Rounds between two sweeps of the limits.
const SWEEP: u32 = 60;

/// The threads, while they run.
pub struct Caretaker {
    threads: [JoinHandle<()>; 2],
    stop: [Sender<()>; 2],
}

impl Caretaker {
    /// Starts it; heads of the chain are appended to `heads`.
    pub fn start(parts: Parts, heads: PathBuf) -> Outcome<Self> {
        let thread = |name: &str| std::thread::Builder::new().name(name.into());
        let ((stop_jobs, jobs_told), (stop, told)) = (channel(), channel());
        let same = parts.clone();
        let jobs = thread("jobs").spawn(move || run_jobs(&same, &jobs_told))?;
        let seals = thread("caretaker").spawn(move || work(&parts, &heads, &told))?;
        Ok(Self {
            threads: [jobs, seals],
            stop: [stop_jobs, stop],
        })
    }

    /// Ends the jobs, then seals once more.
    pub fn stop(self) {
        for (thread, stop) in self.threads.into_iter().zip(self.stop) {
            drop(stop);
            if thread.join().is_err() {
                tracing::error!("a thread beside the requests ended by a fault");
            }
        }
    }
}

/// Runs what is due until it is told to stop; then the job under way is finished and no other begun.
fn run_jobs(parts: &Parts, told: &Receiver<()>) {
    let stopping = || !matches!(told.recv_timeout(ROUND), Err(RecvTimeoutError::Timeout));
    while !stopping() {
        if let Err(error) = jobs::run_due(parts) {
            tracing::warn!(error = %error, "the jobs that are due could not be read");
        }
    }
}

fn work(parts: &Parts, heads: &Path, told: &Receiver<()>) {
    let mut rounds = 0_u32;
    let mut sealed_at = Instant::now();
    loop {
        let last = !matches!(told.recv_timeout(ROUND), Err(RecvTimeoutError::Timeout));
        // Another server may have sealed the same rows first; then there is less to do next time.
        match chain::seal(&parts.db, Some(heads)) {
            Ok(rows) => {
                sealed_at = Instant::now();
                metrics::sealed(rows);
            }
            Err(error) => tracing::warn!(error = %error, "the audit's tail was not sealed"),
        }
        metrics::gauge(
            parts.db.connections(),
            parts.db.statements(),
            sealed_at.elapsed(),
        );
        rounds = rounds.wrapping_add(1);
        if rounds.is_multiple_of(SWEEP) {
            parts.throttle.sweep();
        }
        if last {
            return;
        }
    }
}
