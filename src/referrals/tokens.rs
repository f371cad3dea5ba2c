//! The keyed hashes by which files of the same people are found. Each is made of two fields or more, a
//! phone number apart; none can be turned back into what it was made of.
//!
//! `pair`, `survivor`, `perpetrator` and `child` say that somebody is the same in the same part: the
//! repeat check and the search go by them. The others say that somebody may be the same in any part: by
//! them exclusions and restrictions follow people, and one laid in doubt is better than none.

use super::document::Document;
use crate::crypto::KeyRing;
use crate::damage;
use crate::names;
use crate::parties::model::{Identity, PartyRole};

/// A keyed hash of something by which a file is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token {
    /// What it is a hash of.
    pub kind: &'static str,
    /// The hash.
    pub hash: Vec<u8>,
    /// The version of the folding of names that made it.
    pub version: i16,
}

/// How names are folded before they are compared.
pub(super) type Fold = fn(&str) -> String;

/// The folding of today, and its version.
pub(super) const NOW: (Fold, i16) = (names::folded, names::VERSION);
/// The one before it.
pub(super) const BEFORE: (Fold, i16) = (names::folded_before, names::VERSION - 1);

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
    of_people(&people(document), keys)
}

/// The people a referral names.
pub(super) fn people(document: &Document) -> Vec<Someone> {
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
    people
}

/// The tokens of the people of one file. Those that the folding before this one gives stand beside them where
/// they differ, so that a file is found by older files from its first moment; `renewal` takes them away.
pub fn of_people(people: &[Someone], keys: &KeyRing) -> Vec<Token> {
    let by = |fold| of_people_by(people, keys, fold).into_iter().flatten();
    of_both(by(NOW), by(BEFORE))
}

/// The tokens by which somebody is found in one of the parts that the search goes by.
pub(super) fn of_somebody(identity: &Identity, keys: &KeyRing) -> Vec<Token> {
    let by = |(fold, version): (Fold, i16)| {
        let exact = identity.exact_by(fold);
        let made = exact.into_iter().flat_map(move |who| {
            let who: Vec<&str> = who.iter().map(String::as_str).collect();
            ["survivor", "perpetrator", "child"].map(|kind| Token {
                kind,
                hash: keys.index(kind, &who),
                version,
            })
        });
        made.collect::<Vec<_>>().into_iter()
    };
    of_both(by(NOW), by(BEFORE))
}

fn of_both(now: impl Iterator<Item = Token>, before: impl Iterator<Item = Token>) -> Vec<Token> {
    let mut tokens: Vec<Token> = now.collect();
    tokens.sort();
    tokens.dedup();
    let is_new = |old: &Token| {
        let same = |token: &Token| (token.kind, &token.hash) == (old.kind, &old.hash);
        !tokens.iter().any(same)
    };
    let mut before: Vec<Token> = before.filter(is_new).collect();
    before.sort();
    before.dedup();
    tokens.append(&mut before);
    tokens
}

/// The tokens by a certain folding of names. How many there are and their order do not hang on the
/// folding; `None` stands where there is nothing to make a token of.
pub(super) fn of_people_by(
    people: &[Someone],
    keys: &KeyRing,
    (fold, version): (Fold, i16),
) -> Vec<Option<Token>> {
    let mut made = Made {
        keys,
        fold,
        version,
        tokens: Vec::new(),
    };
    for who in people {
        made.one(who);
    }
    let of_role = |role| people.iter().filter(move |who| who.role == role);
    for survivor in of_role(PartyRole::Survivor) {
        for perpetrator in of_role(PartyRole::Perpetrator) {
            made.pair(&survivor.identity, &perpetrator.identity);
        }
    }
    made.tokens
}

struct Made<'k> {
    keys: &'k KeyRing,
    fold: Fold,
    version: i16,
    tokens: Vec<Option<Token>>,
}

impl Made<'_> {
    /// A token of these values, unless one of them is not known.
    fn add(&mut self, kind: &'static str, values: &[&str]) {
        let is_known = !values.is_empty() && values.iter().all(|value| !value.is_empty());
        let token = is_known.then(|| Token {
            kind,
            hash: self.keys.index(kind, values),
            version: self.version,
        });
        self.tokens.push(token);
    }

    fn one(&mut self, who: &Someone) {
        let identity = &who.identity;
        let exact = identity.exact_by(self.fold);
        let exact: Vec<&str> = exact.iter().flatten().map(String::as_str).collect();
        match who.role {
            PartyRole::Survivor => self.add("survivor", &exact),
            PartyRole::Perpetrator => self.add("perpetrator", &exact),
            PartyRole::Child => self.add("child", &exact),
            PartyRole::OtherAdult => {}
        }
        let born = identity.date_of_birth.iter();
        let born = born.chain(&identity.other_dates_of_birth);
        let born: Vec<String> = born.map(ToString::to_string).collect();
        let mut names = vec![self.whole_name(identity)];
        names.extend(identity.aliases.iter().map(|alias| self.words(alias)));
        for name in &names {
            for born in &born {
                self.add("person", &[name, born]);
            }
        }
        if matches!(who.role, PartyRole::Survivor | PartyRole::Perpetrator) {
            self.in_doubt(who, &born);
        }
    }

    /// What says no more than that somebody may be the same.
    fn in_doubt(&mut self, who: &Someone, born: &[String]) {
        for contact in &who.contacts {
            self.add("phone", &[&phone(contact).unwrap_or_default()]);
        }
        let identity = &who.identity;
        let family = identity.family_name.as_deref();
        // A name that could not be read is nobody's.
        let family = family.filter(|name| !name.contains(damage::MARK));
        let family = (self.fold)(family.unwrap_or_default());
        let given = (self.fold)(identity.given_names.as_deref().unwrap_or_default());
        let initial: String = given.chars().take(1).collect();
        for born in born {
            self.add("family_born", &[&family, born]);
            let year = born.split('-').next().unwrap_or_default();
            self.add("sound", &[&soundex(&family), &initial, year]);
        }
        for postcode in &who.postcodes {
            self.add("place", &[&(self.fold)(postcode), &family]);
        }
    }

    fn pair(&mut self, survivor: &Identity, perpetrator: &Identity) {
        let exact = (
            survivor.exact_by(self.fold),
            perpetrator.exact_by(self.fold),
        );
        let both: Vec<&str> = match &exact {
            (Some(one), Some(other)) => one.iter().chain(other).map(String::as_str).collect(),
            _ => Vec::new(),
        };
        self.add("pair", &both);
        let names = [survivor, perpetrator].map(|who| self.whole_name(who));
        self.add("pair_names", &[&names[0], &names[1]]);
    }

    /// Given and family name together, in whatever order; empty unless both are known.
    fn whole_name(&self, identity: &Identity) -> String {
        match (&identity.given_names, &identity.family_name) {
            (Some(given), Some(family)) => self.words(&format!("{given} {family}")),
            _ => String::new(),
        }
    }

    fn words(&self, name: &str) -> String {
        words(name, self.fold)
    }
}

fn words(name: &str, fold: Fold) -> String {
    let mut words: Vec<String> = name.split_whitespace().map(fold).collect();
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
    use crate::text::Line;

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
        let folded = |name| words(name, names::folded);
        assert_eq!(folded("Karl  STONE"), folded("stone karl"));
    }
    fn called(role: PartyRole, given: &str, family: &str) -> Someone {
        Someone {
            role,
            identity: Identity {
                given_names: Some(Line::as_stored(given)),
                family_name: Some(Line::as_stored(family)),
                ..Identity::default()
            },
            postcodes: vec!["LS1 1AA".to_owned()],
            contacts: vec!["07700 900123".to_owned(), "ask for Jo".to_owned()],
        }
    }

    #[test]
    fn every_folding_makes_as_many_in_the_same_order() {
        let keys = KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap();
        let people = [
            called(PartyRole::Survivor, "Zoë", "Strauß"),
            called(PartyRole::Perpetrator, "\u{2121}", "-"),
        ];
        let before = of_people_by(&people, &keys, BEFORE);
        let now = of_people_by(&people, &keys, NOW);
        assert_eq!(before.len(), now.len());
        for (before, now) in before.iter().zip(&now) {
            if let (Some(before), Some(now)) = (before, now) {
                assert_eq!(before.kind, now.kind);
            }
        }
        let kinds: Vec<&str> = now.iter().flatten().map(|token| token.kind).collect();
        assert_eq!(kinds, ["phone", "place", "phone", "pair_names"]);
    }

    #[test]
    fn what_an_older_folding_gives_stands_beside_only_where_it_differs() {
        let keys = KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap();
        let versions = |given| {
            let people = [called(PartyRole::Survivor, given, "Stone")];
            let made = of_people(&people, &keys).into_iter();
            made.map(|token| (token.kind, token.version))
                .collect::<Vec<_>>()
        };
        assert_eq!(versions("Karl"), [("phone", 2), ("place", 2)]);
        let born = |given| Identity {
            date_of_birth: chrono::NaiveDate::from_ymd_opt(1990, 4, 2).map(Into::into),
            ..called(PartyRole::Survivor, given, "Stone").identity
        };
        assert_eq!(of_somebody(&born("Karl"), &keys).len(), 3);
        assert_eq!(of_somebody(&born("Zoë"), &keys).len(), 6);
    }
}
