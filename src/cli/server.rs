//! The server itself, for `serve` and `demo`: requests, the thread beside them, a clean end.

use std::net::TcpListener;
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use directory::auth::password::{Cost, Passwords};
use directory::auth::token::Tokens;
use directory::auth::{Limits, Throttle};
use kernel::crypto::KeyRing;
use kernel::db::Db;
use tokio::signal::unix::{SignalKind, signal};
use toldonce::app::{Parts, app};
use toldonce::config::Config;

use super::caretaker::Caretaker;
use super::database::Database;
use super::{Outcome, answer, audit, metrics, tools};

/// How long an idle connection is kept; longer than the minute after which proxies close theirs.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Seconds that requests under way are given at the end.
const SHUTDOWN: u64 = 30;

/// What is to be served.
pub struct Plan {
    /// Settings.
    pub config: Config,
    /// Where, already taken.
    pub listener: TcpListener,
    /// Keys.
    pub keys: KeyRing,
    /// The database, to be stopped last.
    pub database: Database,
    /// Connections to it.
    pub db: Db,
    /// Text for standard output once requests are taken.
    pub greeting: Option<String>,
}

/// The framework drops requests under way on SIGINT; here both signals let them finish, and a second
/// one no longer waits.
async fn stop_when_told(server: ServerHandle) {
    let signals = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
        tracing::error!("signals cannot be heard; the service ends only by being killed");
        return;
    };
    for graceful in [true, false] {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!(graceful, "told to stop");
        let stopping = server.stop(graceful);
        if graceful {
            actix_web::rt::spawn(stopping);
        } else {
            stopping.await;
        }
    }
}

/// Serves until SIGINT or SIGTERM; requests under way are finished.
pub fn run(plan: Plan) -> Outcome {
    let Plan {
        config,
        listener,
        keys,
        database,
        db,
        greeting,
    } = plan;
    let per_minute = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    let parts = Parts {
        db: Data::new(db),
        tokens: Data::new(Tokens::new(&keys)?),
        passwords: Data::new(Passwords::new(Cost::STANDARD, config.workers)),
        throttle: Data::new(Throttle::new(Limits {
            requests: per_minute(config.requests_per_minute),
            searches: per_minute(config.searches_per_minute),
        })),
        proxies: Data::new(config.trusted_proxies.clone()),
        tools: Data::new(tools::load(config.risk_tools_dir.as_deref())?),
        mail: Data::new(config.mail.clone().mailer(config.public_url.clone())?),
        keep_read_days: config.keep_read_days,
    };
    let meters = config.metrics_listen.map(metrics::open).transpose()?;
    let heads = audit::heads_of(&config);
    let database = database.guarded(&config, &parts.db)?;
    let caretaker = Caretaker::start(parts.clone(), heads)?;
    let blocking = (config.pool as usize / config.workers).max(1);
    let service = parts.clone();
    let served = actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || app(&service))
            .workers(config.workers)
            .worker_max_blocking_threads(blocking)
            .keep_alive(KEEP_ALIVE)
            .shutdown_timeout(SHUTDOWN)
            .disable_signals()
            .listen(listener)?
            .run();
        actix_web::rt::spawn(stop_when_told(server.handle()));
        if let Some(text) = greeting {
            answer(&text)?;
        }
        let meters = match meters {
            Some(meters) => {
                let server = metrics::serve(meters)?;
                let handle = server.handle();
                actix_web::rt::spawn(server);
                Some(handle)
            }
            None => None,
        };
        let served = server.await;
        if let Some(meters) = meters {
            meters.stop(false).await;
        }
        Outcome::Ok(served?)
    });
    caretaker.stop();
    drop(parts);
    served.and(database.stop())
}
