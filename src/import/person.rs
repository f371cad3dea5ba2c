//! People, addresses and telephones of a referral's row.

use super::cells::{Cells, NOT_A_DATE, parts, read_date};
use super::words;
use crate::parties::model::{
    Address, AddressKind, Characteristics, Contact, ContactKind, Identity,
};
use crate::referrals::document::Child;
use crate::vocabulary::YesNoUnknown;

const NAME: usize = 120;
const MOST_ALIASES: usize = 20;
const MOST_CHILDREN: usize = 30;
/// Said outright that there are none; an empty cell says nothing (R38).
pub const NO_CHILDREN: &str = "none";

/// Where a person's cells stand.
pub struct PersonColumns {
    /// Family name.
    pub family_name: &'static str,
    /// Given names.
    pub given_names: &'static str,
    /// Other names, separated by semicolons.
    pub aliases: &'static str,
    /// Date of birth.
    pub born: &'static str,
    /// Gender.
    pub gender: &'static str,
}

/// Names, date of birth, gender. `unknown` for a family name says that nobody knows it.
pub fn identity(cells: &mut Cells<'_>, columns: &PersonColumns) -> Identity {
    let family_name = cells
        .line(columns.family_name, NAME)
        .filter(|name| !name.eq_ignore_ascii_case("unknown"));
    let aliases: Vec<String> = cells
        .line(columns.aliases, 4000)
        .map(|aliases| parts(&aliases).map(str::to_owned).collect())
        .unwrap_or_default();
    if aliases.len() > MOST_ALIASES || aliases.iter().any(|alias| alias.chars().count() > 200) {
        cells.refuse(
            columns.aliases,
            "too_long",
            "At most twenty names of 200 characters.",
        );
    }
    Identity {
        name_unknown: family_name.is_none(),
        family_name,
        given_names: cells.line(columns.given_names, NAME),
        aliases,
        date_of_birth: cells.past_date(columns.born),
        gender: cells
            .word(columns.gender, words::gender)
            .unwrap_or_default(),
        ..Identity::default()
    }
}

/// Protected characteristics; what the register leaves empty is unknown, never no (R38).
pub fn characteristics(cells: &mut Cells<'_>) -> Characteristics {
    Characteristics {
        ethnicity: cells
            .word("victim_ethnicity", words::ethnicity)
            .unwrap_or_default(),
        lgbt: cells
            .word("victim_lgbt", words::yes_no_unknown)
            .unwrap_or_default(),
        disabled: cells
            .word("victim_disabled", words::yes_no_unknown)
            .unwrap_or_default(),
        ..Characteristics::default()
    }
}

/// The survivor's address. A postcode alone is an address too.
pub fn addresses(cells: &mut Cells<'_>) -> Vec<Address> {
    let postcode = cells.line("victim_postcode", 10);
    if postcode
        .as_ref()
        .is_some_and(|code| code.chars().count() < 2)
    {
        cells.refuse(
            "victim_postcode",
            "too_short",
            "Write the postcode, or leave it empty.",
        );
    }
    let lines = cells
        .text("victim_address", 400)
        .or_else(|| postcode.clone());
    let address = lines.map(|lines| Address {
        kind: AddressKind::Current,
        lines,
        postcode,
        confidential: None,
        known_to_perpetrator: YesNoUnknown::Unknown,
        from: None,
        to: None,
    });
    address.into_iter().collect()
}

/// The survivor's telephone: unsafe unless the register says `yes` (R8).
pub fn contacts(cells: &mut Cells<'_>) -> Vec<Contact> {
    let safe = cells.word("safe_to_call", words::yes_no_unknown);
    let contact = cells.line("victim_phone", 200).map(|value| Contact {
        kind: ContactKind::Phone,
        value,
        safe_to_call: safe == Some(YesNoUnknown::Yes),
        safe_to_text: false,
        safe_voicemail: false,
        withheld_number: true,
        notes: None,
    });
    contact.into_iter().collect()
}

/// Children, written `given family|date of birth` and separated by semicolons. The last word of a
/// name is the family name; of a single word it is not known.
pub fn children(cells: &mut Cells<'_>) -> Vec<Child> {
    let written = cells.raw("children").to_owned();
    if written == NO_CHILDREN {
        return Vec::new();
    }
    let read: Vec<_> = parts(&written).map(child).collect();
    if read.len() > MOST_CHILDREN {
        cells.refuse("children", "too_many", "At most thirty children.");
    }
    let mut children = Vec::new();
    for child in read {
        match child {
            Ok(child) => children.push(child),
            Err((code, message)) => {
                cells.refuse("children", code, message);
                return Vec::new();
            }
        }
    }
    children
}

fn child(written: &str) -> Result<Child, (&'static str, &'static str)> {
    let (name, born) = match written.split_once('|') {
        Some((name, born)) => (name, born.trim()),
        None => (written, ""),
    };
    let date_of_birth = match born {
        "" | "unknown" => None,
        born => Some(read_date(born).ok_or(NOT_A_DATE)?),
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    let (given, family) = match words.as_slice() {
        [] => (None, None),
        [only] => (Some((*only).to_owned()), None),
        [given @ .., family] => (Some(given.join(" ")), Some((*family).to_owned())),
    };
    let long = |name: &Option<String>| {
        name.as_ref()
            .is_some_and(|name| name.chars().count() > NAME)
    };
    if long(&given) || long(&family) {
        return Err(("too_long", "This text is longer than the record takes."));
    }
    if name.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(("control_character", "This text holds a control character."));
    }
    Ok(Child {
        identity: Identity {
            name_unknown: family.is_none(),
            family_name: family,
            given_names: given,
            date_of_birth,
            ..Identity::default()
        },
        lives_with_survivor: YesNoUnknown::Unknown,
        lives_with_perpetrator: YesNoUnknown::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_a_name_and_perhaps_a_date() {
        let read = |text| {
            child(text).map(|child| {
                let who = child.identity;
                (
                    who.given_names,
                    who.family_name,
                    who.date_of_birth.map(|d| d.to_string()),
                )
            })
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            read("Ana Maria Sol|2012-08-31"),
            Ok((some("Ana Maria"), some("Sol"), some("2012-08-31")))
        );
        assert_eq!(read("Ana"), Ok((some("Ana"), None, None)));
        assert_eq!(read("|2012-08-31"), Ok((None, None, some("2012-08-31"))));
        assert_eq!(
            read("Ana Sol|unknown"),
            Ok((some("Ana"), some("Sol"), None))
        );
        assert_eq!(read("Ana Sol|31/08/2012").unwrap_err().0, "not_a_date");
        assert_eq!(read("Ana Sol|2012-08-31|x").unwrap_err().0, "not_a_date");
    }
}
