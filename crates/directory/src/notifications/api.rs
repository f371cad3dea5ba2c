//! The own inbox, and what of it comes by e-mail.

use std::collections::BTreeMap;

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::NoticeKind;
use super::store::{self, Inbox, NoticeRow};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{Body, Json, NoContent, Page, PageQuery, Path, Query, operation};
use kernel::policy::{Principal, hidden};
use practice::text::Line;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_notifications_route)
        .service(read_notifications_route)
        .service(read_notification_route)
        .service(read_preferences_route)
        .service(set_preferences_route);
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationOut {
    /// Id.
    id: Uuid,
    /// What kind of thing.
    kind: NoticeKind,
    /// Where.
    marac_id: Uuid,
    /// What to open.
    subject: SubjectOut,
    /// Its case, if it is of one that the reader may see now.
    case: Option<NotifiedCase>,
    /// When it happened.
    at: DateTime<Utc>,
    /// When it was marked read.
    read_at: Option<DateTime<Utc>>,
}

/// What a notification is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectOut {
    /// `referral`, `case`, `action`, `meeting`, and the like.
    kind: String,
    /// Its id.
    id: Uuid,
}

/// The case a notification is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotifiedCase {
    /// Id.
    id: Uuid,
    /// Random code with a check character.
    code: String,
}

impl From<NoticeRow> for NotificationOut {
    fn from(row: NoticeRow) -> Self {
        let case = row.case_id.zip(row.case_code);
        Self {
            id: row.id,
            kind: row.kind,
            marac_id: row.marac_id,
            subject: SubjectOut {
                kind: row.subject,
                id: row.subject_id,
            },
            case: case.map(|(id, code)| NotifiedCase { id, code }),
            at: row.created_at,
            read_at: row.read_at,
        }
    }
}

/// Whose inbox: the person's, or the program's.
fn inbox(tx: &Tx<'_>) -> Result<Inbox> {
    match tx.actor.principal {
        Principal::User { id, .. } => Ok(Inbox::User(id)),
        Principal::Client { id, .. } => Ok(Inbox::Client(id)),
        Principal::System | Principal::Anonymous => Err(Error::Internal("nobody has no inbox")),
    }
}

/// Which notifications.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationsQuery {
    /// Only those not yet read.
    #[serde(default)]
    unread: bool,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<Line<400>>,
}

/// The own inbox, newest first: a person's, or an API client's. What has since been closed to the
/// reader is gone from it.
#[operation(get, "/notifications", tag = "notifications", act = ReadNotifications, says = "Notifications.")]
pub async fn list_notifications(
    db: Data<Db>,
    caller: Caller,
    query: Query<NotificationsQuery>,
) -> Result<Page<NotificationOut>> {
    let NotificationsQuery {
        unread,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let (after, limit) = (page.after::<Uuid>()?, page.limit());
    let page = db
        .run(&caller, ACT.ask(), move |tx| {
            let inbox = inbox(tx)?;
            let rows = store::list(tx, inbox, unread, after, limit)?;
            let page = Page::of(rows, limit, |row| row.id);
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(page.map(NotificationOut::from))
}

/// Mark one notification read.
#[operation(post, "/notifications/{id}/read", tag = "notifications", act = ReadNotifications, says = "Read.")]
pub async fn read_notification(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<NoContent> {
    db.run(&caller, ACT.ask(), move |tx| {
        let inbox = inbox(tx)?;
        if !store::mark(tx, inbox, id)? {
            return Err(hidden());
        }
        Ok(Audited::new((), Event::new().on("notification", id)))
    })
    .await?;
    Ok(NoContent)
}

/// What was read.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadMany {
    /// The notifications that were seen. By name and not by date: one may come later that happened
    /// before.
    #[validate(length(min = 1, max = 200))]
    #[schema(max_items = 200, min_items = 1)]
    ids: Vec<Uuid>,
}

/// Mark several notifications read. Those that are not one's own are passed over.
#[operation(post, "/notifications/read", tag = "notifications", act = ReadNotifications, says = "Read.")]
pub async fn read_notifications(
    db: Data<Db>,
    caller: Caller,
    body: Body<ReadMany>,
) -> Result<NoContent> {
    let ids = body.0.ids;
    db.run(&caller, ACT.ask(), move |tx| {
        let inbox = inbox(tx)?;
        let rows = store::mark_many(tx, inbox, ids)?;
        Ok(Audited::new((), Event::list(rows)))
    })
    .await?;
    Ok(NoContent)
}

/// What comes by e-mail beside the inbox.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// For each kind, whether it comes by e-mail. A kind left out when they are set goes back to
    /// what is usual.
    #[schema(example = json!({"action_reported": true}))]
    email: BTreeMap<NoticeKind, bool>,
}

/// The account behind the caller; a program has no e-mail.
fn person(tx: &Tx<'_>) -> Result<Uuid> {
    match tx.actor.principal {
        Principal::User { id, .. } => Ok(id),
        _ => Err(Code::Forbidden.into()),
    }
}

fn preferences(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Preferences> {
    let chosen: BTreeMap<_, _> = store::preferences(tx, user_id)?.into_iter().collect();
    let each = NoticeKind::ALL.iter().map(|kind| {
        let usual = kind.emailed_by_default();
        (*kind, chosen.get(kind).copied().unwrap_or(usual))
    });
    Ok(Preferences {
        email: each.collect(),
    })
}

/// What comes by e-mail.
#[operation(get, "/notifications/preferences", tag = "notifications", act = SetPreferences,
    says = "Every kind.")]
pub async fn read_preferences(db: Data<Db>, caller: Caller) -> Result<Json<Preferences>> {
    db.run(&caller, ACT.ask(), |tx| {
        let user_id = person(tx)?;
        let out = preferences(tx, user_id)?;
        Ok(Audited::new(out, Event::new().on("user", user_id)))
    })
    .await
    .map(Json)
}

/// Choose what comes by e-mail. The inbox has everything whatever is chosen.
#[operation(put, "/notifications/preferences", tag = "notifications", act = SetPreferences,
    says = "As it stands now.")]
pub async fn set_preferences(
    db: Data<Db>,
    caller: Caller,
    body: Body<Preferences>,
) -> Result<Json<Preferences>> {
    db.run(&caller, ACT.ask(), move |tx| {
        let user_id = person(tx)?;
        store::set_preferences(tx, user_id, &body.0.email)?;
        let out = preferences(tx, user_id)?;
        let event = Event::new().on("user", user_id).fields(["email"]);
        Ok(Audited::new(out, event))
    })
    .await
    .map(Json)
}
