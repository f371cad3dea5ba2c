//! Puts the demonstration into an empty database by living through it: each thing is done on its own
//! day, by the person who did it, through the same requests as everybody else's. So the caseload
//! obeys every rule, and its history and audit read like life.

use std::collections::HashMap;
use std::rc::Rc;

use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use uuid::Uuid;

use super::caseload::{Caseload, CaseloadError};
use super::{settle, steps};
use crate::app::{Parts, app};
use casework::actions;
use casework::{flags, idva};
use conference::asking;
use directory::auth::password::Passwords;
use directory::auth::token::{TokenSubject, Tokens};
use directory::auth::{self, Limits, Throttle};
use directory::notifications::mail::{self, Mailer};
use kernel::caller::ACTOR_HEADER;
use kernel::crypto::KeyRing;
use kernel::db::Db;
use kernel::error::Error;
use kernel::http::TrustedProxies;
use practice::risk::Tools;

/// Id of the demonstration's API client; its secret is [`PASSWORD`].
pub const CLIENT_ID: Uuid = Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001);

/// Everybody's password in the demonstration, and nowhere else.
pub const PASSWORD: &str = "demonstration-only";

/// How long before today the demonstration begins.
const BEGINS: TimeDelta = TimeDelta::days(500);

/// Why the demonstration could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Its files are not as they should be.
    #[error(transparent)]
    Caseload(#[from] CaseloadError),
    /// A request of its story was refused.
    #[error("{step}: {path} answered {status} {code}")]
    Refused {
        /// What was being done, by the caseload's keys.
        step: String,
        /// Where.
        path: String,
        /// HTTP status.
        status: u16,
        /// The problem's code, reason and fields.
        code: String,
    },
    /// A key that names nothing.
    #[error("the caseload names `{0}`, which is not there")]
    Unknown(String),
    /// The database or the program failed.
    #[error("the demonstration could not be stored: {0}")]
    Failed(#[from] Error),
}

/// Loads the demonstration as it stands on the clock's today. `db` must run on `db.clock()` alone:
/// its clock is taken back and brought forward again.
pub fn load(db: &Db, keys: &KeyRing, passwords: &Passwords) -> Result<(), LoadError> {
    let now = db.clock().now();
    let caseload = Caseload::shipped(now.with_timezone(&chrono_tz::Europe::London).date_naive())?;
    db.clock().set(now - BEGINS);
    let known = settle::places(db, passwords, &caseload)?;
    let parts = Parts {
        db: Data::new(db.clone()),
        tokens: Data::new(Tokens::new(keys)?),
        passwords: Data::new(passwords.clone()),
        throttle: Data::new(Throttle::new(Limits::unlimited())),
        proxies: Data::new(TrustedProxies::default()),
        tools: Data::new(
            Tools::shipped().map_err(|_| Error::Internal("the shipped risk tools do not load"))?,
        ),
        mail: Data::new(Mailer::off()),
        keep_read_days: u32::MAX,
    };
    let told = actix_web::rt::System::new().block_on(async {
        let mut teller = Teller::new(parts, known).await;
        steps::tell(&mut teller, &caseload, now).await?;
        Ok::<_, LoadError>(teller.known)
    });
    db.clock().set(now);
    mail::let_go(db)?;
    settle::standings(db, &caseload, &told?)
}

/// What the caseload's keys stand for.
#[derive(Default)]
pub struct LoadedKeys {
    /// Ids by kind and key.
    pub ids: HashMap<(&'static str, String), Uuid>,
    /// Versions of what will be changed.
    pub etags: HashMap<Uuid, String>,
    /// Versions of the minutes in hand, by their meeting's key.
    pub minutes: HashMap<String, String>,
}

impl LoadedKeys {
    /// The id a key stands for.
    pub fn id(&self, kind: &'static str, key: &str) -> Result<Uuid, LoadError> {
        let found = self.ids.get(&(kind, key.to_owned()));
        found
            .copied()
            .ok_or_else(|| LoadError::Unknown(format!("{kind} {key}")))
    }

    /// The ids of several.
    pub fn all(&self, kind: &'static str, keys: &[String]) -> Result<Vec<Uuid>, LoadError> {
        keys.iter().map(|key| self.id(kind, key)).collect()
    }
}

/// Who does something.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// A person with an account.
    Person(&'a str),
    /// A client, for a registered person.
    Client(&'a str, &'a str),
}

type Service = Rc<dyn Fn(TestRequest) -> LocalBoxFuture<'static, (u16, Value)>>;

/// Sends the story's requests.
pub struct Teller {
    parts: Parts,
    service: Service,
    sessions: HashMap<Uuid, (Uuid, DateTime<Utc>)>,
    /// What keys stand for.
    pub known: LoadedKeys,
    /// What is being done, for the message if it is refused.
    pub step: String,
}

impl Teller {
    async fn new(parts: Parts, known: LoadedKeys) -> Self {
        // The framework's in-process caller: nothing listens, nothing leaves the program.
        let service = Rc::new(init_service(app(&parts)).await);
        let service: Service = Rc::new(move |request| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                let response = call_service(&*service, request.to_request()).await;
                let status = response.status().as_u16();
                let body = read_body(response).await;
                (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
            })
        });
        Self {
            parts,
            service,
            sessions: HashMap::new(),
            known,
            step: String::new(),
        }
    }

    /// It is now this moment.
    pub fn at(&mut self, moment: DateTime<Utc>) {
        self.parts.db.clock().set(moment);
    }

    /// What the program does by itself on a day.
    pub fn night(&self) -> Result<(), LoadError> {
        actions::escalate(&self.parts.db)?;
        flags::find_lapsing(&self.parts.db)?;
        idva::find_late(&self.parts.db)?;
        Ok(asking::remind(&self.parts.db)?)
    }

    /// A request by somebody; the answer's body, if it was granted. Remembers the answer's version.
    pub async fn send(
        &mut self,
        who: Who<'_>,
        method: Method,
        path: &str,
        body: Option<Value>,
        etag: Option<String>,
    ) -> Result<Value, LoadError> {
        let (status, body) = self.ask(who, method, path, body, etag).await?;
        self.granted(path, status, body)
    }

    /// The same, for an answer that may be a refusal.
    pub async fn ask(
        &mut self,
        who: Who<'_>,
        method: Method,
        path: &str,
        body: Option<Value>,
        etag: Option<String>,
    ) -> Result<(u16, Value), LoadError> {
        let mut request = TestRequest::with_uri(&format!("/api/v1{path}")).method(method);
        let now = self.parts.db.clock().now();
        let subject = match who {
            Who::Person(key) => {
                let user_id = self.known.id("user", key)?;
                TokenSubject::User {
                    user_id,
                    session_id: self.session(user_id, now)?,
                }
            }
            Who::Client(key, actor) => {
                request = request.insert_header((ACTOR_HEADER, actor));
                TokenSubject::Client {
                    client_id: self.known.id("client", key)?,
                    secret_version: 1,
                }
            }
        };
        let (token, _) = self.parts.tokens.issue(subject, now)?;
        request = request.insert_header(("authorization", format!("Bearer {token}")));
        if let Some(etag) = etag {
            request = request.insert_header(("if-match", etag));
        }
        if let Some(body) = body {
            request = request.set_json(body);
        }
        Ok((self.service)(request).await)
    }

    /// The body of an answer that is no refusal.
    pub fn granted(&mut self, path: &str, status: u16, body: Value) -> Result<Value, LoadError> {
        if status >= 300 {
            let code = format!("{} {} {}", body["code"], body["reason"], body["errors"]);
            return Err(LoadError::Refused {
                step: self.step.clone(),
                path: path.into(),
                status,
                code,
            });
        }
        if let (Some(id), Some(etag)) = (id_of(&body), body["etag"].as_str()) {
            self.known.etags.insert(id, etag.to_owned());
        }
        Ok(body)
    }

    /// POST.
    pub async fn post(
        &mut self,
        who: Who<'_>,
        path: &str,
        body: Value,
    ) -> Result<Value, LoadError> {
        self.send(who, Method::POST, path, Some(body), None).await
    }

    /// POST to something whose version is known.
    pub async fn change(
        &mut self,
        who: Who<'_>,
        id: Uuid,
        path: &str,
        body: Value,
    ) -> Result<Value, LoadError> {
        let etag = self.known.etags.get(&id).cloned();
        self.send(who, Method::POST, path, Some(body), etag).await
    }

    /// Gives the password again, before something that asks for it.
    pub async fn step_up(&mut self, who: Who<'_>) -> Result<(), LoadError> {
        let body = serde_json::json!({ "password": PASSWORD });
        self.post(who, "/auth/step-up", body).await.map(drop)
    }

    /// GET.
    pub async fn get(&mut self, who: Who<'_>, path: &str) -> Result<Value, LoadError> {
        self.send(who, Method::GET, path, None, None).await
    }

    fn session(&mut self, user_id: Uuid, now: DateTime<Utc>) -> Result<Uuid, LoadError> {
        match self.sessions.get(&user_id) {
            Some((id, opened)) if (now - *opened) < TimeDelta::hours(8) => Ok(*id),
            _ => {
                let id = auth::open_session(&self.parts.db, user_id)?;
                self.sessions.insert(user_id, (id, now));
                Ok(id)
            }
        }
    }
}

/// The id in an answer.
pub fn id_of(body: &Value) -> Option<Uuid> {
    body["id"].as_str().and_then(|text| text.parse().ok())
}
