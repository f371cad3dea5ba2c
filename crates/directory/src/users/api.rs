//! Accounts: seen and managed by administrators, and by an agency's lead for their own agency.
//! Somebody of another agency answers a lead like somebody who does not exist.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::grants::{self, Holder, RoleGrant};
use super::links::LinkDelivery;
use super::reach::{all_roles_of, concerned, locked, managed, may_manage, told};
use super::shape::{UserOut, complete, show};
use super::store;
use super::{address_api, concern, rules};
use crate::agencies;
use crate::auth::address;
use crate::duties;
use crate::notifications::NoticeKind;
use crate::notifications::letters::AccountMatter;
use crate::notifications::mail::Mailer;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{
    Body, Change, Changes, IfMatch, Page, PageQuery, Path, Query, Tagged, operation,
};
use practice::text::Line;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_users_route)
        .service(read_user_route)
        .service(change_user_route)
        .service(disable_user_route)
        .service(enable_user_route)
        .service(set_roles_route);
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
    cursor: Option<Line<400>>,
}

/// What changes of an account.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Name.
    #[serde(default)]
    #[schema(value_type = Line<200>)]
    name: Change<Line<200>>,
    /// E-mail address. Of an account in use it holds once its person has confirmed it; until then the
    /// old one does. Of an account that nobody has taken up it holds at once, and links sent to the old
    /// one die.
    #[serde(default)]
    #[schema(value_type = Line<320>)]
    #[validate(email)]
    email: Change<Line<320>>,
}

/// The whole list of roles an account is to hold.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RolesIn {
    /// The roles. Those left out end now.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    roles: Vec<RoleGrant>,
}

/// List accounts: all of them for an administrator, the own agency's for its lead.
#[operation(get, "/users", tag = "users", act = ListUsers, says = "A page of accounts.")]
pub async fn list_users(
    db: Data<Db>,
    caller: Caller,
    query: Query<UserQuery>,
) -> Result<Page<UserOut>> {
    let UserQuery {
        agency_id,
        limit,
        cursor,
    } = query.0;
    let page = PageQuery { limit, cursor };
    let (limit, after) = (page.limit(), page.after()?);
    db.run(&caller, ACT.ask(), move |tx| {
        let within = rules::reach(&tx.actor);
        let rows = store::list(tx, within, agency_id, after, limit + 1)?;
        let page = Page::of(rows, limit, |row| row.id);
        let next_cursor = page.next_cursor;
        let items = complete(tx, page.items)?;
        let page = Page { items, next_cursor };
        let event = Event::list(page.len());
        Ok(Audited::new(page, event))
    })
    .await
}

/// Read an account.
#[operation(get, "/users/{id}", tag = "users", act = ReadUser, says = "The account.")]
pub async fn read_user(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<UserOut>> {
    db.run(&caller, ACT.on("user", id), move |tx| {
        Ok(Audited::new(show(tx, id)?, Event::new()))
    })
    .await
}

/// Change an account's name or address.
///
/// A lead may where all that the account may do is theirs to grant. The address of an account in use is
/// an administrator's to ask for: a link goes to the new address, the old one is told, and the old one
/// holds until the account's person has signed in and confirmed (`POST /me/address`). A later change takes
/// the place of one that waits. The answer does not tell whether another account has the address.
#[operation(patch, "/users/{id}", tag = "users", act = ChangeUser, says = "As it is now.")]
pub async fn change_user(
    db: Data<Db>,
    mail: Data<Mailer>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    Body(change): Body<UserChange>,
) -> Result<Tagged<UserOut>> {
    let (id, delivery) = (id.0, LinkDelivery::of(&mail));
    db.run(&caller, ACT.on("user", id), move |tx| {
        let mut user = managed(tx, id)?;
        if_match.check(user.version)?;
        let maracs = concerned(tx, &user)?;
        let UserChange { name, email } = change;
        let mut changes = Changes::default();
        changes.take("name", &mut user.name, name);
        if let Change::Value(email) = email {
            rules::change_address(&tx.actor, &user)?;
            let email = address::normal(&email)?;
            if email != user.email {
                changes.note("email");
            }
            address_api::ask(tx, &mut user, email, &maracs, delivery)?;
        }
        if !changes.is_empty() {
            store::update(tx, &mut user)?;
        }
        let event = Event::new().fields(changes);
        Ok(Audited::in_maracs(show(tx, id)?, event, &maracs))
    })
    .await
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
/// A lead may where all that the account may do is theirs to grant. While the person still holds work, the answer is 409 `duties_remain` with `counts` of it: let them
/// leave, which hands it on, or say `at_once`. 409: `own_account`,
/// `already_disabled`, `duties_remain`; `only_coordinator`: a MARAC would have none, so grant somebody the
/// role first, or say `at_once`.
#[operation(post, "/users/{id}/disable", tag = "users", act = DisableUser, says = "Disabled.")]
pub async fn disable_user(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    query: Query<DisableQuery>,
) -> Result<Tagged<UserOut>> {
    let (id, at_once) = (id.0, query.0.at_once.unwrap_or(false));
    db.run(&caller, ACT.on("user", id), move |tx| {
        let mut user = locked(tx, id)?;
        rules::not_own(&tx.actor, &user)?;
        may_manage(tx, &user)?;
        if_match.check(user.version)?;
        rules::disable(&user)?;
        if !at_once {
            let maracs = concerned(tx, &user)?;
            grants::keep_coordinated(tx, id, &maracs)?;
            duties::refuse_while_on_duty(tx, id)?;
        }
        super::close(tx, &mut user)?;
        told(tx, &user, Event::new().fields(["disabled_at"]))
    })
    .await
}

/// Enable a disabled account. The person signs in anew.
///
/// A lead may where all that the account may do is theirs to grant. 409: `not_disabled`.
#[operation(post, "/users/{id}/enable", tag = "users", act = DisableUser, says = "Enabled.")]
pub async fn enable_user(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<Tagged<UserOut>> {
    db.run(&caller, ACT.on("user", id), move |tx| {
        let mut user = managed(tx, id)?;
        if_match.check(user.version)?;
        rules::enable(&user)?;
        user.disabled_at = None;
        store::update(tx, &mut user)?;
        let maracs = concerned(tx, &user)?;
        concern::tell_person(tx, &user, &maracs, &[AccountMatter::Reopened])?;
        told(tx, &user, Event::new().fields(["disabled_at"]))
    })
    .await
}

/// Set the whole list of an account's roles; others than strong ones hold from the next request on.
///
/// Coordinator, chair and IDVA hold once a second person has confirmed them (`/pending-grants`); until
/// then they stand in `pending_roles`. One that waits and is left out is taken back.
///
/// An administrator grants every role. A lead grants `practitioner`, `representative`, `observer`, and
/// in an IDVA service `idva`, to their own agency, in the MARACs where they lead it; roles beyond that
/// must be sent as they are. Nobody sets their own. 409: `only_coordinator`.
#[operation(put, "/users/{id}/roles", tag = "users", act = GrantRoles, says = "As it is now.")]
pub async fn set_roles(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    if_match: IfMatch,
    body: Body<RolesIn>,
) -> Result<Tagged<UserOut>> {
    let (id, wanted) = (id.0, body.0.roles);
    db.run(&caller, ACT.on("user", id), move |tx| {
        let mut user = locked(tx, id)?;
        rules::set_roles(&tx.actor, &user)?;
        if_match.check(user.version)?;
        let agency = agencies::find(tx, user.agency_id)?;
        let before = all_roles_of(tx, id)?;
        let touched = grants::replace(tx, Holder::User(id), &agency, &wanted)?;
        let mut changes = Changes::default();
        touched.note(&mut changes);
        if !changes.is_empty() {
            store::update(tx, &mut user)?;
        }
        let after = all_roles_of(tx, id)?;
        let maracs = concern::maracs(tx, agency.id, before.into_iter().chain(after))?;
        if touched.changed() {
            concern::tell_staff(tx, NoticeKind::RoleGranted, ("user", id), &maracs)?;
            concern::tell_person(tx, &user, &maracs, &[AccountMatter::Roles])?;
        }
        let event = Event::new().fields(changes);
        Ok(touched.record(show(tx, id)?, event, &maracs))
    })
    .await
}
