//! The test kit: a database per test, a service in process, callers that read like people.

mod case;
mod db;
pub mod gate;
pub mod paper;
pub mod plan;
pub mod program;
mod world;

use std::rc::Rc;

use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use chrono::TimeDelta;
use diesel::pg::PgConnection;
use directory::auth::password::{Cost, Passwords};
use directory::auth::token::{TokenSubject, Tokens};
use directory::auth::{Limits, Throttle};
use directory::notifications::mail::Mailer;
use futures_util::future::LocalBoxFuture;
use kernel::audit::{Audited, Event};
use kernel::clock::Clock;
use kernel::crypto::KeyRing;
use kernel::db::{Db, PoolOptions};
use kernel::policy::Act;
use practice::risk::Tools;
use serde_json::Value;
use toldonce::app::{Parts, app};
use uuid::Uuid;

pub use db::{TestDb, owner_binaries};
pub use world::{Client, Person, World, dash, referral};

type Service = Rc<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>;

/// A service on a database of its own.
pub struct TestApp {
    pub db: TestDb,
    pub parts: Parts,
    pub keys: KeyRing,
    service: Service,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    /// As it was sent, for what is not JSON.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }

    /// `pointer code` of every refused field.
    pub fn errors(&self) -> Vec<String> {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|e| {
                format!(
                    "{} {}",
                    e["pointer"].as_str().unwrap(),
                    e["code"].as_str().unwrap()
                )
            })
            .collect()
    }

    /// Status and body without what differs from request to request.
    pub fn comparable(&self) -> (u16, Value, Vec<(String, String)>) {
        let mut body = self.body.clone();
        if let Some(object) = body.as_object_mut() {
            object.remove("request_id");
        }
        let headers = self
            .headers
            .iter()
            .filter(|(name, _)| name != "x-request-id" && name != "date");
        (self.status, body, headers.cloned().collect())
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(Clock::system(), Limits::default()).await
    }

    pub async fn with(clock: Clock, limits: Limits) -> Self {
        let keys = KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap();
        Self::on(TestDb::create(), clock, limits, keys).await
    }

    /// A second server on the same database counts as another instance of the service.
    pub async fn on(db: TestDb, clock: Clock, limits: Limits, keys: KeyRing) -> Self {
        Self::mailing(db, clock, limits, keys, Mailer::off()).await
    }

    /// The same with a way for e-mail.
    pub async fn mailing(
        db: TestDb,
        clock: Clock,
        limits: Limits,
        keys: KeyRing,
        mail: Mailer,
    ) -> Self {
        let options = PoolOptions {
            size: 4,
            timeout: std::time::Duration::from_secs(5),
        };
        let parts = Parts {
            db: Data::new(Db::new(&db.app_url(), options, clock, keys.clone()).unwrap()),
            tokens: Data::new(Tokens::new(&keys).unwrap()),
            passwords: Data::new(Passwords::new(Cost::TEST, 2)),
            throttle: Data::new(Throttle::new(limits)),
            proxies: Data::new("10.0.0.0/8".parse().unwrap()),
            tools: Data::new(Tools::shipped().unwrap()),
            mail: Data::new(mail),
            keep_read_days: 180,
        };
        let service = Rc::new(init_service(app(&parts)).await);
        let service: Service = Rc::new(move |request: TestRequest| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                let response = call_service(&*service, request.to_request()).await;
                let status = response.status().as_u16();
                let headers = response
                    .headers()
                    .iter()
                    .map(|(name, value)| {
                        (name.to_string(), value.to_str().unwrap_or("").to_owned())
                    })
                    .collect();
                let bytes = read_body(response).await;
                let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
                    Value::String(String::from_utf8_lossy(&bytes).into_owned())
                });
                let body = if bytes.is_empty() { Value::Null } else { body };
                Answer {
                    status,
                    headers,
                    body,
                    bytes: bytes.to_vec(),
                }
            })
        });
        Self {
            db,
            parts,
            keys,
            service,
        }
    }

    /// A connection of the owner's, for what a test must see or set behind the service's back.
    pub fn owner(&self) -> PgConnection {
        self.db.owner()
    }

    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.parts.db.clock().now()
    }

    pub fn today(&self) -> chrono::NaiveDate {
        self.now()
            .with_timezone(&chrono_tz::Europe::London)
            .date_naive()
    }

    /// Time goes by.
    pub fn wait(&self, by: TimeDelta) {
        self.parts.db.clock().shift(by);
    }

    /// Somebody gave their password so long ago, in the session they have.
    pub fn password_given(&self, person: &Person, ago: TimeDelta) {
        use diesel::prelude::*;
        kernel::sql::sql("update sessions set password_at = $2 where id = $1")
            .bind(person.session_id)
            .bind(self.now() - ago)
            .execute(&mut self.owner())
            .unwrap();
    }

    /// A token for a session or client.
    pub fn token(&self, subject: TokenSubject) -> String {
        self.parts.tokens.issue(subject, self.now()).unwrap().0
    }

    /// A caller with a token; sign again after `wait`.
    pub fn as_(&self, person: &Person) -> Caller<'_> {
        let subject = TokenSubject::User {
            user_id: person.id,
            session_id: person.session_id,
        };
        Caller {
            app: self,
            headers: vec![(
                "authorization".into(),
                format!("Bearer {}", self.token(subject)),
            )],
        }
    }

    /// An API client, for a person or as its service actor.
    pub fn as_client(&self, client: &Client, actor: Option<&str>) -> Caller<'_> {
        let token = self.token(TokenSubject::Client {
            client_id: client.id,
            secret_version: 1,
        });
        let mut headers = vec![("authorization".into(), format!("Bearer {token}"))];
        headers
            .extend(actor.map(|actor| (kernel::caller::ACTOR_HEADER.to_owned(), actor.to_owned())));
        Caller { app: self, headers }
    }

    /// Nobody.
    pub fn anonymous(&self) -> Caller<'_> {
        Caller {
            app: self,
            headers: Vec::new(),
        }
    }
}

/// Stands among a caller's headers for the address of the socket.
const PEER: &str = "the peer";

/// Stands before the name of a header that is added to one of the same name.
const MORE: &str = "once more: ";

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Caller<'a> {
    app: &'a TestApp,
    headers: Vec<(String, String)>,
}

impl Caller<'_> {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With a header that stands there already, once more.
    pub fn once_more(self, name: &str, value: &str) -> Self {
        self.with(&format!("{MORE}{name}"), value)
    }

    /// From an address, as the socket or a proxy's word has it.
    pub fn from(self, address: &str) -> Self {
        self.with(PEER, address)
    }

    /// With the version just read.
    pub fn if_match(self, etag: &str) -> Self {
        self.with("if-match", etag)
    }

    /// What each of their requests carries.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// `path` is below `/api/v1`, unless it names the root itself.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let uri = if path.starts_with("/api/") || path.ends_with('z') && path.len() < 9 {
            path.to_owned()
        } else {
            format!("/api/v1{path}")
        };
        let mut request = self.addressed(TestRequest::with_uri(&uri).method(method));
        if let Some(body) = body {
            request = request.set_json(body);
        }
        (self.app.service)(request).await
    }

    /// With this caller's headers, from their address.
    fn addressed(&self, mut request: TestRequest) -> TestRequest {
        for (name, value) in &self.headers {
            request = match name.as_str() {
                PEER => request.peer_addr(format!("{value}:4711").parse().unwrap()),
                name => match name.strip_prefix(MORE) {
                    Some(name) => request.append_header((name, value.as_str())),
                    None => request.insert_header((name, value.as_str())),
                },
            };
        }
        request
    }

    pub async fn send_raw(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: &str,
    ) -> Answer {
        let request = TestRequest::with_uri(&format!("/api/v1{path}")).method(method);
        let request = self
            .addressed(request)
            .insert_header(("content-type", content_type))
            .set_payload(body.to_owned());
        (self.app.service)(request).await
    }
}

/// Somebody accepts the confidentiality statement of a meeting.
pub async fn accept(app: &TestApp, person: &Person, meeting: Uuid) -> Value {
    let (caller, path) = (
        app.as_(person),
        format!("/meetings/{meeting}/confidentiality"),
    );
    let read = caller.get(&path).await.expect(200);
    let body = serde_json::json!({ "version": read["version"] });
    caller.post(&path, body).await.expect(200)
}

/// The link that the operator's command line prints for an account, by the address it has.
pub fn link_to(app: &TestApp, email: &str) -> String {
    printed(app, email, false).expect("an open account")
}

/// The same; or the one to its new address. Nothing if there is none to print.
pub fn printed(app: &TestApp, email: &str, new_address: bool) -> Option<String> {
    let work = |tx: &mut kernel::db::Tx<'_>| {
        let printed = directory::users::print_link(tx, email, new_address)?;
        let token = printed.map(|printed| printed.link.token.clone());
        Ok(Audited::new(token, Event::new()))
    };
    app.parts.db.run_system(Act::SetUp.ask(), work).unwrap()
}

/// The grants that wait for somebody, each confirmed by this second person.
pub async fn confirm_all(second: &Caller<'_>, holder: Uuid) -> usize {
    let waiting = second.get("/pending-grants?limit=200").await.expect(200);
    let items = waiting["items"].as_array().unwrap();
    let of_holder = items.iter().filter(|one| {
        one["user_id"] == serde_json::json!(holder) || one["client_id"] == serde_json::json!(holder)
    });
    let mut confirmed = 0;
    for one in of_holder {
        let path = format!("/pending-grants/{}/confirm", id(one));
        second.post(&path, serde_json::json!({})).await.expect(204);
        confirmed += 1;
    }
    confirmed
}

/// The id in a body.
#[track_caller]
pub fn id(body: &Value) -> Uuid {
    body["id"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic!("no id in {body}"))
}

/// The etag in a body.
#[track_caller]
pub fn etag(body: &Value) -> String {
    body["etag"]
        .as_str()
        .unwrap_or_else(|| panic!("no etag in {body}"))
        .to_owned()
}
