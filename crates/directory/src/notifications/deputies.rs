//! What is told to somebody who is away today goes to their deputy as well.

use kernel::db::Tx;
use kernel::error::Result;

use super::{Notice, To};
use crate::absences::deputies_of_absent;

/// The same notices, with the deputies of those who are away today beside them; `None` if nobody stands in for
/// anybody.
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
    let deputies = deputies_of_absent(tx, &named)?;
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
