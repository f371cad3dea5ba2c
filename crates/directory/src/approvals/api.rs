//! Grants that wait for a second person: seen by those who may decide on them, confirmed or refused.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rules::{self, Facts};
use crate::agencies::{self, Agency};
use crate::clients;
use crate::notifications::NoticeKind;
use crate::notifications::letters::AccountMatter;
use crate::users::grants::pending::{self, GrantKind, GrantOutcome, Looker, Pending};
use crate::users::grants::{self, RoleGrant};
use crate::users::{self, concern};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{NoContent, Page, PageQuery, Path, Query, WriteProblems, operation};
use kernel::policy::{Right, Role, hidden};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_pending_grants_route)
        .service(confirm_grant_route)
        .service(refuse_grant_route);
}

/// A grant that waits for a second person.
#[derive(Serialize, ToSchema)]
pub struct PendingGrantOut {
    /// Its id.
    id: Uuid,
    /// What is granted.
    kind: GrantKind,
    /// Of a role: where.
    marac_id: Option<Uuid>,
    /// The role.
    role: Option<Role>,
    /// When the role will end; null: it will not.
    ends_at: Option<DateTime<Utc>>,
    /// The rights that are added to a client.
    rights: Option<Vec<Right>>,
    /// The account that gets the role, or whose person a program is to act as.
    user_id: Option<Uuid>,
    /// The client.
    client_id: Option<Uuid>,
    /// The client's actor that is to be linked.
    actor_id: Option<Uuid>,
    /// The name of the account or client.
    name: String,
    /// Its agency.
    agency_id: Uuid,
    /// Who asked.
    asked_by: Option<Uuid>,
    /// Their name.
    asked_by_name: Option<String>,
    /// When.
    asked_at: DateTime<Utc>,
    /// Until when it can be confirmed.
    expires_at: DateTime<Utc>,
}

impl From<Pending> for PendingGrantOut {
    fn from(pending: Pending) -> Self {
        Self {
            id: pending.id,
            kind: pending.kind,
            marac_id: pending.marac_id,
            role: pending.role,
            ends_at: pending.ends_at,
            rights: pending.rights,
            user_id: pending.user_id,
            client_id: pending.client_id,
            actor_id: pending.actor_id,
            name: pending.name,
            agency_id: pending.agency_id,
            asked_by: pending.asked_by,
            asked_by_name: pending.asked_by_name,
            asked_at: pending.created_at,
            expires_at: pending.expires_at,
        }
    }
}

fn looker(tx: &Tx<'_>) -> Looker {
    let leads = !tx.actor.maracs_as(&[Role::AgencyLead]).is_empty();
    Looker {
        administrator: tx.actor.administrator,
        leads: leads.then_some(tx.actor.agency_id),
        coordinated: tx.actor.maracs_as(&[Role::Coordinator]),
        user_id: tx.actor.principal.user_id(),
    }
}

/// The grants that wait for a second person.
///
/// An administrator sees all, a lead their agency's, a coordinator their MARACs', and everybody those
/// that they asked for or whose link to a program is to their own account.
#[operation(get, "/pending-grants", tag = "users", act = ListPendingGrants, says = "A page of grants.")]
pub async fn list_pending_grants(
    db: Data<Db>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Page<PendingGrantOut>> {
    let (limit, after) = (query.0.limit(), query.0.after()?);
    let page = db
        .run(&caller, ACT.ask(), move |tx| {
            let looker = looker(tx);
            let rows = pending::list(tx, looker, after, limit + 1)?;
            let page = Page::of(rows, limit, |row| row.id);
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(page.map(PendingGrantOut::from))
}

/// What the decision rests on.
struct Case {
    pending: Pending,
    agency: Agency,
    roles: Vec<RoleGrant>,
    maracs: Vec<Uuid>,
    asked_in_hand_of: Option<Uuid>,
    decided_in_hand_of: Uuid,
}

impl Case {
    fn facts(&self) -> Facts<'_> {
        Facts {
            agency: &self.agency,
            roles: &self.roles,
            maracs: &self.maracs,
            asked_in_hand_of: self.asked_in_hand_of,
            decided_in_hand_of: self.decided_in_hand_of,
        }
    }
}

/// A grant in the caller's sight, locked, that still waits.
fn find(tx: &mut Tx<'_>, id: Uuid) -> Result<Case> {
    let looker = looker(tx);
    let pending = pending::find_locked(tx, looker, id)?.ok_or_else(hidden)?;
    let agency = agencies::find(tx, pending.agency_id)?;
    let roles = match (pending.kind, pending.user_id, pending.client_id) {
        (GrantKind::Role, ..) => pending.role_grant().into_iter().collect(),
        (GrantKind::Link, Some(user_id), _) => users::roles_of(tx, user_id)?,
        (_, _, Some(client_id)) => clients::roles_of(tx, client_id)?,
        _ => return Err(Error::Internal("a grant is somebody's")),
    };
    let maracs = concern::maracs(tx, agency.id, roles.iter().copied())?;
    let asked = pending.asked_by;
    let asked_in_hand_of = asked.map(|by| pending::hand_of(tx, by)).transpose()?;
    let me = tx.actor.principal.user_id().ok_or_else(hidden)?;
    let case = Case {
        decided_in_hand_of: pending::hand_of(tx, me)?,
        pending,
        agency,
        roles,
        maracs,
        asked_in_hand_of,
    };
    Ok(case)
}

/// Refused once it was decided or ran out.
fn waits(tx: &Tx<'_>, pending: &Pending) -> Result<()> {
    match pending.outcome {
        Some(_) => Err(Error::conflict("already_decided")),
        None if pending.expires_at <= tx.now => Err(Error::conflict("expired")),
        None => Ok(()),
    }
}

/// Confirm a grant, as the second person: it holds from the next request on.
///
/// For an administrator, a lead who could have granted it, the coordinator of every MARAC that it
/// concerns, and, of a link, the person whose account it is. 409: `already_decided`, `expired`;
/// `second_person_needed`: you asked for it, it is your own, or your account and that of whoever asked
/// are one person's doing; `disabled`: who asked, or who gets it, has no open account any more;
/// `not_a_member`: the agency has left the MARAC.
#[operation(post, "/pending-grants/{id}/confirm", tag = "users", act = ConfirmGrant, says = "It holds.",
    problems(WriteProblems))]
pub async fn confirm_grant(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<NoContent> {
    db.run(&caller, ACT.on("pending_grant", id), move |tx| {
        let case = find(tx, id)?;
        rules::may_decide(&tx.actor, &case.pending, &case.facts())?;
        waits(tx, &case.pending)?;
        rules::second_person(&tx.actor, &case.pending, &case.facts())?;
        give(tx, &case)?;
        pending::decide(tx, &case.pending, GrantOutcome::Confirmed)?;
        Ok(recorded(&case, GrantOutcome::Confirmed))
    })
    .await?;
    Ok(NoContent)
}

fn recorded(case: &Case, outcome: GrantOutcome) -> Audited<()> {
    let what = match case.pending.role {
        Some(role) => role.as_str(),
        None => case.pending.kind.as_str(),
    };
    let event = Event::new().fields([what, outcome.as_str()]);
    Audited::in_maracs((), event, &case.maracs)
}

/// Brings the grant about, and tells whom it concerns.
fn give(tx: &mut Tx<'_>, case: &Case) -> Result<()> {
    let pending = &case.pending;
    if !pending.live || case.agency.closed_at.is_some() {
        return Err(Error::conflict("disabled"));
    }
    let unfit = || Error::Internal("a grant is whole");
    match pending.kind {
        GrantKind::Role => {
            let grant = pending.role_grant().ok_or_else(unfit)?;
            if !agencies::is_live_member(tx, grant.marac_id, case.agency.id)? {
                return Err(Error::conflict("not_a_member"));
            }
            let holder = pending.holder().ok_or_else(unfit)?;
            grants::give(tx, holder, &[grant])?;
        }
        GrantKind::Rights => {
            let client = pending.client_id.ok_or_else(unfit)?;
            clients::add_rights(tx, client, pending.rights.as_deref().unwrap_or_default())?;
        }
        GrantKind::Link => {
            let actor = pending.actor_id.ok_or_else(unfit)?;
            clients::link(tx, actor, pending.user_id.ok_or_else(unfit)?)?;
        }
    }
    told(tx, case)
}

fn told(tx: &mut Tx<'_>, case: &Case) -> Result<()> {
    let pending = &case.pending;
    let matter = match pending.kind {
        GrantKind::Link => AccountMatter::Actor,
        GrantKind::Role | GrantKind::Rights => AccountMatter::Roles,
    };
    if let Some(user_id) = pending.user_id {
        let user = users::find(tx, user_id)?.ok_or_else(hidden)?;
        concern::tell_person(tx, &user, &case.maracs, &[matter])?;
    }
    let (kind, subject) = match (pending.user_id, pending.client_id) {
        (Some(id), None) => (NoticeKind::RoleGranted, ("user", id)),
        (_, Some(id)) => (NoticeKind::ClientChanged, ("api_client", id)),
        (None, None) => return Err(Error::Internal("a grant is somebody's")),
    };
    concern::tell_staff(tx, kind, subject, &case.maracs)
}

/// Refuse a grant that waits, or take back one that you asked for.
///
/// For those who may confirm it, and for whoever asked. 409: `already_decided`, `expired`.
#[operation(post, "/pending-grants/{id}/refuse", tag = "users", act = ConfirmGrant, says = "It will not hold.",
    problems(WriteProblems))]
pub async fn refuse_grant(db: Data<Db>, caller: Caller, Path(id): Path<Uuid>) -> Result<NoContent> {
    db.run(&caller, ACT.on("pending_grant", id), move |tx| {
        let case = find(tx, id)?;
        let own = tx.actor.principal.user_id() == case.pending.asked_by;
        if !own {
            rules::may_decide(&tx.actor, &case.pending, &case.facts())?;
        }
        waits(tx, &case.pending)?;
        let outcome = match own {
            true => GrantOutcome::Withdrawn,
            false => GrantOutcome::Refused,
        };
        pending::decide(tx, &case.pending, outcome)?;
        Ok(recorded(&case, outcome))
    })
    .await?;
    Ok(NoContent)
}
