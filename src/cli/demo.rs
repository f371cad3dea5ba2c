//! `toldonce demo`: the whole service with invented people, for trying out and for developing
//! against. Loopback only, keys of its own that `serve` refuses.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use directory::auth::password::{Cost, Passwords};
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use toldonce::config::{Config, MailSettings};
use toldonce::demo::{CLIENT_ID, PASSWORD};

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
    load_once(&database, &config.data_dir, &clock, &keys)?;
    let config = Config {
        mail: MailSettings::Folder {
            folder: config.data_dir.join("mail"),
            from: "Told Once <told-once@steadyground.example>".into(),
        },
        public_url: Some(format!("http://127.0.0.1:{port}/docs/")),
        ..config
    };
    let db = database.pool(&config, &clock, &keys)?;
    server::run(Plan {
        config,
        listener,
        keys,
        database,
        db,
        greeting: Some(greeting(port, &args.data)),
    })
}

/// Loads the caseload at the first start. A start that was interrupted meanwhile leaves a part of it,
/// which is no demonstration: it is named, and nothing is added to it.
fn load_once(database: &Database, data: &Path, clock: &Clock, keys: &KeyRing) -> Outcome {
    let (begun, loaded) = (data.join("loading"), data.join("loaded"));
    if loaded.exists() || database.joined() {
        return Ok(());
    }
    if begun.exists() {
        return Err(Failure::new(format!(
            "loading the demonstration was interrupted. Delete the folder {} and start again.",
            data.display()
        )));
    }
    std::fs::write(&begun, "")?;
    tracing::info!("loading the demonstration's caseload, which takes a moment");
    // A clock and a connection of its own: the story goes back to its beginning and lives forward.
    let story = Clock::system();
    story.set(clock.now());
    let db = database.single(&story, keys)?;
    let passwords = Passwords::new(Cost::STANDARD, 1);
    toldonce::demo::load(&db, keys, &passwords).map_err(|error| Failure::new(error.to_string()))?;
    std::fs::rename(begun, loaded)?;
    Ok(())
}

/// The demonstration's keys, made at the first start.
fn demonstration_keys(data: &Path) -> Outcome<KeyRing> {
    let path = data.join("demonstration.keys");
    if !path.exists() {
        keys::new(&path, true)?;
    }
    Ok(KeyRing::load(&path)?)
}

/// Those whose part in the story one most likely wants to try.
const SIGN_INS: [(&str, &str); 7] = [
    ("coordinator", "grace.adeyemi@steadyground.example"),
    ("chair", "dinesh.patel@westwaypolice.example"),
    ("IDVA", "amina.yusuf@lantern.example"),
    ("practitioner", "hannah.clarke@westwaypolice.example"),
    ("housing representative", "callum.hughes@wharfrow.example"),
    ("auditor", "ines.carvalho@steadyground.example"),
    ("administrator", "sam.whitcombe@steadyground.example"),
];

fn greeting(port: u16, data: &Path) -> String {
    let base = format!("http://127.0.0.1:{port}");
    let sign_ins: String = SIGN_INS
        .iter()
        .map(|(part, email)| format!("    {email:<40} {part}\n"))
        .collect();
    format!(
        "Told Once, demonstration. Everybody in it is invented.\n\n  \
         Open      {base}/docs/\n  \
         Sign in   password {PASSWORD} for everybody, demonstration only\n{sign_ins}  \
         Client    {CLIENT_ID}, secret {PASSWORD}\n            \
         housing's own system, acting for staff-2217\n  \
         E-mail    not sent: each is a file in {}\n\n  \
         A first request:\n\n    \
         curl -s {base}/api/v1/auth/login -H 'content-type: application/json' \\\n      \
         -d '{{\"email\":\"grace.adeyemi@steadyground.example\",\"password\":\"{PASSWORD}\"}}'\n\n\
         Stop with Ctrl-C; the data stay.\n",
        data.join("mail").display()
    )
}
