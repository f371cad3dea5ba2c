//! Decisions on what may be recorded of a person.

use super::model::{Address, PartyRole};
use crate::error::{Error, Result};
use crate::policy::hidden;
use crate::policy::lens::Lens;
use crate::vocabulary::YesNoUnknown;

/// A case has one survivor: everybody else may be added.
pub fn may_be_added(role: PartyRole) -> Result<()> {
    match role {
        PartyRole::Survivor => Err(Error::field(
            "/role",
            "not_allowed",
            "A case has one survivor already.",
        )),
        _ => Ok(()),
    }
}

/// An address that is put down must be one its writer could read, its days in order.
pub fn address(address: &Address, lens: Lens) -> Result<()> {
    if let (Some(from), Some(to)) = (address.from, address.to)
        && to < from
    {
        return Err(Error::field(
            "/to",
            "before_from",
            "Give a day not before `from`.",
        ));
    }
    let confidential = address.is_confidential();
    let known = address.known_to_perpetrator == YesNoUnknown::Yes;
    match lens.shows_address(confidential, known) {
        true => Ok(()),
        false => Err(hidden()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parties::model::AddressKind;
    use crate::policy::lens::Standing;

    #[test]
    fn a_case_has_one_survivor() {
        for role in PartyRole::ALL {
            assert_eq!(may_be_added(*role).is_err(), *role == PartyRole::Survivor);
        }
    }

    #[test]
    fn an_address_ends_after_it_began() {
        let day = |d| chrono::NaiveDate::from_ymd_opt(2026, 1, d);
        let lens = Lens::of(&[Standing::Coordinator], chrono::DateTime::default());
        for (from, to, good) in [
            (None, None, true),
            (day(2), None, true),
            (None, day(1), true),
            (day(2), day(2), true),
            (day(2), day(1), false),
        ] {
            let given = Address {
                kind: AddressKind::Refuge,
                lines: "1 Road".into(),
                postcode: None,
                confidential: false,
                known_to_perpetrator: YesNoUnknown::No,
                from,
                to,
            };
            assert_eq!(address(&given, lens).is_ok(), good);
            assert!(address(&given, Lens::default()).is_err());
        }
    }
}
