//! Advice as tables.

use super::*;
use crate::party::AddressKind;
use crate::text::{Line, Text};
use crate::vocabulary::YesNoUnknown;

fn who(given: &str, family: &str, born: &str) -> Identity {
    Identity {
        given_names: Some(Line::as_stored(given)).filter(|name| !name.is_empty()),
        family_name: Some(Line::as_stored(family)),
        date_of_birth: born.parse::<NaiveDate>().ok().map(Into::into),
        ..Identity::default()
    }
}

fn found(people: &[(PartyRole, Identity)]) -> Vec<String> {
    let looked: Vec<Looked<'_>> = people
        .iter()
        .enumerate()
        .map(|(index, (role, identity))| Looked {
            pointer: format!("/{index}"),
            role: *role,
            identity,
            addresses: Vec::new(),
        })
        .collect();
    let least = LeastAges {
        survivor: 16,
        perpetrator: 10,
    };
    let on = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
    let advice = advice(&looked, least, on);
    advice
        .iter()
        .map(|one| format!("{} {}", one.pointer, one.code))
        .collect()
}

#[test]
fn people_who_may_be_one_are_looked_at_again() {
    use PartyRole::{Child, Perpetrator, Survivor};
    let survivor = || (Survivor, who("Zoë", "Strauß", "1990-04-02"));
    let child = |born| (Child, who("Mia", "Strauss", born));
    for (people, wanted) in [
        (
            vec![
                survivor(),
                (Perpetrator, who("John", "Strauss", "1988-01-01")),
            ],
            vec![],
        ),
        (
            vec![
                survivor(),
                (Perpetrator, who("ZOE", "STRAUSS", "1990-04-02")),
            ],
            vec!["/1 survivor_is_perpetrator"],
        ),
        (
            vec![survivor(), (Perpetrator, who("Zoe", "Strauss", ""))],
            vec!["/1 survivor_is_perpetrator"],
        ),
        (
            vec![
                survivor(),
                (Perpetrator, who("Zoe", "Strauss", "1970-01-01")),
            ],
            vec![],
        ),
        (
            vec![survivor(), (Perpetrator, who("", "Strauss", ""))],
            vec![],
        ),
        (
            vec![child("2019-01-01"), child("2019-01-01")],
            vec!["/1 same_person_twice"],
        ),
        (vec![child("2019-01-01"), child("2020-01-01")], vec![]),
        (
            vec![survivor(), child("1980-01-01")],
            vec![
                "/1/date_of_birth child_is_adult",
                "/1/date_of_birth child_older_than_parent",
            ],
        ),
        (
            vec![survivor(), child("1998-01-01")],
            vec![
                "/1/date_of_birth child_is_adult",
                "/1/date_of_birth parent_very_young",
            ],
        ),
        (vec![survivor(), child("2019-01-01")], vec![]),
        (
            vec![(Survivor, who("A", "B", "2011-01-01"))],
            vec!["/0/date_of_birth survivor_under_age"],
        ),
        (vec![(Survivor, who("A", "B", "2010-11-30"))], vec![]),
        (
            vec![(Perpetrator, who("A", "B", "2017-01-01"))],
            vec!["/0/date_of_birth perpetrator_under_age"],
        ),
        (
            vec![(Survivor, who("A", "B", "1890-01-01"))],
            vec!["/0/date_of_birth very_old"],
        ),
        (
            vec![(Child, who("A", "B", "2026-12-01"))],
            vec!["/0/date_of_birth born_after_this_day"],
        ),
        (
            vec![survivor(), (Child, who("Zoe", "Strauss", ""))],
            vec!["/1 same_person_in_two_parts"],
        ),
    ] {
        assert_eq!(found(&people), wanted, "{people:?}");
    }
}

#[test]
fn a_postcode_has_a_form() {
    for good in [
        "W1A 1AA", "w1a1aa", "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "EC1A 1BB", "GIR 0AA",
        "BF1 2AA", "JE2 3AB",
    ] {
        assert!(is_postcode(good), "{good}");
    }
    for bad in [
        "",
        "W1A",
        "12345",
        "75008",
        "W1A 1A1",
        "1AA W1A",
        "WWW1 1AA",
        "SW1A 1CC",
        "D02 AF30",
        "ＷA1 1AA",
    ] {
        assert!(!is_postcode(bad), "{bad}");
    }
}

#[test]
fn a_hidden_address_is_not_the_perpetrators() {
    let address = |lines: &str, confidential| Address {
        kind: AddressKind::Current,
        lines: Text::as_stored(lines),
        postcode: Some(Line::as_stored("W1A 1AA")),
        confidential: Some(confidential),
        known_to_perpetrator: YesNoUnknown::No,
        from: None,
        to: None,
    };
    let (hers, his) = (who("A", "B", ""), who("C", "D", ""));
    for (confidential, lines, wanted) in [
        (
            true,
            "1 high st.",
            vec!["/s/0 confidential_address_of_both"],
        ),
        (false, "1 High St", vec![]),
        (true, "2 High St", vec![]),
    ] {
        let (one, other) = (address("1 High St", confidential), address(lines, false));
        let people = [
            Looked {
                pointer: "/s".into(),
                role: PartyRole::Survivor,
                identity: &hers,
                addresses: vec![("/s/0".into(), &one)],
            },
            Looked {
                pointer: "/p".into(),
                role: PartyRole::Perpetrator,
                identity: &his,
                addresses: vec![("/p/0".into(), &other)],
            },
        ];
        let least = LeastAges {
            survivor: 16,
            perpetrator: 10,
        };
        let advice = advice(
            &people,
            least,
            NaiveDate::from_ymd_opt(2026, 11, 30).unwrap(),
        );
        let found: Vec<_> = advice
            .iter()
            .map(|one| format!("{} {}", one.pointer, one.code))
            .collect();
        assert_eq!(found, wanted);
    }
}
