//! What somebody holds and would leave behind, and what becomes of it.

mod store;

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use kernel::db::Tx;
use kernel::error::{Error, Result};
use practice::vocabulary;

pub use store::{DutyRow, duties};

vocabulary! {
    /// What kind of thing is held.
    DutyKind {
        Action = "action",
        Draft = "draft",
        Referral = "referral",
        Lead = "lead",
        /// A case whose named IDVA they are.
        Allocation = "allocation",
        /// Sight of a case.
        Case = "case",
        /// Sight of the file of a referral, which goes with the referral.
        File = "file",
        Seat = "seat",
    }
}

vocabulary! {
    /// What becomes of it.
    Becomes {
        /// It goes to the colleague.
        Moves = "moves",
        /// It cannot go to the colleague.
        Stays = "stays",
        /// There is no work left in it.
        Ends = "ends",
    }
}

/// One thing that somebody holds.
#[derive(Debug, Clone, Copy)]
pub struct Duty {
    /// What it is.
    pub kind: DutyKind,
    /// Its MARAC.
    pub marac_id: Uuid,
    /// Its case.
    pub case_id: Option<Uuid>,
    /// What becomes of it.
    pub becomes: Becomes,
    /// It is not closed to the caller.
    pub shown: bool,
}

/// All that is held, as far as the caller may count it.
pub fn held(duties: &[Duty]) -> DutyCounts {
    count(duties, |becomes| becomes != Becomes::Ends)
}

/// What goes to the colleague, and what is left over, as far as the caller may count it.
pub fn split(duties: &[Duty]) -> (DutyCounts, DutyCounts) {
    (
        count(duties, |becomes| becomes == Becomes::Moves),
        count(duties, |becomes| becomes == Becomes::Stays),
    )
}

fn count(duties: &[Duty], wanted: impl Fn(Becomes) -> bool) -> DutyCounts {
    let mut counts = DutyCounts::default();
    // Somebody may see a case on more than one basis.
    let mut cases = BTreeSet::new();
    for duty in duties
        .iter()
        .filter(|duty| duty.shown && wanted(duty.becomes))
    {
        match duty.kind {
            DutyKind::Action => counts.actions += 1,
            DutyKind::Draft => counts.drafts += 1,
            DutyKind::Referral => counts.referrals += 1,
            DutyKind::Lead => counts.leads += 1,
            DutyKind::Allocation => counts.allocations += 1,
            DutyKind::Case if cases.insert(duty.case_id) => counts.cases += 1,
            DutyKind::Case => {}
            DutyKind::File => {}
            DutyKind::Seat => counts.seats += 1,
        }
    }
    counts
}

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
    let held = held(&duties(tx, user_id, None)?);
    match held.is_empty() {
        true => Ok(()),
        false => Err(Error::conflict_counted("duties_remain", held.by_kind())),
    }
}
