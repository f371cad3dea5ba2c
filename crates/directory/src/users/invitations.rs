//! Invitations: a new account has no password until its person takes up a link that is good once.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::grants::{self, Holder, RoleGrant, Touched};
use super::links::{self, LinkDelivery, LinkOut};
use super::reach::{agency_for, all_roles_of, managed};
use super::shape::{UserOut, show};
use super::store::User;
use super::{NewUser, concern, create, overseen_locked, rules, store};
use crate::auth;
use crate::notifications::NoticeKind;
use crate::notifications::mail::Mailer;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::{
    Body, Created, Idempotency, IdempotencyKey, Json, Path, Tagged, WriteProblems, operation,
};
use kernel::policy::hidden;
use practice::text::Line;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(invite_user_route)
        .service(renew_invitation_route)
        .service(reset_password_route);
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct InviteIn {
    /// E-mail address, with which they will sign in.
    #[validate(email)]
    email: Line<320>,
    /// Name.
    name: Line<200>,
    /// The agency they work for; if none is named, your own.
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// Roles they start with.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    roles: Vec<RoleGrant>,
}

/// An invited account.
#[derive(Serialize, ToSchema)]
pub struct InvitedOut {
    /// The account.
    user: UserOut,
    /// What became of its link.
    invitation: LinkOut,
}

/// Invite somebody: makes an account without a password, and sends the link with which its person
/// chooses one to the address given.
///
/// An administrator invites for every agency, a lead for their own. The link holds for seven days, is
/// good once, and stands in no answer. The coordinators concerned are told. 409: `agency_closed`.
#[operation(post, "/users", tag = "users", act = InviteUser, says = "Invited.")]
pub async fn invite_user(
    db: Data<Db>,
    mail: Data<Mailer>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<InviteIn>,
) -> Result<Created<Tagged<InvitedOut>>> {
    let (body, delivery) = (body.0, LinkDelivery::of(&mail));
    db.run(&caller, ACT.ask(), move |tx| {
        let claimed = key.claim(tx, "invite_user", &body)?;
        let id = claimed.id();
        let touched = match claimed {
            Idempotency::Fresh(id) => invite(tx, id, body, delivery)?,
            Idempotency::Replay(_) => Touched::default(),
        };
        let out = shown(tx, id, delivery)?;
        let roles = all_roles_of(tx, id)?;
        let maracs = concern::maracs(tx, out.value.user.agency_id(), roles)?;
        let event = Event::new().on("user", id);
        Ok(touched.record(out, event, &maracs))
    })
    .await
    .map(Created)
}

fn shown(tx: &mut Tx<'_>, id: Uuid, delivery: LinkDelivery) -> Result<Tagged<InvitedOut>> {
    let user = show(tx, id)?;
    let account = store::find(tx, None, id)?.ok_or_else(hidden)?;
    let invitation = links::show(tx, &account, delivery)?;
    Ok(user.map(|user| InvitedOut { user, invitation }))
}

fn invite(tx: &mut Tx<'_>, id: Uuid, body: InviteIn, delivery: LinkDelivery) -> Result<Touched> {
    let agency = agency_for(tx, body.agency_id)?;
    let new = NewUser {
        agency_id: agency.id,
        email: body.email.into_string(),
        name: body.name.into_string(),
        password_hash: None,
        administrator: false,
    };
    create(tx, id, &new)?;
    let touched = grants::replace(tx, Holder::User(id), &agency, &body.roles)?;
    let user = store::find(tx, None, id)?.ok_or_else(hidden)?;
    links::send(tx, &user, delivery)?;
    let roles = all_roles_of(tx, id)?;
    let maracs = concern::maracs(tx, agency.id, roles)?;
    concern::tell_staff(tx, NoticeKind::AccountMade, ("user", id), &maracs)?;
    Ok(touched)
}

/// A new link to an account whose person has chosen no password yet, for one that was lost or ran out.
/// It goes to the account's address. Earlier links die.
///
/// A lead may where all that the account may do is theirs to grant. 409: `disabled`; `has_password`
/// once the account is in use: a forgotten password is reset.
#[operation(post, "/users/{id}/invitation", tag = "users", act = InviteUser, says = "Sent.",
    problems(WriteProblems))]
pub async fn renew_invitation(
    db: Data<Db>,
    mail: Data<Mailer>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Created<Json<LinkOut>>> {
    let (id, delivery) = (id.0, LinkDelivery::of(&mail));
    let link = db
        .run(&caller, ACT.on("user", id), move |tx| {
            let user = managed(tx, id)?;
            rules::invite(&user)?;
            sent(tx, &user, delivery, "link")
        })
        .await?;
    Ok(Created(Json(link)))
}

/// Sends a link, tells the coordinators, and records it where the account works.
fn sent(
    tx: &mut Tx<'_>,
    user: &User,
    delivery: LinkDelivery,
    field: &'static str,
) -> Result<Audited<LinkOut>> {
    links::send(tx, user, delivery)?;
    let roles = all_roles_of(tx, user.id)?;
    let maracs = concern::maracs(tx, user.agency_id, roles)?;
    let subject = ("user", user.id);
    concern::tell_staff(tx, NoticeKind::AccountChanged, subject, &maracs)?;
    let link = links::show(tx, user, delivery)?;
    Ok(Audited::in_maracs(
        link,
        Event::new().fields([field]),
        &maracs,
    ))
}

/// Reset a forgotten password: a link, to the account's own address, with which its person chooses a
/// new one.
///
/// For an administrator, and for a coordinator where all that the account may do is in their MARACs and
/// below coordinator, chair and auditor; not for an agency's lead. The link holds for a day and stands in
/// no answer. Every session ends at once, so it shows to whoever did not ask for it; the password so far
/// stays good, and signing in with it ends the link. The coordinators concerned are told. 409:
/// `disabled`, `own_account`, `no_password`; `address_changed_lately` for a day after the account's
/// address was changed.
#[operation(post, "/users/{id}/password-reset", tag = "users", act = ResetPassword, says = "Sent.",
    problems(WriteProblems))]
pub async fn reset_password(
    db: Data<Db>,
    mail: Data<Mailer>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<Created<Json<LinkOut>>> {
    let (id, delivery) = (id.0, LinkDelivery::of(&mail));
    let link = db
        .run(&caller, ACT.on("user", id), move |tx| {
            let user = overseen_locked(tx, ACT, id)?;
            rules::reset(&tx.actor, &user, tx.now)?;
            auth::end_sessions_everywhere(tx, id)?;
            let roles = all_roles_of(tx, id)?;
            let maracs = concern::maracs(tx, user.agency_id, roles)?;
            concern::tell_inbox(tx, NoticeKind::PasswordReset, id, &maracs)?;
            sent(tx, &user, delivery, "password")
        })
        .await?;
    Ok(Created(Json(link)))
}
