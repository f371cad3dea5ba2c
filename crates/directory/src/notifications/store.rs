//! Rows of inboxes and preferences.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::case_when;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types as st;
use uuid::Uuid;

use super::letters::LetterKind;
use super::model::NoticeKind;
use super::{Notice, To};
use kernel::crypto::Wrapped;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::policy::Principal;
use kernel::schema::{notification_preferences, notifications};
use kernel::sql::{Row, statement};

/// Writes what the people meant find in their inboxes, and the e-mail that follows, in one statement.
pub fn tell(tx: &mut Tx<'_>, notices: &[Notice], once: Option<String>) -> Result<()> {
    if notices.iter().all(|notice| notice.to.is_empty()) {
        return Ok(());
    }
    let by_client = match tx.actor.principal {
        Principal::Client { id, .. } => Some(id),
        _ => None,
    };
    let (mut of, mut to, mut ids, mut roles) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (at, notice) in (1_i32..).zip(notices) {
        for recipient in &notice.to {
            let (name, id, role) = match recipient {
                To::User(id) => ("user", Some(*id), None),
                To::Actor(id) => ("actor", Some(*id), None),
                To::Agency(id) => ("agency", Some(*id), None),
                To::AgencyLead(id) => ("agency_lead", Some(*id), None),
                To::Role(role) => ("role", None, Some(role.as_str().to_owned())),
                To::Lead if notice.case_id.is_none() => {
                    return Err(Error::Internal("a lead is told of a case"));
                }
                To::Lead => ("lead", None, None),
            };
            of.push(at);
            to.push(name);
            ids.push(id);
            roles.push(role);
        }
    }
    let each = |f: fn(&Notice) -> Uuid| notices.iter().map(f).collect::<Vec<_>>();
    let names = |f: fn(&Notice) -> &'static str| notices.iter().map(f).collect::<Vec<_>>();
    let emailed = NoticeKind::ALL
        .iter()
        .filter(|kind| kind.emailed_by_default());
    tx.sql(statement!("tell"))
        .bind(tx.now)
        .bind(tx.actor.principal.user_id())
        .bind(by_client)
        .bind(names(|notice| notice.kind.as_str()))
        .bind(each(|notice| notice.marac_id))
        .bind(
            notices
                .iter()
                .map(|notice| notice.case_id)
                .collect::<Vec<_>>(),
        )
        .bind(names(|notice| notice.subject.0))
        .bind(each(|notice| notice.subject.1))
        .bind(once)
        .bind(of)
        .bind(to)
        .bind(ids)
        .bind(roles)
        .bind(emailed.map(|kind| kind.as_str()).collect::<Vec<_>>())
        .execute(tx.conn)?;
    Ok(())
}

/// Puts a letter about an account into the outbox.
pub fn post_letter(
    tx: &mut Tx<'_>,
    id: Uuid,
    user_id: Uuid,
    kind: LetterKind,
    sealed: Wrapped,
) -> Result<()> {
    tx.sql(statement!("post_letter"))
        .bind(id)
        .bind(user_id)
        .bind(kind.as_str())
        .bind(sealed.bytes)
        .bind(sealed.master_key_id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(())
}

/// Whose.
#[derive(Clone, Copy)]
pub enum Inbox {
    User(Uuid),
    Client(Uuid),
}

/// A notification, with its case's code if that is in sight.
#[derive(Row)]
pub struct NoticeRow {
    pub id: Uuid,
    pub kind: NoticeKind,
    pub marac_id: Uuid,
    pub subject: String,
    pub subject_id: Uuid,
    pub case_id: Option<Uuid>,
    pub case_code: Option<String>,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// A page of an inbox, newest first; one more than the limit if there are more.
pub fn list(
    tx: &mut Tx<'_>,
    inbox: Inbox,
    unread: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<NoticeRow>> {
    let (statement, id) = match (inbox, unread) {
        (Inbox::User(id), false) => (statement!("inbox_of_user" => NoticeRow), id),
        (Inbox::User(id), true) => (statement!("unread_of_user" => NoticeRow), id),
        (Inbox::Client(id), false) => (statement!("inbox_of_client" => NoticeRow), id),
        (Inbox::Client(id), true) => (statement!("unread_of_client" => NoticeRow), id),
    };
    Ok(tx
        .sql(statement)
        .bind(id)
        .bind(after)
        .bind(limit + 1)
        .load(tx.conn)?)
}

type Within =
    Box<dyn BoxableExpression<notifications::table, Pg, SqlType = st::Nullable<st::Bool>>>;

impl Inbox {
    /// What is in it.
    fn within(self) -> Within {
        match self {
            Self::User(id) => Box::new(notifications::user_id.eq(id)),
            Self::Client(id) => Box::new(notifications::client_id.eq(id)),
        }
    }
}

/// Marks one read, now unless it was before. False if this inbox has none of this id.
pub fn mark(tx: &mut Tx<'_>, inbox: Inbox, id: Uuid) -> Result<bool> {
    let now = tx.now.into_sql::<st::Nullable<st::Timestamptz>>();
    let read_at =
        case_when(notifications::read_at.is_null(), now).otherwise(notifications::read_at);
    let rows = diesel::update(notifications::table)
        .filter(inbox.within())
        .filter(notifications::id.eq(id))
        .set(notifications::read_at.eq(read_at))
        .execute(tx.conn)?;
    Ok(rows == 1)
}

/// Marks those of these read that are in this inbox; answers how many were not yet.
pub fn mark_many(tx: &mut Tx<'_>, inbox: Inbox, ids: Vec<Uuid>) -> Result<usize> {
    Ok(diesel::update(notifications::table)
        .filter(inbox.within())
        .filter(notifications::id.eq_any(ids))
        .filter(notifications::read_at.is_null())
        .set(notifications::read_at.eq(tx.now))
        .execute(tx.conn)?)
}

/// What somebody chose otherwise than usual.
pub fn preferences(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Vec<(NoticeKind, bool)>> {
    Ok(notification_preferences::table
        .filter(notification_preferences::user_id.eq(user_id))
        .select((
            notification_preferences::kind,
            notification_preferences::email,
        ))
        .load(tx.conn)?)
}

/// Writes what somebody chose; what they did not is as usual.
pub fn set_preferences(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    chosen: &BTreeMap<NoticeKind, bool>,
) -> Result<()> {
    let each = NoticeKind::ALL.iter().map(|kind| {
        let email = chosen.get(kind).copied();
        (kind.as_str(), email.unwrap_or(kind.emailed_by_default()))
    });
    let (kinds, emails): (Vec<_>, Vec<_>) = each.unzip();
    tx.sql(statement!("set_preferences"))
        .bind(user_id)
        .bind(kinds)
        .bind(emails)
        .execute(tx.conn)?;
    Ok(())
}
