//! Statements per request, counted in process where nothing else speaks to the database.

use std::io::Write;
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use diesel::pg::PgConnection;
use directory::auth::password::{Cost, Passwords};
use directory::auth::token::{TokenSubject, Tokens};
use directory::auth::{Limits, Throttle};
use directory::notifications::mail::Mailer;
use kernel::db::{Db, PoolOptions};
use practice::risk::Tools;
use serde_json::{Map, Value, json};
use toldonce::app::{Parts, app};
use uuid::Uuid;

use crate::database::Database;
use crate::fixtures::{self, Request};
use crate::once::{self, Once};
use crate::{Outcome, Place};

/// Requests of each scenario: the first ones prepare the statements.
const REQUESTS: usize = 12;

/// What one request of a scenario costs and brings.
struct Counted {
    statements: u64,
    bytes: usize,
}

/// A request, ready to be sent.
struct Call {
    path: String,
    subject: TokenSubject,
    if_match: Option<&'static str>,
    body: Option<Value>,
}

impl Call {
    fn again(scenario: &str, request: &Request) -> Self {
        Self {
            path: request.path.clone(),
            subject: request.subject(),
            if_match: None,
            body: (scenario == "submit_referral").then(|| request.body(&name(), &name())),
        }
    }

    fn once(once: &Once) -> Self {
        Self {
            path: once.request.path.clone(),
            subject: once.request.subject(),
            if_match: once.if_match(),
            body: Some(once.body()),
        }
    }
}

/// The requests that are counted of a scenario.
fn calls(conn: &mut PgConnection, scenario: &str) -> Outcome<Vec<Call>> {
    if once::SCENARIOS.contains(&scenario) {
        let requests = once::requests(conn, scenario)?;
        return Ok(requests.iter().take(REQUESTS).map(Call::once).collect());
    }
    let requests = fixtures::requests(conn, scenario)?;
    let again = requests.iter().cycle().take(REQUESTS);
    Ok(again
        .map(|request| Call::again(scenario, request))
        .collect())
}

fn parts(database: &Database) -> Outcome<Parts> {
    let options = PoolOptions {
        size: 1,
        timeout: Duration::from_secs(5),
    };
    let limits = Limits {
        requests: NonZeroU32::MAX,
        searches: NonZeroU32::MAX,
    };
    Ok(Parts {
        db: Data::new(Db::new(
            &database.app_url(),
            options,
            database.clock.clone(),
            database.keys.clone(),
        )?),
        tokens: Data::new(Tokens::new(&database.keys)?),
        passwords: Data::new(Passwords::new(Cost::STANDARD, 1)),
        throttle: Data::new(Throttle::new(limits)),
        proxies: Data::new(kernel::http::TrustedProxies::default()),
        tools: Data::new(Tools::shipped()?),
        mail: Data::new(Mailer::off()),
        keep_read_days: u32::MAX,
    })
}

/// Prints `{scenario: {statements, bytes}}`.
pub fn print(place: &Place) -> Outcome {
    let database = Database::open(place)?;
    let mut conn = database.owner()?;
    let parts = parts(&database)?;
    let mut found = Map::new();
    once::undo(&mut conn)?;
    for scenario in fixtures::SCENARIOS.into_iter().chain(once::SCENARIOS) {
        let calls = calls(&mut conn, scenario)?;
        let counted = actix_web::rt::System::new().block_on(count(&parts, scenario, calls))?;
        found.insert(
            scenario.into(),
            json!({ "statements": counted.statements, "bytes": counted.bytes }),
        );
    }
    once::undo(&mut conn)?;
    writeln!(std::io::stdout(), "{}", Value::Object(found))?;
    Ok(())
}

async fn count(parts: &Parts, scenario: &str, calls: Vec<Call>) -> Outcome<Counted> {
    let service = init_service(app(parts)).await;
    let mut counted = Counted {
        statements: 0,
        bytes: 0,
    };
    for call in calls {
        let (token, _) = parts.tokens.issue(call.subject, parts.db.clock().now())?;
        let mut request = match call.body {
            Some(body) => TestRequest::post()
                .set_json(body)
                .insert_header(("idempotency-key", Uuid::now_v7().to_string())),
            None => TestRequest::get(),
        };
        if let Some(version) = call.if_match {
            request = request.insert_header(("if-match", version));
        }
        request = request
            .uri(&call.path)
            .insert_header(("authorization", format!("Bearer {token}")));
        let before = parts.db.statements();
        let response = call_service(&service, request.to_request()).await;
        let status = response.status();
        let body = read_body(response).await;
        if !status.is_success() {
            return Err(format!("{scenario}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        // The most that any of them took: which is the same for all, if the promise holds.
        if counted.bytes > 0 {
            counted.statements = counted.statements.max(parts.db.statements() - before);
        }
        counted.bytes = counted.bytes.max(body.len());
    }
    Ok(counted)
}

/// A family name nobody has.
fn name() -> String {
    format!("N{}", Uuid::now_v7().simple())
}
