//! What the writer, and later the coordinator, should look at again. It refuses nothing: an unlikely case can be
//! true. Pure.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::marac::settings::MaracSettings;
use crate::names::folded;
use crate::party::{Address, Identity, PartyRole};
use crate::risk::age_on;

/// Something to look at again. It refuses nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct AdviceGiven {
    /// What it is about: a JSON pointer into the request, or into the answer of a read.
    #[schema(example = "/referral/children/1/identity")]
    pub pointer: String,
    /// Stable code of the advice.
    #[schema(example = "same_person_twice")]
    pub code: &'static str,
    /// What to look at. Never what was sent.
    pub message: &'static str,
}

impl AdviceGiven {
    /// Advice at a pointer.
    pub fn new(pointer: impl Into<String>, code: &'static str, message: &'static str) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            message,
        }
    }
}

/// Somebody as advice looks at them.
pub struct Looked<'a> {
    /// Where they stand.
    pub pointer: String,
    /// Their part.
    pub role: PartyRole,
    /// Who they are.
    pub identity: &'a Identity,
    /// Their addresses that the reader of the advice sees, each with its pointer.
    pub addresses: Vec<(String, &'a Address)>,
}

/// The ages under which a MARAC asks a second look.
#[derive(Debug, Clone, Copy)]
pub struct LeastAges {
    /// Of a survivor.
    pub survivor: u8,
    /// Of a perpetrator.
    pub perpetrator: u8,
}

impl From<&MaracSettings> for LeastAges {
    fn from(settings: &MaracSettings) -> Self {
        Self {
            survivor: settings.min_age_survivor,
            perpetrator: settings.min_age_perpetrator,
        }
    }
}

/// Older than anybody has become.
const OLDEST: u32 = 115;
/// From here on somebody is no child.
const ADULT: u32 = 18;
/// Younger than this nobody has had a child.
const YOUNGEST_PARENT: u32 = 11;

/// Everything to look at again in these people, as at a day.
pub fn advice(people: &[Looked<'_>], least: LeastAges, on: NaiveDate) -> Vec<AdviceGiven> {
    let mut found = Vec::new();
    for (index, who) in people.iter().enumerate() {
        ages(who, least, on, &mut found);
        for other in &people[..index] {
            alike(other, who, &mut found);
        }
        for (pointer, address) in &who.addresses {
            places(pointer, address, &mut found);
        }
    }
    parents(people, &mut found);
    hidden_places(people, &mut found);
    found.sort();
    found.dedup();
    found
}

fn ages(who: &Looked<'_>, least: LeastAges, on: NaiveDate, found: &mut Vec<AdviceGiven>) {
    let Some(born) = who.identity.date_of_birth else {
        return;
    };
    let pointer = || format!("{}/date_of_birth", who.pointer);
    let Some(age) = age_on(born.day(), on) else {
        found.push(AdviceGiven::new(
            pointer(),
            "born_after_this_day",
            "This birth lies after the day of the record.",
        ));
        return;
    };
    let (code, message) = match who.role {
        // R5: routed to child safeguarding as well, never turned away.
        PartyRole::Survivor if age < least.survivor.into() => (
            "survivor_under_age",
            "The survivor is younger than this MARAC's least age: refer to child safeguarding too.",
        ),
        PartyRole::Perpetrator if age < least.perpetrator.into() => (
            "perpetrator_under_age",
            "The perpetrator is younger than this MARAC's least age.",
        ),
        PartyRole::Child if age >= ADULT => (
            "child_is_adult",
            "Somebody named as a child is 18 or older.",
        ),
        _ if age > OLDEST => ("very_old", "This birth lies more than 115 years back."),
        _ => return,
    };
    found.push(AdviceGiven::new(pointer(), code, message));
}

/// Whether two have the same names, and no dates of birth that tell them apart.
fn same_names(one: &Identity, other: &Identity) -> bool {
    let name = |who: &Identity| {
        who.full_name()
            .map(|name| folded(&name))
            .filter(|name| !name.is_empty())
    };
    let whole = |who: &Identity| who.family_name.is_some() && who.given_names.is_some();
    let apart = match (one.date_of_birth, other.date_of_birth) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    };
    !apart && whole(one) && whole(other) && name(one).is_some() && name(one) == name(other)
}

fn alike(one: &Looked<'_>, other: &Looked<'_>, found: &mut Vec<AdviceGiven>) {
    if !same_names(one.identity, other.identity) {
        return;
    }
    use PartyRole::{Perpetrator, Survivor};
    let advice = match (one.role, other.role) {
        (Survivor, Perpetrator) | (Perpetrator, Survivor) => AdviceGiven::new(
            other.pointer.clone(),
            "survivor_is_perpetrator",
            "The survivor and the perpetrator have the same name, and nothing tells them apart.",
        ),
        (one, other_role) if one == other_role => AdviceGiven::new(
            other.pointer.clone(),
            "same_person_twice",
            "Two people with the same name and the same part: is it one person?",
        ),
        _ => AdviceGiven::new(
            other.pointer.clone(),
            "same_person_in_two_parts",
            "Two people with the same name in two parts: is it one person?",
        ),
    };
    found.push(advice);
}

fn parents(people: &[Looked<'_>], found: &mut Vec<AdviceGiven>) {
    let adults =
        |who: &&Looked<'_>| matches!(who.role, PartyRole::Survivor | PartyRole::Perpetrator);
    for child in people.iter().filter(|who| who.role == PartyRole::Child) {
        let Some(born) = child.identity.date_of_birth else {
            continue;
        };
        for parent in people.iter().filter(adults) {
            let Some(parent_born) = parent.identity.date_of_birth else {
                continue;
            };
            let advice = match age_on(parent_born.day(), born.day()) {
                None => (
                    "child_older_than_parent",
                    "This child is older than an adult of the household.",
                ),
                Some(0) if parent_born == born => (
                    "child_older_than_parent",
                    "This child is not younger than an adult of the household.",
                ),
                Some(age) if age < YOUNGEST_PARENT => (
                    "parent_very_young",
                    "An adult of the household was under 11 when this child was born.",
                ),
                Some(_) => continue,
            };
            let pointer = format!("{}/date_of_birth", child.pointer);
            found.push(AdviceGiven::new(pointer, advice.0, advice.1));
        }
    }
}

fn places(pointer: &str, address: &Address, found: &mut Vec<AdviceGiven>) {
    if address
        .postcode
        .as_deref()
        .is_some_and(|postcode| !is_postcode(postcode))
    {
        found.push(AdviceGiven::new(
            format!("{pointer}/postcode"),
            "postcode_malformed",
            "This has not the form of a UK postcode. Of an address abroad it may be right.",
        ));
    }
}

/// An address that must be kept from somebody may not be one that they live at.
fn hidden_places(people: &[Looked<'_>], found: &mut Vec<AdviceGiven>) {
    let same = |one: &Address, other: &Address| {
        let plain = |a: &Address| {
            folded(&format!(
                "{}{}",
                a.lines,
                a.postcode.as_deref().unwrap_or("")
            ))
        };
        plain(one) == plain(other)
    };
    let of = |role| {
        people
            .iter()
            .filter(move |who| who.role == role)
            .flat_map(|who| &who.addresses)
    };
    for (pointer, address) in
        of(PartyRole::Survivor).filter(|(_, address)| address.is_confidential())
    {
        if of(PartyRole::Perpetrator).any(|(_, other)| same(address, other)) {
            found.push(AdviceGiven::new(
                pointer.clone(),
                "confidential_address_of_both",
                "A confidential address of the survivor is also an address of the perpetrator.",
            ));
        }
    }
}

/// Whether a text has the form of a UK postcode, of British Forces or of a Crown dependency: an area of one or two
/// letters, a district, and after it a digit and two letters.
pub fn is_postcode(text: &str) -> bool {
    let letters: Vec<char> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if letters.iter().collect::<String>() == "GIR0AA" {
        return true;
    }
    if !(5..=7).contains(&letters.len()) {
        return false;
    }
    let (outward, inward) = letters.split_at(letters.len() - 3);
    let inward_fits = inward[0].is_ascii_digit()
        && inward[1..]
            .iter()
            .all(|c| c.is_ascii_uppercase() && !"CIKMOV".contains(*c));
    let pattern: String = outward
        .iter()
        .map(|c| match c {
            'A'..='Z' => 'A',
            '0'..='9' => '9',
            _ => '?',
        })
        .collect();
    inward_fits && ["A9", "A99", "A9A", "AA9", "AA99", "AA9A"].contains(&pattern.as_str())
}

#[cfg(test)]
#[path = "advice_tests.rs"]
mod tests;
