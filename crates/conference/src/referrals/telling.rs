//! Who is told what of a referral.

use uuid::Uuid;

use super::store::VisibleReferral;
use directory::notifications::{Notice, NoticeKind, To, tell};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Role;
use kernel::visibility::VisibleCase;

/// It came in: the coordinators of its MARAC.
pub fn received(tx: &mut Tx<'_>, case: &VisibleCase, id: Uuid) -> Result<()> {
    to_coordinators(tx, NoticeKind::ReferralReceived, case, id)
}

/// A refusal was challenged (R3): the coordinators, who decide again.
pub fn challenged(tx: &mut Tx<'_>, found: &VisibleReferral) -> Result<()> {
    let kind = NoticeKind::DecisionChallenged;
    to_coordinators(tx, kind, &found.case, found.row.id)
}

fn to_coordinators(tx: &mut Tx<'_>, kind: NoticeKind, case: &VisibleCase, id: Uuid) -> Result<()> {
    let notice = Notice {
        kind,
        marac_id: case.marac_id,
        case_id: Some(case.id),
        subject: ("referral", id),
        to: vec![To::Role(Role::Coordinator)],
    };
    tell(tx, &[notice])
}

/// It was sent back or decided: whoever sent it in. `case_id` is the case it belongs to by now.
pub fn decided(
    tx: &mut Tx<'_>,
    kind: NoticeKind,
    found: &VisibleReferral,
    case_id: Uuid,
) -> Result<()> {
    let row = &found.row;
    let to = row.submitted_by.map(To::User);
    let notice = Notice {
        kind,
        marac_id: row.marac_id,
        case_id: Some(case_id),
        subject: ("referral", row.id),
        to: to.into_iter().chain(row.actor_id.map(To::Actor)).collect(),
    };
    tell(tx, &[notice])
}
