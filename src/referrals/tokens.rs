//! The keyed hashes by which files of the same people are found. Each is made of two fields or more, a
//! phone number apart; none can be turned back into what it was made of.
//!
//! `pair`, `survivor`, `perpetrator` and `child` say that somebody is the same in the same part: the
//! repeat check and the search go by them. The others say that somebody may be the same in any part: by
//! them exclusions and restrictions follow people, and one laid in doubt is better than none.

use super::document::Document;
use crate::crypto::KeyRing;
use crate::parties::model::{Identity, PartyRole, plain};

/// A kind of token, and the keyed hash.
pub type Token = (&'static str, Vec<u8>);

/// What of a person tokens are made of.
#[derive(Debug, Clone)]
pub struct Someone {
    /// The part they play.
    pub role: PartyRole,
    /// Who they are.
    pub identity: Identity,
    /// Postcodes of their addresses.
    pub postcodes: Vec<String>,
    /// How they can be reached; what is no telephone number makes no token.
    pub contacts: Vec<String>,
}

/// The tokens of a referral's people.
pub fn of_document(document: &Document, keys: &KeyRing) -> Vec<Token> {
    let plainly = |role, identity: &Identity| Someone {
        role,
        identity: identity.clone(),
        postcodes: Vec::new(),
        contacts: Vec::new(),
    };
    let mut people = Vec::new();
    if let Some(survivor) = &document.survivor {
        let mut who = plainly(PartyRole::Survivor, &survivor.identity);
        let postcodes = survivor.addresses.iter();
        who.postcodes = postcodes
            .filter_map(|a| a.postcode.clone().map(String::from))
            .collect();
        who.contacts = survivor
            .contacts
            .iter()
            .map(|c| c.value.to_string())
            .collect();
        people.push(who);
    }
    for perpetrator in &document.perpetrators {
        let mut who = plainly(PartyRole::Perpetrator, &perpetrator.identity);
        let postcodes = perpetrator.addresses.iter();
        who.postcodes = postcodes
            .filter_map(|a| a.postcode.clone().map(String::from))
            .collect();
        people.push(who);
    }
    let children = document.children.iter();
    people.extend(children.map(|child| plainly(PartyRole::Child, &child.identity)));
    of_people(&people, keys)
}

/// The tokens of the people of one file.
pub fn of_people(people: &[Someone], keys: &KeyRing) -> Vec<Token> {
    let mut tokens = Vec::new();
    for who in people {
        one(who, keys, &mut tokens);
    }
    let of_role = |role| people.iter().filter(move |who| who.role == role);
    for survivor in of_role(PartyRole::Survivor) {
        for perpetrator in of_role(PartyRole::Perpetrator) {
            let (a, b) = (&survivor.identity, &perpetrator.identity);
            if let (Some(a), Some(b)) = (a.exact(), b.exact()) {
                let both: Vec<&str> = a.iter().chain(&b).map(String::as_str).collect();
                tokens.push(("pair", keys.index("pair", &both)));
            }
            if let (Some(a), Some(b)) = (whole_name(a), whole_name(b)) {
                tokens.push(("pair_names", keys.index("pair_names", &[&a, &b])));
            }
        }
    }
    tokens.sort();
    tokens.dedup();
    tokens
}

fn one(who: &Someone, keys: &KeyRing, tokens: &mut Vec<Token>) {
    let mut add = |kind: &'static str, values: &[&str]| {
        tokens.push((kind, keys.index(kind, values)));
    };
    let identity = &who.identity;
    if let Some(exact) = identity.exact() {
        let exact: Vec<&str> = exact.iter().map(String::as_str).collect();
        match who.role {
            PartyRole::Survivor => add("survivor", &exact),
            PartyRole::Perpetrator => add("perpetrator", &exact),
            PartyRole::Child => add("child", &exact),
            PartyRole::OtherAdult => {}
        }
    }
    let names = whole_name(identity).into_iter();
    let names = names.chain(identity.aliases.iter().map(|alias| words(alias)));
    let born = identity.date_of_birth.iter();
    let born = born.chain(&identity.other_dates_of_birth);
    let born: Vec<String> = born.map(ToString::to_string).collect();
    for name in names.filter(|name| !name.is_empty()) {
        for born in &born {
            add("person", &[&name, born]);
        }
    }
    if !matches!(who.role, PartyRole::Survivor | PartyRole::Perpetrator) {
        return;
    }
    for number in who.contacts.iter().filter_map(|contact| phone(contact)) {
        add("phone", &[&number]);
    }
    let Some(family) = identity.family_name.as_deref().map(plain) else {
        return;
    };
    let initial: String = plain(identity.given_names.as_deref().unwrap_or_default());
    let initial: String = initial.chars().take(1).collect();
    for born in &born {
        add("family_born", &[&family, born]);
        if let (Some((year, _)), false) = (born.split_once('-'), initial.is_empty()) {
            add("sound", &[&soundex(&family), &initial, year]);
        }
    }
    for postcode in &who.postcodes {
        add("place", &[&plain(postcode), &family]);
    }
}

/// Given and family name together, in whatever order; `None` unless both are known.
fn whole_name(identity: &Identity) -> Option<String> {
    let (given, family) = (
        identity.given_names.as_deref()?,
        identity.family_name.as_deref()?,
    );
    Some(words(&format!("{given} {family}")))
}

fn words(name: &str) -> String {
    let mut words: Vec<String> = name.split_whitespace().map(plain).collect();
    words.sort();
    words.concat()
}

/// The digits of a telephone number, the country's prefix as a zero.
fn phone(contact: &str) -> Option<String> {
    if contact.contains('@') {
        return None;
    }
    let digits: String = contact.chars().filter(char::is_ascii_digit).collect();
    let national = ["0044", "44"]
        .iter()
        .find_map(|prefix| digits.strip_prefix(prefix));
    let digits = national.map_or(digits.clone(), |rest| {
        format!("0{}", rest.trim_start_matches('0'))
    });
    (9..=15).contains(&digits.len()).then_some(digits)
}

/// American Soundex of letters in lower case; letters of other alphabets stand for themselves.
fn soundex(name: &str) -> String {
    let code = |letter: char| match letter {
        'b' | 'f' | 'p' | 'v' => '1',
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => '2',
        'd' | 't' => '3',
        'l' => '4',
        'm' | 'n' => '5',
        'r' => '6',
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' => '0',
        'h' | 'w' => '-',
        other => other,
    };
    let mut letters = name.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let (mut sound, mut last) = (String::from(first), code(first));
    for code in letters.map(code).filter(|code| *code != '-') {
        if code != last && code != '0' {
            sound.push(code);
        }
        last = code;
    }
    sound.chars().take(4).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_sounds_as_it_is_spelt_by_others() {
        for (name, sound) in [
            ("robert", "r163"),
            ("rupert", "r163"),
            ("tymczak", "t522"),
            ("stone", "s35"),
            ("stohne", "s35"),
            ("pfister", "p236"),
            ("ashcraft", "a261"),
            ("", ""),
            ("å", "å"),
        ] {
            assert_eq!(soundex(name), sound, "{name}");
        }
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        let found = Some("07700900123".to_owned());
        for text in [
            "07700 900123",
            "+44 7700 900 123",
            "0044 (0)7700-900123",
            "44 7700900123",
        ] {
            assert_eq!(phone(text), found, "{text}");
        }
        for text in ["999", "a07700900123@example.org", "ask for Jo", ""] {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn a_whole_name_has_no_order() {
        assert_eq!(words("Karl  STONE"), words("stone karl"));
    }
}
