//! Looks after the server for as long as the program runs: one that died, by whatever cause, is started
//! again, and what was committed is recovered.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::error::LocalPgError;
use super::{LocalPg, Options};

/// Between two looks at the server.
const LOOK: Duration = Duration::from_secs(1);
/// The longest pause between two starts. A server that stands for as long is taken to be well.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The thread that looks after a server.
pub struct Guard {
    stop: Sender<()>,
    thread: JoinHandle<Option<LocalPg>>,
}

impl LocalPg {
    /// Looks after the server from now on. If it is gone it is started again, with a pause that doubles
    /// to a minute while it does not stay; if another program runs it by then, that one is joined.
    /// `again` is told of each new server: it may be found by another URL.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn guarded(
        self,
        options: Options,
        again: impl Fn(&LocalPg) + Send + 'static,
    ) -> io::Result<Guard> {
        let (stop, told) = channel();
        let thread = thread::Builder::new()
            .name("localpg-guard".to_owned())
            .spawn(move || keep(self, &options, &told, again))?;
        Ok(Guard { stop, thread })
    }
}

impl Guard {
    /// Stops the server, if this process started it.
    ///
    /// # Errors
    /// The server had to be killed.
    pub fn stop(self) -> Result<(), LocalPgError> {
        drop(self.stop);
        match self.thread.join() {
            Ok(Some(local)) => local.stop(),
            // It is gone; or the thread is, and what it held with it.
            Ok(None) | Err(_) => Ok(()),
        }
    }
}

fn keep(
    local: LocalPg,
    options: &Options,
    told: &Receiver<()>,
    again: impl Fn(&LocalPg),
) -> Option<LocalPg> {
    let mut held = Some(local);
    let (mut began, mut pause) = (Instant::now(), LOOK);
    while let Err(RecvTimeoutError::Timeout) = told.recv_timeout(LOOK) {
        if held.as_ref().is_some_and(LocalPg::is_there) {
            if began.elapsed() > LONGEST_PAUSE {
                pause = LOOK;
            }
            continue;
        }
        if began.elapsed() < pause {
            continue;
        }
        // Its locks are let go of before they are taken anew.
        drop(held.take());
        match LocalPg::start(options) {
            Ok(started) => {
                match started.joined() {
                    true => tracing::warn!("another program runs the embedded PostgreSQL: joined"),
                    false => tracing::warn!("the embedded PostgreSQL was started again"),
                }
                again(&started);
                held = Some(started);
            }
            Err(error) => tracing::error!(
                %error,
                next_attempt_in_seconds = (pause * 2).min(LONGEST_PAUSE).as_secs(),
                "the embedded PostgreSQL could not be started again"
            ),
        }
        (began, pause) = (Instant::now(), (pause * 2).min(LONGEST_PAUSE));
    }
    held
}
