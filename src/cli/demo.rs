//! `toldonce demo`: the whole service with invented people, for trying out and for developing
//! against. Loopback only, keys of its own that `serve` refuses.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use toldonce::clock::Clock;
use toldonce::config::Config;
use toldonce::crypto::KeyRing;

use super::database::{self, Database};
use super::server::{self, Plan};
use super::{Failure, Outcome, keys, settings};

/// `demo …`
#[derive(clap::Args)]
pub struct Args {
    /// Port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder for its data; delete it to begin anew
    #[arg(long, value_name = "DIR", default_value = "toldonce-demo")]
    data: PathBuf,
    /// Date the demonstration is shown as if it were, instead of today's
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
}

/// Makes what is missing, then serves until it is told to stop.
pub fn run(args: Args) -> Outcome {
    let config = Config {
        database_url: None,
        owner_url: None,
        data_dir: args.data.clone(),
        keys_file: None,
        audit_heads: None,
        ..settings()?
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(|error| {
        Failure::new(match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "port {} is taken, perhaps by a demonstration that runs already. Stop that program \
                 or choose another port with --port.",
                args.port
            ),
            _ => format!("cannot listen on port {}: {error}", args.port),
        })
    })?;
    let port = listener.local_addr()?.port();
    let clock = args.today.map_or_else(Clock::system, Clock::on);
    let local = database::start(&config.data_dir, config.pool)?;
    let keys = demonstration_keys(&config.data_dir)?;
    let database = Database::prepare(local, &keys, &clock, true)?;
    let db = database.pool(&config, &clock, &keys)?;
    server::run(Plan {
        config,
        listener,
        keys,
        database,
        db,
        greeting: Some(greeting(port)),
    })
}

/// The demonstration's keys, made at the first start.
fn demonstration_keys(data: &Path) -> Outcome<KeyRing> {
    let path = data.join("demonstration.keys");
    if !path.exists() {
        keys::new(&path, true)?;
    }
    Ok(KeyRing::load(&path)?)
}

fn greeting(port: u16) -> String {
    let base = format!("http://127.0.0.1:{port}");
    format!(
        "Told Once, demonstration. Everybody in it is invented.\n\n  \
         Open   {base}/docs/\n  \
         Try    curl {base}/readyz -i\n\n\
         Stop with Ctrl-C; the data stay.\n"
    )
}
