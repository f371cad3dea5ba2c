//! Flags on agencies' own records, and what is done when a case passes twelve months (R13 to R15).
//!
//! Every agency that a heard case was listed to is asked to flag its records, says where, and says
//! again when the flag is gone. A flag is its agency's as an action is: it stays in its sight until it
//! is answered, whatever has become of the listing. `lapse` is the job that finds what has passed
//! twelve months; a case lapses by a person's decision alone.

pub mod answer_api;
pub mod api;
mod decide_store;
mod lapse;
pub mod lapse_api;
mod lapse_store;
mod rules;
mod store;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use directory::maracs;
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::visibility::VisibleCase;
use practice::marac::settings::MaracSettings;
use practice::risk::flag_expires;
use practice::vocabulary;

use decide_store::AskedFlag;
pub use lapse::{find_lapsing, find_lapsing_some};

vocabulary! {
    /// The life cycle of a flag; also what stands in its history.
    FlagStatus {
        /// The agency is asked to place it, or to place it for longer.
        Asked = "asked",
        /// The agency says that it is placed.
        Placed = "placed",
        /// The agency says that there is nothing to flag.
        NotPlaced = "not_placed",
        /// The case has lapsed or is over: the agency is asked to remove it.
        RemovalDue = "removal_due",
        /// The agency says that it is removed.
        Removed = "removed",
    }
}

impl FlagStatus {
    /// The agency owes an answer.
    pub const fn is_due(self) -> bool {
        matches!(self, Self::Asked | Self::RemovalDue)
    }
}

vocabulary! {
    /// What was decided of a case that passed twelve months.
    LapseStatus {
        Open = "open",
        Lapsed = "lapsed",
        Kept = "kept",
    }
}

/// What an agency says of its flag. Sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Said {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The coordinator answered in the agency's place.
    #[serde(default)]
    overridden: bool,
}

/// The operations of this resource.
pub fn routes(config: &mut ServiceConfig<'_>) {
    api::routes(config);
    answer_api::routes(config);
    lapse_api::routes(config);
}

/// The day by which an agency answers what it is asked today.
fn due(settings: &MaracSettings, today: NaiveDate) -> NaiveDate {
    let days = Days::new(settings.deadlines.flag_days.into());
    today.checked_add_days(days).unwrap_or(today)
}

/// Asks these agencies to flag their records, because the case was heard or its alert noted (R15).
/// One that has a flag for as long as the case runs is not asked again; one that is excluded is not
/// asked at all, unless it has an exempt senior.
pub fn ask(tx: &mut Tx<'_>, case: &VisibleCase, agencies: &[Uuid]) -> Result<()> {
    if agencies.is_empty() {
        return Ok(());
    }
    let (settings, _) = maracs::settings(tx, case.marac_id)?;
    let today = tx.today();
    let expires_on = case.row.lapses_on.unwrap_or_else(|| {
        let from = case.row.last_referral_on.unwrap_or(today);
        flag_expires(from, settings.repeat_window_months.into())
    });
    let asked = decide_store::ask(tx, case, agencies, due(&settings, today), expires_on)?;
    tell(tx, case, &asked)
}

/// Tells agencies that they are asked something about their flags.
fn tell(tx: &mut Tx<'_>, case: &VisibleCase, asked: &[AskedFlag]) -> Result<()> {
    let notices: Vec<_> = asked
        .iter()
        .map(|flag| flag_due(case.marac_id, case.id, flag.id, flag.agency_id))
        .collect();
    notifications::tell(tx, &notices)
}

fn flag_due(marac_id: Uuid, case_id: Uuid, flag_id: Uuid, agency_id: Uuid) -> Notice {
    Notice {
        kind: NoticeKind::FlagDue,
        marac_id,
        case_id: Some(case_id),
        subject: ("flag", flag_id),
        to: vec![To::Agency(agency_id)],
    }
}

/// A referral that had restarted the twelve months was taken out again: flags and listings end with the
/// case's own lapse. `case` is the case as it was before.
pub fn shorten(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    match case.row.lapses_on {
        Some(before) => decide_store::shorten(tx, case, before),
        None => Ok(()),
    }
}

/// A new referral of the pair restarts the twelve months (R13, R14): agencies that hold a flag are
/// asked to place it for longer, and listings that would have ended with the lapse go on. `case` is the
/// case as it was before.
pub fn renew(tx: &mut Tx<'_>, case: &VisibleCase) -> Result<()> {
    let (settings, _) = maracs::settings(tx, case.marac_id)?;
    let due_on = due(&settings, tx.today());
    let asked = decide_store::renew(tx, case, due_on)?;
    tell(tx, case, &asked)?;
    match case.row.lapses_on {
        Some(before) => decide_store::prolong_listings(tx, case, before, false),
        None => Ok(()),
    }
}
