//! Who is told what of an account.

use uuid::Uuid;

use super::grants::RoleGrant;
use crate::db::Tx;
use crate::error::Result;
use crate::notifications::{Notice, NoticeKind, To, tell};

/// A link to a new password was made: its person, who may not have asked for it. Once, in the first
/// MARAC they work in.
pub fn reset(tx: &mut Tx<'_>, id: Uuid, roles: &[RoleGrant]) -> Result<()> {
    let notice = roles.first().map(|grant| Notice {
        kind: NoticeKind::PasswordReset,
        marac_id: grant.marac_id,
        case_id: None,
        subject: ("user", id),
        to: vec![To::User(id)],
    });
    tell(tx, notice.as_slice())
}
