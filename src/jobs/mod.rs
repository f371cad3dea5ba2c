//! Jobs: what the program does by itself when its time comes, whatever number of servers run.
//!
//! Each job has a row that says when it is due next. A server takes the row for a short lease, runs
//! the job and sets the next time; a second server finds the row taken. A server that dies within a
//! job leaves the lease to run out, after which any server begins the job again: so what a job does
//! must be safe to begin again. It either does all in one transaction, or takes rows with
//! `for update skip locked`, or tells under a key with `notifications::tell_once`.

mod housekeeping;
mod store;

use std::time::{Duration, Instant};

use chrono::TimeDelta;

use crate::app::Parts;
use conference::asking;
use kernel::error::Result;
use kernel::metrics;

/// Something done again and again.
pub struct Job {
    /// Its row, and its name in the log and in metrics.
    pub name: &'static str,
    /// From one beginning to the next.
    pub every: Duration,
    /// Does it, at the moment of `parts.db.clock()`.
    pub run: fn(&Parts) -> Result<()>,
}

/// Every job there is.
pub const JOBS: &[Job] = &[
    Job {
        name: "escalate_actions",
        every: Duration::from_secs(15 * 60),
        run: |parts| casework::actions::escalate(&parts.db).map(drop),
    },
    Job {
        name: "find_lapsing",
        every: Duration::from_secs(15 * 60),
        run: |parts| casework::flags::find_lapsing(&parts.db).map(drop),
    },
    Job {
        name: "find_late_contacts",
        every: Duration::from_secs(5 * 60),
        run: |parts| casework::idva::find_late(&parts.db).map(drop),
    },
    Job {
        name: "open_listings",
        every: Duration::from_secs(60),
        run: |parts| conference::meetings::open_unseen(&parts.db).map(drop),
    },
    Job {
        name: "find_unseen",
        every: Duration::from_secs(5 * 60),
        run: |parts| conference::referrals::find_unseen(&parts.db).map(drop),
    },
    Job {
        name: "send_mail",
        every: Duration::from_secs(5),
        run: |parts| directory::notifications::mail::send_due(&parts.db, &parts.mail),
    },
    Job {
        name: "keep_house",
        every: Duration::from_secs(24 * 60 * 60),
        run: housekeeping::keep_house,
    },
    Job {
        name: "tidy_sign_in",
        every: Duration::from_secs(60 * 60),
        run: |parts| directory::auth::tidy(&parts.db),
    },
    Job {
        name: "recount_risk",
        every: Duration::from_secs(60),
        run: |parts| casework::risk::recount_due(&parts.db, &parts.tools),
    },
    Job {
        name: "renew_tokens",
        every: Duration::from_secs(60 * 60),
        run: |parts| casework::people::renew_old_tokens(&parts.db).map(drop),
    },
    Job {
        name: "research_reminders",
        every: Duration::from_secs(60 * 60),
        run: |parts| asking::remind(&parts.db),
    },
];

/// How long a job is one server's before another may begin it, and the wait after a failure.
const LEASE: TimeDelta = TimeDelta::minutes(1);

/// Runs every job that is due now, and returns the names of those that were run here. A job that
/// fails is logged and tried again after a minute, or sooner if it runs more often.
pub fn run_due(parts: &Parts) -> Result<Vec<&'static str>> {
    let mut run = Vec::new();
    let due = parts
        .db
        .keep_books(|conn, now| store::due(conn, names(), now))?;
    for job in JOBS.iter().filter(|job| due.iter().any(|n| n == job.name)) {
        let every = TimeDelta::from_std(job.every).unwrap_or(LEASE);
        let taken = parts
            .db
            .keep_books(|conn, now| store::take(conn, job.name, now, now + LEASE))?;
        let Some(taken_at) = taken else {
            continue;
        };
        let began = Instant::now();
        let done = (job.run)(parts);
        metrics::job(job.name, done.is_ok(), began.elapsed());
        if let Err(error) = &done {
            tracing::warn!(job = job.name, error = %error, "a job failed");
        }
        let wait = if done.is_ok() {
            every
        } else {
            every.min(LEASE)
        };
        let next_at = taken_at + wait;
        parts.db.keep_books(|conn, now| {
            store::end(conn, job.name, taken_at, now, next_at, done.is_ok())
        })?;
        run.push(job.name);
    }
    Ok(run)
}

fn names() -> Vec<&'static str> {
    JOBS.iter().map(|job| job.name).collect()
}
