//! Who is told what of cover.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::duties::{Becomes, Duty};
use crate::notifications::{Notice, NoticeKind, To, tell};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Role;

/// Work changed hands: the colleague once in each MARAC; of what could not go to them, case by case,
/// the coordinators to whom it is open.
pub fn handed_over(
    tx: &mut Tx<'_>,
    user_id: Uuid,
    to: Option<Uuid>,
    duties: &[Duty],
) -> Result<()> {
    let of = |becomes| duties.iter().filter(move |duty| duty.becomes == becomes);
    let maracs: BTreeSet<_> = of(Becomes::Moves).map(|duty| duty.marac_id).collect();
    let left: BTreeSet<_> = of(Becomes::Stays)
        .filter_map(|duty| Some((duty.marac_id, duty.case_id?)))
        .collect();
    let taken = maracs.into_iter().map(|marac_id| Notice {
        kind: NoticeKind::CoverTaken,
        marac_id,
        case_id: None,
        subject: ("user", user_id),
        to: to.map(To::User).into_iter().collect(),
    });
    let left = left.into_iter().map(|(marac_id, case_id)| Notice {
        kind: NoticeKind::CoverTaken,
        marac_id,
        case_id: Some(case_id),
        subject: ("case", case_id),
        to: vec![To::Role(Role::Coordinator)],
    });
    tell(tx, &taken.chain(left).collect::<Vec<_>>())
}
