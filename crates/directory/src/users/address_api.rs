//! A changed address: asked for by whoever manages the account, and confirmed by its person, signed in,
//! with a link that went to the new address. Until then the old one holds.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::grants;
use super::links::{ADDRESS, LinkDelivery};
use super::links_store;
use super::store::{self, User};
use super::{address_refused, concern, reach};
use crate::auth;
use crate::notifications::NoticeKind;
use crate::notifications::letters::{self, AccountMatter, LetterKind, Link, Words};
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::crypto;
use kernel::db::Db;
use kernel::db::Tx;
use kernel::error::{Code, Error, Result};
use kernel::http::{Body, NoContent, operation};
use kernel::policy::Principal;
use practice::text::Secret;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(confirm_address_route);
}

/// Asks for a new address of an account. One that nobody has taken up yet has it at once, and is in the
/// hand of whoever changed it; its links die. Whether the address is another account's does not show:
/// then no link is sent, and none can be confirmed.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    user: &mut User,
    email: String,
    maracs: &[Uuid],
    delivery: LinkDelivery,
) -> Result<()> {
    links_store::end_address_changes(tx, user.id)?;
    if user.email == email {
        return Ok(());
    }
    concern::tell_staff(tx, NoticeKind::AccountChanged, ("user", user.id), maracs)?;
    if !user.has_password {
        concern::tell_person(tx, user, maracs, &[AccountMatter::Address])?;
        auth::end_links(tx, user.id)?;
        user.email = email;
        links_store::move_address(tx, user).map_err(address_refused)?;
        return grants::ask_again(tx, user.id);
    }
    concern::tell_person(tx, user, maracs, &[AccountMatter::AddressAsked])?;
    let sends = delivery == LinkDelivery::Email && !links_store::is_taken(tx, &email)?;
    let until = tx.now + ADDRESS;
    let token = sends.then(crypto::secret).transpose()?;
    let hash = token.as_deref().map(crypto::hash_secret);
    links_store::add_address_change(tx, user.id, email.clone(), hash, until)?;
    let Some(token) = token else { return Ok(()) };
    let words = Words {
        address: email,
        link: Some(Link { token, until }),
        changes: Vec::new(),
    };
    letters::post(tx, user.id, LetterKind::AddressLink, &words)
}

/// The code from the letter to the new address.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConfirmAddressIn {
    /// As it stands in the letter.
    token: Secret<1, 200>,
}

/// Confirm a new address of your own account, with the code that was sent there.
///
/// From then on you sign in with it, and the old address is told. For a day nobody can reset the
/// account's password. A code that is unknown, used up or another account's is 401 `bad_credentials`.
#[operation(post, "/me/address", tag = "auth", act = ConfirmAddress, says = "The new address holds.")]
pub async fn confirm_address(
    db: Data<Db>,
    caller: Caller,
    body: Body<ConfirmAddressIn>,
) -> Result<NoContent> {
    let token = body.0.token;
    db.run(&caller, ACT.ask(), move |tx| confirm(tx, token.expose()))
        .await?;
    Ok(NoContent)
}

fn confirm(tx: &mut Tx<'_>, token: &str) -> Result<Audited<()>> {
    let Principal::User { id, .. } = tx.actor.principal else {
        return Err(Code::Forbidden.into());
    };
    let refused = || -> Error { Code::BadCredentials.into() };
    store::lock(tx, &[id])?;
    let mut user = store::find(tx, None, id)?.ok_or_else(refused)?;
    let hash = crypto::hash_secret(token);
    let email = links_store::take_address_change(tx, id, hash)?.ok_or_else(refused)?;
    let roles = reach::all_roles_of(tx, id)?;
    let maracs = concern::maracs(tx, user.agency_id, roles)?;
    concern::tell_staff(tx, NoticeKind::AccountChanged, ("user", id), &maracs)?;
    concern::tell_person(tx, &user, &maracs, &[AccountMatter::Address])?;
    auth::end_links(tx, id)?;
    user.email = email;
    links_store::set_address(tx, &mut user)
        .map_err(|error| error.on_constraint("users_email_key", refused))?;
    let event = Event::new().on("user", id).fields(["email"]);
    Ok(Audited::in_maracs((), event, &maracs))
}
