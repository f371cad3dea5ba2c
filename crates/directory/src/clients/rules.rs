//! What a client may hold, and what may be done to it and its actors.

use chrono::{DateTime, Utc};

use super::store::{Actor, Client};
use crate::users::grants::RoleGrant;
use kernel::error::{Error, FieldError, Result};
use kernel::policy::Role;

/// A program works on cases as a colleague of the agency would; it never coordinates, chairs or counts.
pub fn roles(wanted: &[RoleGrant]) -> Result<()> {
    let errors: Vec<_> = wanted
        .iter()
        .enumerate()
        .filter(|(_, grant)| !is_for_clients(grant.role))
        .map(|(index, _)| {
            let message = "An API client is representative, practitioner or idva.";
            FieldError::new(format!("/roles/{index}/role"), "not_allowed", message)
        })
        .collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(errors)),
    }
}

const fn is_for_clients(role: Role) -> bool {
    matches!(role, Role::Representative | Role::Practitioner | Role::Idva)
}

/// A disabled client stays as it is: for the record, and never to be used again.
pub fn live(client: &Client) -> Result<()> {
    not_disabled(client.disabled_at)
}

/// Whether the actor can be disabled.
pub fn disable_actor(actor: &Actor) -> Result<()> {
    not_disabled(actor.disabled_at)
}

fn not_disabled(disabled_at: Option<DateTime<Utc>>) -> Result<()> {
    match disabled_at {
        Some(_) => Err(Error::conflict("already_disabled")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_client_is_a_colleague_and_never_staff() {
        for role in Role::ALL.iter().copied() {
            let grant = RoleGrant {
                marac_id: Uuid::nil(),
                role,
                ends_at: None,
            };
            let expected = matches!(role.as_str(), "representative" | "practitioner" | "idva");
            assert_eq!(roles(&[grant]).is_ok(), expected, "{role:?}");
        }
    }

    #[test]
    fn what_is_disabled_stays_so() {
        assert!(not_disabled(None).is_ok());
        assert!(not_disabled(DateTime::from_timestamp(0, 0)).is_err());
    }
}
