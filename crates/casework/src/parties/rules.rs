//! Decisions on what may be recorded of a person.

use kernel::error::{Error, Result};
use kernel::policy::hidden;
use kernel::policy::lens::Lens;
use practice::party::{Address, Contact, PartyRole};
use practice::vocabulary::YesNoUnknown;

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

/// The days of an address that is put down, or whose days change, stand in order. A guard is raised
/// whatever days are there already.
pub fn days_in_order(address: &Address) -> Result<()> {
    if !address.has_days_in_order() {
        return Err(Error::field(
            "/to",
            "before_from",
            "Give a day not before `from`.",
        ));
    }
    Ok(())
}

/// An address that is put down must be one its writer could read.
pub fn address(address: &Address, lens: Lens) -> Result<()> {
    let confidential = address.is_confidential();
    let known = address.known_to_perpetrator == YesNoUnknown::Yes;
    match lens.shows_address(confidential, known) {
        true => Ok(()),
        false => Err(hidden()),
    }
}

/// The marks by which a change makes an address less guarded: more people may see it than before.
pub fn address_opened(was: &Address, is: &Address) -> Vec<&'static str> {
    let known = |address: &Address| address.known_to_perpetrator == YesNoUnknown::Yes;
    fallen([
        ("confidential", was.is_confidential(), is.is_confidential()),
        ("known_to_perpetrator", !known(was), !known(is)),
    ])
}

/// The marks by which a change makes a contact less guarded: more ways to reach somebody are said to
/// be safe than before.
pub fn contact_opened(was: &Contact, is: &Contact) -> Vec<&'static str> {
    fallen([
        ("safe_to_call", !was.safe_to_call, !is.safe_to_call),
        ("safe_to_text", !was.safe_to_text, !is.safe_to_text),
        ("safe_voicemail", !was.safe_voicemail, !is.safe_voicemail),
        ("withheld_number", was.withheld_number, is.withheld_number),
    ])
}

/// The marks that guarded before and do not now.
fn fallen<const N: usize>(marks: [(&'static str, bool, bool); N]) -> Vec<&'static str> {
    let fallen = marks.into_iter().filter(|(_, was, is)| *was && !*is);
    fallen.map(|(name, ..)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::policy::lens::Standing;
    use practice::party::{AddressKind, ContactKind};

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
                lines: "1 Road".parse().unwrap(),
                postcode: None,
                confidential: None,
                known_to_perpetrator: YesNoUnknown::No,
                from: from.map(Into::into),
                to: to.map(Into::into),
            };
            assert_eq!(days_in_order(&given).is_ok(), good);
            assert!(address(&given, lens).is_ok());
            assert!(address(&given, Lens::default()).is_err());
        }
    }

    fn home(kind: AddressKind, confidential: bool, known: YesNoUnknown) -> Address {
        Address {
            kind,
            lines: "1 Road".parse().unwrap(),
            postcode: None,
            confidential: Some(confidential),
            known_to_perpetrator: known,
            from: None,
            to: None,
        }
    }

    #[test]
    fn an_address_is_opened_by_a_mark_that_falls_and_by_nothing_else() {
        use AddressKind::{Previous, Refuge, Usual};
        use YesNoUnknown::{No, Unknown, Yes};
        for (was, is, opened) in [
            (home(Usual, true, No), home(Usual, true, No), &[][..]),
            (home(Usual, false, No), home(Usual, true, No), &[]),
            (
                home(Usual, true, No),
                home(Usual, false, No),
                &["confidential"],
            ),
            (home(Refuge, false, No), home(Refuge, true, No), &[]),
            (
                home(Refuge, true, No),
                home(Previous, false, Yes),
                &["confidential", "known_to_perpetrator"],
            ),
            (home(Refuge, true, No), home(Previous, true, Unknown), &[]),
            (
                home(Usual, false, Unknown),
                home(Usual, false, Yes),
                &["known_to_perpetrator"],
            ),
            (home(Usual, false, Yes), home(Usual, false, No), &[]),
        ] {
            assert_eq!(address_opened(&was, &is), opened, "{was:?} {is:?}");
        }
    }

    #[test]
    fn a_contact_is_opened_by_what_is_newly_said_to_be_safe() {
        let of = |call, text, voicemail, withheld| Contact {
            kind: ContactKind::Phone,
            value: "1".parse().unwrap(),
            safe_to_call: call,
            safe_to_text: text,
            safe_voicemail: voicemail,
            withheld_number: withheld,
            notes: None,
        };
        let shut = of(false, false, false, true);
        let open = of(true, true, true, false);
        assert_eq!(
            contact_opened(&shut, &open),
            [
                "safe_to_call",
                "safe_to_text",
                "safe_voicemail",
                "withheld_number"
            ]
        );
        assert!(contact_opened(&open, &shut).is_empty());
        assert!(contact_opened(&open, &open).is_empty());
    }
}
