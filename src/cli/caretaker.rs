//! What is done beside the requests, on a thread of its own: the audit's tail is sealed, limits of
//! people who have been quiet are forgotten, gauges are set.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use toldonce::app::State;
use toldonce::audit::chain;
use toldonce::metrics;

use super::Outcome;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(1);
/// Rounds between two sweeps of the limits.
const SWEEP: u32 = 60;

/// The thread, while it runs.
pub struct Caretaker {
    thread: JoinHandle<()>,
    stop: Sender<()>,
}

impl Caretaker {
    /// Starts it; heads of the chain are appended to `heads`.
    pub fn start(state: Data<State>, heads: PathBuf) -> Outcome<Self> {
        let (stop, told) = channel();
        let thread = std::thread::Builder::new()
            .name("caretaker".into())
            .spawn(move || work(&state, &heads, &told))?;
        Ok(Self { thread, stop })
    }

    /// Seals once more and ends it.
    pub fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the caretaker thread ended by a fault");
        }
    }
}

fn work(state: &State, heads: &Path, told: &Receiver<()>) {
    let mut rounds = 0_u32;
    let mut sealed_at = Instant::now();
    loop {
        let last = !matches!(told.recv_timeout(ROUND), Err(RecvTimeoutError::Timeout));
        // Another server may have sealed the same rows first; then there is less to do next time.
        match chain::seal(&state.db, Some(heads)) {
            Ok(rows) => {
                sealed_at = Instant::now();
                metrics::sealed(rows);
            }
            Err(error) => tracing::warn!(error = %error, "the audit's tail was not sealed"),
        }
        metrics::gauge(&state.db, sealed_at.elapsed());
        rounds = rounds.wrapping_add(1);
        if rounds.is_multiple_of(SWEEP) {
            state.throttle.sweep();
        }
        if last {
            return;
        }
    }
}
