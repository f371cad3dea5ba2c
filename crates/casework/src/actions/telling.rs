//! Who is told what of an action.

use uuid::Uuid;

use directory::notifications::{Notice, NoticeKind, To, tell};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::policy::Role;

/// It was given to somebody: the agency, and the person there if one is named.
pub fn assigned(
    tx: &mut Tx<'_>,
    (marac_id, case_id): (Uuid, Uuid),
    id: Uuid,
    agency_id: Uuid,
    user_id: Option<Uuid>,
) -> Result<()> {
    let to = [Some(To::Agency(agency_id)), user_id.map(To::User)];
    let notice = Notice {
        kind: NoticeKind::ActionAssigned,
        marac_id,
        case_id: Some(case_id),
        subject: ("action", id),
        to: to.into_iter().flatten().collect(),
    };
    tell(tx, &[notice])
}

/// Its owner said how it stands: the coordinators.
pub fn reported(tx: &mut Tx<'_>, (marac_id, case_id): (Uuid, Uuid), id: Uuid) -> Result<()> {
    let notice = Notice {
        kind: NoticeKind::ActionReported,
        marac_id,
        case_id: Some(case_id),
        subject: ("action", id),
        to: vec![To::Role(Role::Coordinator)],
    };
    tell(tx, &[notice])
}
