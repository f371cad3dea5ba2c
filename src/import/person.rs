//! People, addresses and telephones of a referral's row.

use chrono::NaiveDate;

use super::cells::{Cells, NOT_A_DATE, parts, read_date, read_line, sentence};
use super::words;
use practice::dates::{BirthDay, Born, Meaning};
use practice::document::Child;
use practice::party::{Address, AddressKind, Characteristics, Contact, ContactKind, Identity};
use practice::text::{Fault, Line, Text};
use practice::vocabulary::YesNoUnknown;

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
        .line::<NAME>(columns.family_name)
        .filter(|name| !name.eq_ignore_ascii_case("unknown"));
    let aliases = aliases(cells, columns.aliases);
    Identity {
        name_unknown: family_name.is_none(),
        family_name,
        given_names: cells.line(columns.given_names),
        aliases,
        date_of_birth: cells.birth(columns.born),
        gender: cells
            .word(columns.gender, words::gender)
            .unwrap_or_default(),
        ..Identity::default()
    }
}

/// Other names. One in which nothing is visible is none.
fn aliases(cells: &mut Cells<'_>, column: &'static str) -> Vec<Line<200>> {
    let written = cells.raw(column).to_owned();
    let mut read = Vec::new();
    for alias in parts(&written) {
        match read_line(alias) {
            Ok(alias) => read.push(alias),
            Err(Fault::Blank) => {}
            Err(Fault::TooLong(_)) => {
                cells.refuse(
                    column,
                    "too_long",
                    "At most twenty names of 200 characters.",
                );
            }
            Err(fault) => cells.refuse(column, fault.code(), sentence(fault)),
        }
    }
    if read.len() > MOST_ALIASES {
        cells.refuse(
            column,
            "too_long",
            "At most twenty names of 200 characters.",
        );
    }
    read
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
    let postcode = cells.line::<10>("victim_postcode");
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
        .text("victim_address")
        .or_else(|| postcode.as_ref().map(|code| Text::as_stored(code.as_str())));
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
    let contact = cells.line("victim_phone").map(|value| Contact {
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
    let today = cells.today();
    if written == NO_CHILDREN {
        return Vec::new();
    }
    let read: Vec<_> = parts(&written).map(|one| child(one, today)).collect();
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

fn child(written: &str, today: NaiveDate) -> Result<Child, (&'static str, &'static str)> {
    let (name, born) = match written.split_once('|') {
        Some((name, born)) => (name, born.trim()),
        None => (written, ""),
    };
    let date_of_birth = match born {
        "" | "unknown" => None,
        born => {
            let born = read_date(born).ok_or(NOT_A_DATE)?;
            Some(BirthDay::checked(born, today).map_err(|_| ("date_out_of_range", Born::TEXT))?)
        }
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    let (given, family) = match words.as_slice() {
        [] => (None, None),
        [only] => (Some((*only).to_owned()), None),
        [given @ .., family] => (Some(given.join(" ")), Some((*family).to_owned())),
    };
    let taken = |name: Option<String>| match name.as_deref().map(Line::parse).transpose() {
        Err(Fault::Blank) => Ok(None),
        read => read.map_err(|fault| (fault.code(), sentence(fault))),
    };
    let (given, family) = (taken(given)?, taken(family)?);
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
            child(text, Born::LAST).map(|child| {
                let who = child.identity;
                (
                    who.given_names.map(String::from),
                    who.family_name.map(String::from),
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
