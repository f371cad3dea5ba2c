//! Rows of inboxes and preferences.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
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
use kernel::sql::Row;
use kernel::{visible_actions, visible_cases};

const TELL: &str = "select tell($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)::text";

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
    tx.sql(TELL)
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
    tx.sql("select post_letter($1, $2, $3, $4, $5, $6)::text")
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

// The page is taken by index before its cases are judged. Row-level security has left out what is
// closed to the reader; an action's owner reads its code whatever has become of the case.
macro_rules! list {
    ($of:literal, $which:literal) => {
        concat!(
            "select n.id, n.kind, n.marac_id, n.subject, n.subject_id, c.id as case_id, ",
            "c.code as case_code, n.created_at, n.read_at ",
            "from (select * from notifications n where ",
            $of,
            " = $1",
            $which,
            " and ($2::uuid is null or n.id < $2) order by n.id desc limit $3) n ",
            "left join cases c on c.id = n.case_id and (",
            visible_cases!("c"),
            " or (n.subject = 'action' and exists (select from actions a ",
            "where a.id = n.subject_id and a.case_id = c.id and ",
            visible_actions!("a"),
            "))) order by n.id desc"
        )
    };
}

const OF_USER: [&str; 2] = [
    list!("n.user_id", ""),
    list!("n.user_id", " and n.read_at is null"),
];
const OF_CLIENT: [&str; 2] = [
    list!("n.client_id", ""),
    list!("n.client_id", " and n.read_at is null"),
];

/// A page of an inbox, newest first; one more than the limit if there are more.
pub fn list(
    tx: &mut Tx<'_>,
    inbox: Inbox,
    unread: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<NoticeRow>> {
    let ([all, only_unread], id) = match inbox {
        Inbox::User(id) => (OF_USER, id),
        Inbox::Client(id) => (OF_CLIENT, id),
    };
    let text = if unread { only_unread } else { all };
    Ok(tx
        .sql(text)
        .bind(id)
        .bind(after)
        .bind(limit + 1)
        .load(tx.conn)?)
}

const MARK_OF_USER: &str = "update notifications set read_at = coalesce(read_at, $3) \
    where id = $2 and user_id = $1";
const MARK_OF_CLIENT: &str = "update notifications set read_at = coalesce(read_at, $3) \
    where id = $2 and client_id = $1";

/// Marks one read. False if this inbox has none of this id.
pub fn mark(tx: &mut Tx<'_>, inbox: Inbox, id: Uuid) -> Result<bool> {
    let (text, of) = match inbox {
        Inbox::User(of) => (MARK_OF_USER, of),
        Inbox::Client(of) => (MARK_OF_CLIENT, of),
    };
    let rows = tx
        .sql(text)
        .bind(of)
        .bind(id)
        .bind(tx.now)
        .execute(tx.conn)?;
    Ok(rows == 1)
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

const SET: &str = "insert into notification_preferences (user_id, kind, email) \
    select $1, k.kind, k.email from unnest($2::text[], $3::bool[]) k(kind, email) \
    on conflict (user_id, kind) do update set email = excluded.email";

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
    tx.sql(SET)
        .bind(user_id)
        .bind(kinds)
        .bind(emails)
        .execute(tx.conn)?;
    Ok(())
}
