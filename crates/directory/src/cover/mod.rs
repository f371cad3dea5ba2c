//! Cover: a representative's deputy, absence, and leaving.
//!
//! `deputies_api` and `absences_api` say who stands in for whom and when; `leave_api` hands what
//! somebody still holds to a colleague and closes their account. Whoever hands work on need not see
//! it, so it moves in a function of the owner's, and the answers are counts.

mod absences_api;
mod deputies_api;
mod leave_api;
mod rules;
mod store;
mod telling;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub use store::{away, stood_in_for, today};

use crate::notifications::Notice;
use kernel::db::Tx;
use kernel::error::{Error, Result};

/// How much of each kind somebody holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DutyCounts {
    /// Actions that are outstanding, or not done and not yet dealt with by the chair.
    pub actions: i64,
    /// Referrals not sent in yet.
    pub drafts: i64,
    /// Referrals sent in or sent back, and not decided.
    pub referrals: i64,
    /// Cases they lead.
    pub leads: i64,
    /// Cases they are the named IDVA of.
    pub allocations: i64,
    /// Cases open to them by name, or because they referred.
    pub cases: i64,
    /// Seats at meetings to come.
    pub seats: i64,
}

impl DutyCounts {
    /// Each kind with its count.
    pub fn by_kind(self) -> [(&'static str, i64); 7] {
        [
            ("actions", self.actions),
            ("drafts", self.drafts),
            ("referrals", self.referrals),
            ("leads", self.leads),
            ("allocations", self.allocations),
            ("cases", self.cases),
            ("seats", self.seats),
        ]
    }

    /// Nothing of any kind.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// Refused while the account holds work that is not closed to the caller: 409 `duties_remain`.
pub fn refuse_while_on_duty(tx: &mut Tx<'_>, user_id: Uuid) -> Result<()> {
    let held = rules::held(&store::duties(tx, user_id, None)?);
    match held.is_empty() {
        true => Ok(()),
        false => Err(Error::conflict_counted("duties_remain", held.by_kind())),
    }
}

/// What is told to somebody who is away today goes to their deputy as well: the notices with those
/// added, or `None` if nobody stands in for anybody.
pub fn with_deputies(tx: &mut Tx<'_>, notices: &[Notice]) -> Result<Option<Vec<Notice>>> {
    telling::with_deputies(tx, notices)
}

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    deputies_api::routes(config);
    absences_api::routes(config);
    leave_api::routes(config);
}
