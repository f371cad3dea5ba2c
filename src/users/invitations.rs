//! Invitations: a new account has no password until its person takes up a link that is good once.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::api::{UserOut, agency_for, managed, roles_of, show};
use super::grants::{self, Holder, RoleGrant, Touched};
use super::{NewUser, create, overseen_locked, rules, store, telling};
use crate::app::State;
use crate::audit::{Audited, Event};
use crate::auth::{self, Caller};
use crate::crypto;
use crate::db::Tx;
use crate::error::Result;
use crate::http::{
    Body, Idempotency, IdempotencyKey, Path, Problems, StepUpProblems, WriteProblems, one_line,
    tagged,
};
use crate::policy::Act;

/// How long an invitation holds.
const LIFETIME: TimeDelta = TimeDelta::days(7);
/// How long a link to a new password holds: it opens an account that is in use.
const RESET_LIFETIME: TimeDelta = TimeDelta::days(1);

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(invite_user)
        .service(renew_invitation)
        .service(reset_password);
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct InviteIn {
    /// E-mail address, with which they will sign in.
    #[validate(length(max = 320), email)]
    email: String,
    /// Name.
    #[validate(length(max = 200), custom(function = "one_line"))]
    name: String,
    /// The agency they work for; if none is named, your own.
    #[serde(default)]
    agency_id: Option<Uuid>,
    /// Roles they start with.
    #[serde(default)]
    #[validate(length(max = 100))]
    roles: Vec<RoleGrant>,
}

/// A link to an account. Shown once and kept only as a hash.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitation {
    /// For `POST /auth/invitation`. Good once.
    pub token: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// An invited account.
#[derive(Serialize, ToSchema)]
pub struct InvitedOut {
    /// The account.
    user: UserOut,
    /// The link for its person. Null when a request is repeated with its `Idempotency-Key`: what was
    /// shown once is not kept, so ask for a new one.
    invitation: Option<Invitation>,
}

/// Makes a new link; earlier ones die.
pub fn issue(tx: &mut Tx<'_>, user_id: Uuid) -> Result<Invitation> {
    link(tx, user_id, LIFETIME)
}

fn link(tx: &mut Tx<'_>, user_id: Uuid, lifetime: TimeDelta) -> Result<Invitation> {
    let (token, expires_at) = (crypto::secret()?, tx.now + lifetime);
    store::end_invitations(tx, user_id)?;
    store::add_invitation(tx, user_id, crypto::hash_secret(&token), expires_at)?;
    Ok(Invitation { token, expires_at })
}

/// Invite somebody: makes an account without a password, and the link with which its person chooses
/// one.
///
/// An administrator invites for every agency, a lead for their own. Hand the link over yourself: it
/// holds for seven days and is shown once. 409: `agency_closed`.
#[utoipa::path(tag = "users", operation_id = "invite_user", request_body = InviteIn,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry the same account.")),
    responses((status = 201, description = "Invited.", body = InvitedOut), Problems, StepUpProblems, WriteProblems))]
#[post("/users")]
async fn invite_user(
    state: Data<State>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<InviteIn>,
) -> Result<HttpResponse> {
    let body = body.0;
    let (invited, version) = state
        .db
        .run(&caller, Act::InviteUser.ask(), move |tx| {
            let claimed = key.claim(tx, "invite_user", &body)?;
            let id = claimed.id();
            let (invitation, touched) = match claimed {
                Idempotency::Fresh(id) => invite(tx, id, body)?,
                Idempotency::Replay(_) => (None, Touched::default()),
            };
            let (user, version) = show(tx, id)?;
            let out = (InvitedOut { user, invitation }, version);
            Ok(touched.record(out, Event::new().on("user", id)))
        })
        .await?;
    Ok(tagged(HttpResponse::Created(), version, &invited))
}

fn invite(tx: &mut Tx<'_>, id: Uuid, body: InviteIn) -> Result<(Option<Invitation>, Touched)> {
    let agency = agency_for(tx, body.agency_id)?;
    let new = NewUser {
        agency_id: agency.id,
        email: body.email,
        name: body.name,
        password_hash: None,
        administrator: false,
    };
    create(tx, id, &new)?;
    let touched = grants::replace(tx, Holder::User(id), &agency, &body.roles)?;
    Ok((Some(issue(tx, id)?), touched))
}

/// A new link to an account whose person has chosen no password yet, for one that was lost or ran out.
/// Earlier links die.
///
/// A lead may where all that the account may do is theirs to grant. 409: `disabled`; `has_password`
/// once the account is in use: a forgotten password is reset.
#[utoipa::path(tag = "users", operation_id = "renew_invitation",
    params(("id" = Uuid, Path, description = "The account.")),
    responses((status = 201, description = "The new link.", body = Invitation), Problems, StepUpProblems, WriteProblems))]
#[post("/users/{id}/invitation")]
async fn renew_invitation(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let id = id.0;
    let invitation = state
        .db
        .run(&caller, Act::InviteUser.on("user", id), move |tx| {
            let user = managed(tx, id)?;
            rules::invite(&user)?;
            Ok(Audited::new(issue(tx, id)?, Event::new()))
        })
        .await?;
    Ok(HttpResponse::Created().json(invitation))
}

/// Reset a forgotten password: a link with which the account's person chooses a new one.
///
/// For an administrator, and for a coordinator where all that the account may do is in their MARACs and
/// below coordinator, chair and auditor; not for an agency's lead. Hand it to the person yourself, and
/// be sure who it is: it holds for a day. Every session ends at once, so it shows to whoever did not
/// ask for it; the password so far stays good, and signing in with it ends the link. 409: `disabled`,
/// `own_account`, `no_password`.
#[utoipa::path(tag = "users", operation_id = "reset_password",
    params(("id" = Uuid, Path, description = "The account.")),
    responses((status = 201, description = "The link.", body = Invitation), Problems, StepUpProblems, WriteProblems))]
#[post("/users/{id}/password-reset")]
async fn reset_password(
    state: Data<State>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse> {
    let id = id.0;
    let invitation = state
        .db
        .run(&caller, Act::ResetPassword.on("user", id), move |tx| {
            let user = overseen_locked(tx, Act::ResetPassword, id)?;
            let roles = roles_of(tx, id)?;
            rules::reset(&tx.actor, &user, &roles)?;
            auth::end_sessions_everywhere(tx, id)?;
            telling::reset(tx, id, &roles)?;
            let event = Event::new().fields(["password"]);
            Ok(Audited::new(link(tx, id, RESET_LIFETIME)?, event))
        })
        .await?;
    Ok(HttpResponse::Created().json(invitation))
}
