//! Rows of inboxes.

use diesel::prelude::*;
use uuid::Uuid;

use super::model::NoticeKind;
use super::{Notice, To};
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::policy::Principal;

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
    sql(TELL)
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
