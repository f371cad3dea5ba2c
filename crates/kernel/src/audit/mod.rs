//! Who did what. Events are written in the transaction of what they tell of: no audit row, no data.
//! The chain that makes tampering visible is sealed off the request path, in `chain`; `verify` walks it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::error::{Code, Error, Result};
use crate::policy::{Act, Ask, Principal};
use crate::schema::audit_events;
use crate::sql::{sql, statement};
use practice::vocabulary;

vocabulary! {
    /// How it ended.
    Outcome {
        Done = "done",
        Denied = "denied",
        NotFound = "not_found",
        Failed = "failed",
    }
}

impl Outcome {
    /// The outcome to record for a refusal; `None` for mistakes of form and faults, which show in the
    /// log.
    pub(crate) fn of_refusal(error: &Error) -> Option<Self> {
        match error.code() {
            Code::Forbidden | Code::ActorUnknown | Code::StepUpRequired => Some(Self::Denied),
            Code::NotFound => Some(Self::NotFound),
            _ => None,
        }
    }
}

/// What lies in a case of a MARAC, so that an event about it can say which.
pub trait InCase {
    /// The MARAC.
    fn marac_id(&self) -> Uuid;
    /// The case.
    fn case_id(&self) -> Uuid;
    /// What it is itself, where it is not the case.
    fn subject(&self) -> Option<(&'static str, Uuid)> {
        None
    }
}

/// One event. Holds ids and field names; values only sealed.
#[derive(Debug, Clone, Default)]
pub struct Event {
    act: Option<Act>,
    outcome: Option<Outcome>,
    subject: Option<(&'static str, Uuid)>,
    marac_id: Option<Uuid>,
    case_id: Option<Uuid>,
    fields: Vec<&'static str>,
    rows_seen: Option<i32>,
    detail: Option<Vec<u8>>,
    user_id: Option<Uuid>,
}

impl Event {
    /// Something done or read that belongs to no case.
    pub fn new() -> Self {
        Self::default()
    }

    /// Something done to, or read of, a case or an action in sight.
    pub fn of_case(of: &impl InCase) -> Self {
        Self {
            marac_id: Some(of.marac_id()),
            case_id: Some(of.case_id()),
            subject: of.subject(),
            ..Self::default()
        }
    }

    /// A list: how many rows were seen. Never what was searched for.
    pub fn list(rows: usize) -> Self {
        Self::new().rows(rows)
    }

    pub(crate) fn refused(ask: &Ask, outcome: Outcome) -> Self {
        Self {
            subject: ask.subject,
            outcome: Some(outcome),
            ..Self::default()
        }
    }

    /// What it was done to.
    pub fn on(mut self, kind: &'static str, id: Uuid) -> Self {
        self.subject = Some((kind, id));
        self
    }

    /// The MARAC it belongs to.
    pub fn in_marac(mut self, id: Uuid) -> Self {
        self.marac_id = Some(id);
        self
    }

    /// The case it belongs to, where no `VisibleCase` is at hand.
    pub fn in_case(mut self, marac_id: Uuid, case_id: Uuid) -> Self {
        self.marac_id = Some(marac_id);
        self.case_id = Some(case_id);
        self
    }

    /// Names of the fields changed or read.
    pub fn fields(mut self, fields: impl IntoIterator<Item = &'static str>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// How many rows the caller got.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows_seen = i32::try_from(rows).ok();
        self
    }

    /// Old and new values, sealed under the case's key.
    pub fn detail(mut self, sealed: Vec<u8>) -> Self {
        self.detail = Some(sealed);
        self
    }

    /// A second act within the same request, such as a submission that comes with its draft.
    pub fn act(mut self, act: Act) -> Self {
        self.act = Some(act);
        self
    }

    /// It was tried and failed, as a wrong password is.
    pub fn failed(mut self) -> Self {
        self.outcome = Some(Outcome::Failed);
        self
    }

    /// The account concerned, where nobody is signed in yet.
    pub fn about_user(mut self, id: Uuid) -> Self {
        self.user_id = Some(id);
        self
    }
}

/// A result that may leave its transaction, because what is to be recorded of it is at hand.
pub struct Audited<T> {
    value: T,
    events: Vec<Event>,
}

impl<T> Audited<T> {
    /// A result and its event.
    pub fn new(value: T, event: Event) -> Self {
        Self {
            value,
            events: vec![event],
        }
    }

    /// A result and its event in each of these MARACs, so that the auditor of each reads it; in none of
    /// them if there are none.
    pub fn in_maracs(value: T, event: Event, maracs: &[Uuid]) -> Self {
        let events = match maracs {
            [] => vec![event],
            _ => maracs
                .iter()
                .map(|marac_id| event.clone().in_marac(*marac_id))
                .collect(),
        };
        Self { value, events }
    }

    /// One event more.
    pub fn and(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// The same events, another shape of the result.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Audited<U> {
        Audited {
            value: f(self.value),
            events: self.events,
        }
    }

    /// The result within the transaction, for work that goes on from it.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The result and the events.
    pub fn into_parts(self) -> (T, Vec<Event>) {
        (self.value, self.events)
    }
}

/// Writes the events of a request: any number in one statement.
pub(crate) fn record_all(
    conn: &mut PgConnection,
    ask: &Ask,
    principal: &Principal,
    agency: Option<Uuid>,
    now: DateTime<Utc>,
    events: &[Event],
) -> Result<()> {
    if let [event] = events {
        return record(conn, ask, principal, agency, now, event);
    }
    let who = Who::of(principal);
    let each = || events.iter();
    let subjects: Vec<_> = each().map(|event| event.subject_of(ask)).collect();
    sql(statement!("record_all"))
        .bind(now)
        .bind(who.kind)
        .bind(who.user)
        .bind(who.client)
        .bind(principal.actor_id())
        .bind(agency.filter(|id| !id.is_nil()))
        .bind(who.session)
        .bind(crate::request_id::request_id())
        .bind(each().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
        .bind(
            each()
                .map(|e| e.act.unwrap_or(ask.act).as_str())
                .collect::<Vec<_>>(),
        )
        .bind(each().map(|e| e.outcome_of().as_str()).collect::<Vec<_>>())
        .bind(each().map(|e| e.marac_id).collect::<Vec<_>>())
        .bind(each().map(|e| e.case_id).collect::<Vec<_>>())
        .bind(
            subjects
                .iter()
                .map(|s| s.map(|(kind, _)| kind.to_owned()))
                .collect::<Vec<_>>(),
        )
        .bind(
            subjects
                .iter()
                .map(|s| s.map(|(_, id)| id))
                .collect::<Vec<_>>(),
        )
        .bind(each().map(|e| e.fields.join(",")).collect::<Vec<_>>())
        .bind(each().map(|e| e.rows_seen).collect::<Vec<_>>())
        .bind(each().map(|e| e.detail.clone()).collect::<Vec<_>>())
        .execute(conn)?;
    Ok(())
}

/// The principal as its columns hold it.
struct Who {
    kind: &'static str,
    user: Option<Uuid>,
    client: Option<Uuid>,
    session: Option<Uuid>,
}

impl Who {
    fn of(principal: &Principal) -> Self {
        let (kind, user, client, session) = match principal {
            Principal::User { id, session_id } => ("user", Some(*id), None, Some(*session_id)),
            Principal::Client { id, user_id, .. } => ("client", *user_id, Some(*id), None),
            Principal::System => ("system", None, None, None),
            Principal::Anonymous => ("anonymous", None, None, None),
        };
        Self {
            kind,
            user,
            client,
            session,
        }
    }
}

impl Event {
    fn subject_of(&self, ask: &Ask) -> Option<(&'static str, Uuid)> {
        self.subject
            .or(ask.subject)
            .or(self.user_id.map(|id| ("user", id)))
    }

    fn outcome_of(&self) -> Outcome {
        self.outcome.unwrap_or(Outcome::Done)
    }
}

/// Writes one event.
pub(crate) fn record(
    conn: &mut PgConnection,
    ask: &Ask,
    principal: &Principal,
    agency: Option<Uuid>,
    now: DateTime<Utc>,
    event: &Event,
) -> Result<()> {
    let who = Who::of(principal);
    let subject = event.subject_of(ask);
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::id.eq(Uuid::now_v7()),
            audit_events::at.eq(now),
            audit_events::act.eq(event.act.unwrap_or(ask.act).as_str()),
            audit_events::outcome.eq(event.outcome_of().as_str()),
            audit_events::principal.eq(who.kind),
            audit_events::user_id.eq(who.user),
            audit_events::client_id.eq(who.client),
            audit_events::actor_id.eq(principal.actor_id()),
            audit_events::agency_id.eq(agency.filter(|id| !id.is_nil())),
            audit_events::session_id.eq(who.session),
            audit_events::marac_id.eq(event.marac_id),
            audit_events::case_id.eq(event.case_id),
            audit_events::subject.eq(subject.map(|(kind, _)| kind)),
            audit_events::subject_id.eq(subject.map(|(_, id)| id)),
            audit_events::fields.eq(&event.fields),
            audit_events::rows_seen.eq(event.rows_seen),
            audit_events::detail.eq(&event.detail),
            audit_events::request_id.eq(crate::request_id::request_id()),
        ))
        .execute(conn)?;
    Ok(())
}
