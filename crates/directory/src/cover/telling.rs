//! Who is told what of cover.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::rules::{Becomes, Duty};
use super::store;
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

/// The same notices, with the deputies of those who are away today beside them.
pub fn with_deputies(tx: &mut Tx<'_>, notices: &[Notice]) -> Result<Option<Vec<Notice>>> {
    let people = |notice: &Notice| {
        let people = notice.to.iter().filter_map(|to| match to {
            To::User(id) => Some(*id),
            _ => None,
        });
        people.collect::<Vec<_>>()
    };
    let named: Vec<_> = notices
        .iter()
        .flat_map(|notice| {
            people(notice)
                .into_iter()
                .map(move |user| (notice.marac_id, user))
        })
        .collect();
    if named.is_empty() {
        return Ok(None);
    }
    let deputies = store::deputies_of_absent(tx, &named)?;
    if deputies.is_empty() {
        return Ok(None);
    }
    let mut notices = notices.to_vec();
    for notice in &mut notices {
        let away = people(notice);
        let standing_in = deputies
            .iter()
            .filter(|one| one.marac_id == notice.marac_id && away.contains(&one.user_id));
        notice
            .to
            .extend(standing_in.map(|one| To::User(one.deputy_id)));
    }
    Ok(Some(notices))
}
