//! Accounts: seen and managed by administrators, and by an agency's lead for their own agency.
//! Somebody of another agency answers a lead like somebody who does not exist.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::grants::{self, Holder, RoleGrant};
use super::rules;
use super::store::{self, User};
use crate::agencies;
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::auth::Caller;
use crate::cover;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{
    Body, IfMatch, Page, PageQuery, Path, Problems, Query, StepUpProblems, VersionProblems,
    WriteProblems, etag, one_line, paged, tagged,
};
use crate::policy::{self, Act};
use crate::vocabulary;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_users)
        .service(read_user)
        .service(change_user)
        .service(disable_user)
        .service(enable_user)
        .service(set_roles);
}

vocabulary! {
    /// Where an account stands.
    AccountState {
        /// Has no password yet.
        Invited = "invited",
        /// Can sign in.
        Active = "active",
        /// Cannot sign in, and whatever was signed in has ended.
        Disabled = "disabled",
    }
}

/// Which accounts.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Of this agency only.
    agency_id: Option<Uuid>,
    /// Rows per page, 1 to 200.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    #[validate(length(min = 1, max = 400))]
    cursor: Option<String>,
}

/// What changes of an account. A field that is not sent stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Name.
    #[validate(length(max = 200), custom(function = "one_line"))]
    name: Option<String>,
    /// E-mail address. Invitations sent to the old one die.
    #[validate(length(max = 320), email)]
    email: Option<String>,
}

/// The whole list of roles an account is to hold.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RolesIn {
    /// The roles. Those left out end now.
    #[validate(length(max = 100))]
    roles: Vec<RoleGrant>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct UserOut {
    /// Its id.
    id: Uuid,
    /// The agency they work for.
    agency_id: Uuid,
    /// E-mail address.
    email: String,
    /// Name.
    name: String,
    /// Where the account stands.
    state: AccountState,
    /// May manage accounts everywhere.
    administrator: bool,
    /// Roles granted and not ended. They give nothing while the agency is suspended or closed.
    roles: Vec<RoleGrant>,
    /// Its version, roles included.
    etag: String,
}

impl UserOut {
    fn of(user: User, roles: Vec<RoleGrant>) -> Self {
        let state = match (user.disabled_at, user.has_password) {
            (Some(_), _) => AccountState::Disabled,
            (None, true) => AccountState::Active,
            (None, false) => AccountState::Invited,
        };
        Self {
            id: user.id,
            agency_id: user.agency_id,
            email: user.email,
            name: user.name,
            state,
            administrator: user.administrator,
            roles,
            etag: etag(user.version),
        }
    }
}

/// The account as it is now, and its version.
pub(super) fn show(tx: &mut Tx<'_>, id: Uuid) -> Result<(UserOut, i32)> {
    let within = rules::reach(&tx.actor);
    let user = store::find(tx, within, id)?.ok_or_else(policy::hidden)?;
    let (version, roles) = (user.version, roles_of(tx, id)?);
    Ok((UserOut::of(user, roles), version))
}

/// The roles an account holds.
pub(super) fn roles_of(tx: &mut Tx<'_>, id: Uuid) -> Result<Vec<RoleGrant>> {
    let held = grants::held(tx, &[Holder::User(id)])?;
    Ok(held.into_iter().map(|(_, grant)| grant).collect())
}

/// An account in the caller's sight, locked.
pub(super) fn locked(tx: &mut Tx<'_>, id: Uuid) -> Result<User> {
    let within = rules::reach(&tx.actor);
    store::find_locked(tx, within, id)?.ok_or_else(policy::hidden)
}

/// The same, if it is the caller's to manage.
pub(super) fn managed(tx: &mut Tx<'_>, id: Uuid) -> Result<User> {
    let user = locked(tx, id)?;
    let agency = agencies::find(tx, user.agency_id)?;
    let roles = roles_of(tx, id)?;
    rules::manages(&tx.actor, &agency, &user, &roles)?;
    Ok(user)
}

/// List accounts: all of them for an administrator, the own agency's for its lead.
#[utoipa::path(tag = "users", operation_id = "list_users", params(UserQuery), responses(
    (status = 200, description = "A page of accounts.", body = Page<UserOut>), Problems))]
#[get("/users")]
async fn list_users(
    request: HttpRequest,
    state: Data<State>,
    caller: Caller,
    query: Query<UserQuery>,
) -> Result<HttpResponse> {
    let UserQuery {
        agency_id,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let (limit, after) = (page.limit(), page.after()?);
    let page = state
        .db
        .run(&caller, Act::ListUsers.ask(), move |tx| {
            let within = rules::reach(&tx.actor);
            let rows = store::list(tx, within, agency_id, after, limit + 1)?;
            let page = Page::of(rows, limit, |row| row.id);
            let holders: Vec<_> = page
                .items
                .iter()
                .map(|user| Holder::User(user.id))
                .collect();
            let held = grants::held(tx, &holders)?;
            let page = page.map(|user| {
                let own = held.iter().filter(|(holder, _)| *holder == user.id);
                let roles = own.map(|(_, grant)| *grant).collect();
                UserOut::of(user, roles)
            });
            let event = Event::list(page.len());
            Ok(Audited::new(page, event))
        })
        .await?;
    Ok(paged(&request, &page))
}

/// Read an account.
#[utoipa::path(tag = "users", operation_id = "read_user",
    params(("id" = Uuid, Path, description = "The account.")),
    responses((status = 200, description = "The account.", body = UserOut), Problems))]
#[get("/users/{id}")]
async fn read_user(state: Data<State>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse> {
    let id = id.0;
    let (user, version) = state
        .db
        .run(&caller, Act::ReadUser.on("user", id), move |tx| {
            Ok(Audited::new(show(tx, id)?, Event::new()))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &user))
}

/// Change an account's name or address.
///
/// A lead may where all that the account may do is theirs to grant; but the address of an account that
/// is in use is an administrator's to change, because notices go there.
#[utoipa::path(tag = "users", operation_id = "change_user", request_body = UserChange,
    params(("id" = Uuid, Path, description = "The account."),
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "As it is now.", body = UserOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[patch("/users/{id}")]
async fn change_user(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<UserChange>,
) -> Result<HttpResponse> {
    let (id, change) = (id.0, body.0);
    let (user, version) = state
        .db
        .run(&caller, Act::ChangeUser.on("user", id), move |tx| {
            let mut user = managed(tx, id)?;
            if_match.check(user.version)?;
            let mut fields = Vec::new();
            if let Some(name) = change.name {
                user.name = name;
                fields.push("name");
            }
            if let Some(email) = change.email {
                rules::change_address(&tx.actor, &user)?;
                user.email = email.trim().to_lowercase();
                fields.push("email");
                store::end_invitations(tx, id)?;
            }
            store::update(tx, &mut user).map_err(super::address_refused)?;
            Ok(Audited::new(show(tx, id)?, Event::new().fields(fields)))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &user))
}

/// How to disable an account.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisableQuery {
    /// Whatever the account still holds: for somebody who must be cut off now. Hand it on afterwards.
    at_once: Option<bool>,
}

/// Disable an account: every session ends at once, and every client stops acting for the person.
///
/// While the person still holds work, the answer is 409 `duties_remain` with `counts` of it: let them
/// leave, which hands it on, or say `at_once`. 409: `own_account`, `already_disabled`, `duties_remain`.
#[utoipa::path(tag = "users", operation_id = "disable_user",
    params(("id" = Uuid, Path, description = "The account."), DisableQuery,
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "Disabled.", body = UserOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[post("/users/{id}/disable")]
async fn disable_user(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    query: Query<DisableQuery>,
) -> Result<HttpResponse> {
    let (id, at_once) = (id.0, query.0.at_once.unwrap_or(false));
    let (user, version) = state
        .db
        .run(&caller, Act::DisableUser.on("user", id), move |tx| {
            let mut user = locked(tx, id)?;
            if_match.check(user.version)?;
            rules::disable(&tx.actor, &user)?;
            if !at_once {
                cover::refuse_while_on_duty(tx, id)?;
            }
            super::close(tx, &mut user)?;
            let event = Event::new().fields(["disabled_at"]);
            Ok(Audited::new(show(tx, id)?, event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &user))
}

/// Enable a disabled account. The person signs in anew.
///
/// A lead may where all that the account may do is theirs to grant. 409: `not_disabled`.
#[utoipa::path(tag = "users", operation_id = "enable_user",
    params(("id" = Uuid, Path, description = "The account."),
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "Enabled.", body = UserOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[post("/users/{id}/enable")]
async fn enable_user(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    let (user, version) = state
        .db
        .run(&caller, Act::DisableUser.on("user", id), move |tx| {
            let mut user = managed(tx, id)?;
            if_match.check(user.version)?;
            rules::enable(&user)?;
            user.disabled_at = None;
            store::update(tx, &mut user)?;
            let event = Event::new().fields(["disabled_at"]);
            Ok(Audited::new(show(tx, id)?, event))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &user))
}

/// Set the whole list of an account's roles; they hold from the next request on.
///
/// An administrator grants every role. A lead grants `practitioner`, `representative`, `observer`, and
/// in an IDVA service `idva`, to their own agency, in the MARACs where they lead it; roles beyond that
/// must be sent as they are. Nobody sets their own.
#[utoipa::path(tag = "users", operation_id = "set_roles", request_body = RolesIn,
    params(("id" = Uuid, Path, description = "The account."),
        ("If-Match" = String, Header, description = "The `etag` that was read.")),
    responses((status = 200, description = "As it is now.", body = UserOut),
        Problems, StepUpProblems, WriteProblems, VersionProblems))]
#[put("/users/{id}/roles")]
async fn set_roles(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<RolesIn>,
) -> Result<HttpResponse> {
    let (id, wanted) = (id.0, body.0.roles);
    let (user, version) = state
        .db
        .run(&caller, Act::GrantRoles.on("user", id), move |tx| {
            let mut user = locked(tx, id)?;
            rules::set_roles(&tx.actor, &user)?;
            if_match.check(user.version)?;
            let agency = agencies::find(tx, user.agency_id)?;
            let touched = grants::replace(tx, Holder::User(id), &agency, &wanted)?;
            store::update(tx, &mut user)?;
            Ok(touched.record(show(tx, id)?, Event::new().fields(["roles"])))
        })
        .await?;
    Ok(tagged(HttpResponse::Ok(), version, &user))
}

/// The agency a new account or client belongs to: the one named, else the caller's own. It must be in
/// the caller's reach, and open.
pub fn agency_for(tx: &mut Tx<'_>, named: Option<Uuid>) -> Result<agencies::Agency> {
    let id = named.unwrap_or(tx.actor.agency_id);
    if rules::reach(&tx.actor).is_some_and(|own| own != id) {
        return Err(crate::error::Code::Forbidden.into());
    }
    let agency = agencies::find(tx, id)
        .map_err(|_| Error::field("/agency_id", "unknown", "There is no such agency."))?;
    match agency.closed_at {
        Some(_) => Err(Error::conflict("agency_closed")),
        None => Ok(agency),
    }
}
