//! The keyed hashes by which files of the same people are found. Each is made of two fields or more, a
//! phone number apart; none can be turned back into what it was made of.

use std::collections::{BTreeMap, BTreeSet};

use super::someone::{Someone, people};
use kernel::crypto::KeyRing;
use practice::document::Document;
use practice::likeness::{door, phone, sound, soundex, words};
use practice::names;
use practice::party::{Identity, PartyRole};
use practice::text::{Line, UNREADABLE};
use practice::vocabulary;

/// The version of what tokens are made of, and how. A new kind, or another way of folding names or of hearing
/// them, is a new version: a job makes the tokens of files anew that an older one had made.
pub const VERSION: i16 = 3;

vocabulary! {
    /// What a token is made of. The first four say that somebody is the same in the same part. The others say
    /// that somebody may be the same in any part: by them exclusions and restrictions follow people, and one laid
    /// in doubt is better than none.
    TokenKind {
        // Both whole names and dates of birth.
        Pair = "pair",
        // Whole name and date of birth.
        Survivor = "survivor",
        Perpetrator = "perpetrator",
        Child = "child",
        // Every name and every date of birth of somebody.
        Person = "person",
        // Both whole names, of whatever age.
        PairNames = "pair_names",
        // Both dates of birth, whatever they are called.
        PairBorn = "pair_born",
        FamilyBorn = "family_born",
        // How one of the given names sounds, and the date of birth.
        GivenBorn = "given_born",
        // How the family name sounds, the first sound of the given names, and the year of birth.
        Sound = "sound",
        // Postcode and family name.
        Place = "place",
        // Postcode and how the family name sounds.
        PlaceSound = "place_sound",
        // Postcode and what tells one door from the others there.
        Door = "door",
        Phone = "phone",
    }
}

impl TokenKind {
    /// Whether the search of people alone goes by it. Of these a case has those of its people as they are
    /// called now; of the others it has those of its referrals too, and is found in the spelling of each.
    pub fn is_of_search(self) -> bool {
        matches!(self, Self::Survivor | Self::Perpetrator | Self::Child)
    }

    /// The version that first made it.
    fn since(self) -> i16 {
        match self {
            Self::Pair
            | Self::Survivor
            | Self::Perpetrator
            | Self::Child
            | Self::Person
            | Self::PairNames
            | Self::FamilyBorn
            | Self::Sound
            | Self::Place
            | Self::Phone => 1,
            Self::PairBorn | Self::GivenBorn | Self::PlaceSound | Self::Door => 3,
        }
    }
}

/// A keyed hash of something by which a file is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token {
    /// What it is a hash of.
    pub kind: TokenKind,
    /// The hash.
    pub hash: Vec<u8>,
    /// The version that made it.
    pub version: i16,
}

/// How a version makes tokens.
struct Making {
    version: i16,
    /// How names are folded before they are compared.
    fold: fn(&str) -> String,
    /// How a folded name sounds.
    sound: fn(&str) -> String,
}

/// The newest first. A file keeps the tokens of an older one until the job has come to it.
const MAKINGS: [Making; 3] = [
    Making {
        version: VERSION,
        fold: names::folded,
        sound,
    },
    Making {
        version: 2,
        fold: names::folded,
        sound: soundex,
    },
    Making {
        version: 1,
        fold: names::folded_before,
        sound: soundex,
    },
];

/// The tokens of a referral's people.
pub fn of_document(document: &Document, keys: &KeyRing) -> Vec<Token> {
    of_people(&people(document), keys)
}

/// The tokens of the people of one file. Those that older versions give stand beside them where they differ,
/// so that a file is found by older files from its first moment; `renewal` takes them away.
pub fn of_people(people: &[Someone], keys: &KeyRing) -> Vec<Token> {
    of_every_version(|making| {
        let mut made = Made::new(keys, making);
        made.all(people);
        made.tokens
    })
}

/// The tokens of a case: of its people as they are recorded, and of those whom its referrals name. The search
/// goes by what is recorded; where nobody is yet, by the referral.
pub(super) fn of_case(recorded: &[Someone], named: &[Someone], keys: &KeyRing) -> Vec<Token> {
    let of = |people: &[Someone], of_search: bool| {
        let tokens = of_people(people, keys).into_iter();
        tokens.filter(move |token| token.kind.is_of_search() == of_search)
    };
    let searched = match recorded.is_empty() {
        true => named,
        false => recorded,
    };
    of(&[recorded, named].concat(), false)
        .chain(of(searched, true))
        .collect()
}

/// What the search finds somebody by, as an older version made it, beside what it is today.
pub(super) fn searched_anew(who: &Someone, keys: &KeyRing) -> Vec<(Token, Token)> {
    let tokens = of_people(std::slice::from_ref(who), keys).into_iter();
    let tokens: Vec<Token> = tokens.filter(|token| token.kind.is_of_search()).collect();
    let today = tokens.iter().find(|token| token.version == VERSION);
    let pairs = today.map(|today| tokens.iter().map(|each| (each.clone(), today.clone())));
    pairs.into_iter().flatten().collect()
}

/// The tokens by which somebody is found in one of the parts that the search goes by.
pub(super) fn of_somebody(identity: &Identity, keys: &KeyRing) -> Vec<Token> {
    of_every_version(|making| {
        let mut made = Made::new(keys, making);
        for kind in [
            TokenKind::Survivor,
            TokenKind::Perpetrator,
            TokenKind::Child,
        ] {
            made.exact(kind, identity);
        }
        made.tokens
    })
}

/// Those of the tokens that are not among the others, whichever version made them.
pub(super) fn without(tokens: Vec<Token>, others: &[Token]) -> Vec<Token> {
    let others: BTreeSet<_> = others
        .iter()
        .map(|other| (other.kind, &other.hash))
        .collect();
    let is_other = |token: &Token| others.contains(&(token.kind, &token.hash));
    tokens
        .into_iter()
        .filter(|token| !is_other(token))
        .collect()
}

type Hashed = (TokenKind, Vec<u8>);

/// Each token once, as of the newest version that makes it.
fn of_every_version(make: impl Fn(&'static Making) -> Vec<Hashed>) -> Vec<Token> {
    let mut tokens = BTreeMap::new();
    for making in &MAKINGS {
        for hashed in make(making) {
            tokens.entry(hashed).or_insert(making.version);
        }
    }
    let token = |((kind, hash), version)| Token {
        kind,
        hash,
        version,
    };
    tokens.into_iter().map(token).collect()
}

struct Made<'k> {
    keys: &'k KeyRing,
    making: &'static Making,
    tokens: Vec<Hashed>,
}

impl<'k> Made<'k> {
    fn new(keys: &'k KeyRing, making: &'static Making) -> Self {
        Self {
            keys,
            making,
            tokens: Vec::new(),
        }
    }

    /// A token of these values, unless one of them is not known.
    fn add(&mut self, kind: TokenKind, values: &[&str]) {
        let is_known = !values.is_empty() && values.iter().all(|value| !value.is_empty());
        if is_known && kind.since() <= self.making.version {
            let hash = self.keys.index(kind.as_str(), values);
            self.tokens.push((kind, hash));
        }
    }

    fn all(&mut self, people: &[Someone]) {
        for who in people {
            self.one(who);
        }
        let of_role = |role| people.iter().filter(move |who| who.role == role);
        for survivor in of_role(PartyRole::Survivor) {
            for perpetrator in of_role(PartyRole::Perpetrator) {
                self.pair(&survivor.identity, &perpetrator.identity);
            }
        }
    }

    fn one(&mut self, who: &Someone) {
        let identity = &who.identity;
        match who.role {
            PartyRole::Survivor => self.exact(TokenKind::Survivor, identity),
            PartyRole::Perpetrator => self.exact(TokenKind::Perpetrator, identity),
            PartyRole::Child => self.exact(TokenKind::Child, identity),
            PartyRole::OtherAdult => {}
        }
        let born = births(identity);
        let mut names = vec![self.whole_name(identity)];
        names.extend(identity.aliases.iter().map(|alias| self.words(alias)));
        for name in &names {
            for born in &born {
                self.add(TokenKind::Person, &[name, born]);
            }
        }
        if matches!(who.role, PartyRole::Survivor | PartyRole::Perpetrator) {
            self.in_doubt(who, &born);
        }
    }

    fn exact(&mut self, kind: TokenKind, identity: &Identity) {
        let exact = identity.exact_by(self.making.fold);
        let exact: Vec<&str> = exact.iter().flatten().map(String::as_str).collect();
        self.add(kind, &exact);
    }

    /// What says no more than that somebody may be the same.
    fn in_doubt(&mut self, who: &Someone, born: &[String]) {
        let Making { fold, sound, .. } = self.making;
        for contact in &who.contacts {
            self.add(TokenKind::Phone, &[&phone(contact).unwrap_or_default()]);
        }
        let family = fold(readable(who.identity.family_name.as_ref()));
        let given = readable(who.identity.given_names.as_ref());
        let initial: String = sound(&fold(given)).chars().take(1).collect();
        // An initial is many people's.
        let given = given.split_whitespace().map(fold);
        let given: Vec<String> = given
            .filter(|name| name.len() > 1)
            .map(|name| sound(&name))
            .collect();
        for born in born {
            self.add(TokenKind::FamilyBorn, &[&family, born]);
            let year = born.split('-').next().unwrap_or_default();
            self.add(TokenKind::Sound, &[&sound(&family), &initial, year]);
            for name in &given {
                self.add(TokenKind::GivenBorn, &[name, born]);
            }
        }
        for home in &who.addresses {
            let postcode = fold(home.postcode.as_deref().unwrap_or_default());
            self.add(TokenKind::Place, &[&postcode, &family]);
            self.add(TokenKind::PlaceSound, &[&postcode, &sound(&family)]);
            if !home.is_refuge {
                let door = door(&home.lines, &postcode, *fold);
                self.add(TokenKind::Door, &[&postcode, &door]);
            }
        }
    }

    fn pair(&mut self, survivor: &Identity, perpetrator: &Identity) {
        let fold = self.making.fold;
        if let (Some(one), Some(other)) = (survivor.exact_by(fold), perpetrator.exact_by(fold)) {
            let both: Vec<&str> = one.iter().chain(&other).map(String::as_str).collect();
            self.add(TokenKind::Pair, &both);
        }
        let names = [survivor, perpetrator].map(|who| self.whole_name(who));
        self.add(TokenKind::PairNames, &[&names[0], &names[1]]);
        // Estimated dates are those of many: the first of January of a year.
        let exact = |identity: &Identity| match identity.date_of_birth_estimated {
            true => Vec::new(),
            false => births(identity),
        };
        for one in exact(survivor) {
            for other in exact(perpetrator) {
                // Whichever of them is named as the survivor.
                let (first, second) = (one.as_str().min(&other), one.as_str().max(&other));
                self.add(TokenKind::PairBorn, &[first, second]);
            }
        }
    }

    /// Given and family name together, in whatever order; empty unless both are known.
    fn whole_name(&self, identity: &Identity) -> String {
        let given = readable(identity.given_names.as_ref());
        let family = readable(identity.family_name.as_ref());
        match given.is_empty() || family.is_empty() {
            true => String::new(),
            false => self.words(&format!("{given} {family}")),
        }
    }

    fn words(&self, name: &str) -> String {
        words(name, self.making.fold)
    }
}

/// A name that could not be read is nobody's.
fn readable(name: Option<&Line<120>>) -> &str {
    let name = name.map(Line::as_str);
    name.filter(|name| !name.contains(UNREADABLE))
        .unwrap_or_default()
}

/// Every date of birth of somebody.
fn births(identity: &Identity) -> Vec<String> {
    let born = identity.date_of_birth.iter();
    let born = born.chain(&identity.other_dates_of_birth);
    born.map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::someone::Home;

    fn keys() -> KeyRing {
        KeyRing::parse(&KeyRing::new_file(true).unwrap()).unwrap()
    }

    fn called(role: PartyRole, given: &str, family: &str) -> Someone {
        Someone {
            role,
            identity: Identity {
                given_names: Some(Line::as_stored(given)),
                family_name: Some(Line::as_stored(family)),
                ..Identity::default()
            },
            addresses: vec![Home {
                lines: "3 Mill Lane".to_owned(),
                postcode: Some("LS1 1AA".to_owned()),
                is_refuge: false,
            }],
            contacts: vec!["07700 900123".to_owned(), "ask for Jo".to_owned()],
        }
    }

    fn born(mut who: Someone, (year, month, day): (i32, u32, u32)) -> Someone {
        let date = chrono::NaiveDate::from_ymd_opt(year, month, day);
        who.identity.date_of_birth = date.map(Into::into);
        who
    }

    /// How many there are of each kind.
    fn counted(tokens: &[Token]) -> BTreeMap<&'static str, usize> {
        let mut counted = BTreeMap::new();
        for token in tokens {
            *counted.entry(token.kind.as_str()).or_default() += 1;
        }
        counted
    }

    /// The kinds by which files of these people meet.
    fn met(one: &[Someone], other: &[Someone], keys: &KeyRing) -> Vec<&'static str> {
        let other = of_people(other, keys);
        let mut kinds: Vec<_> = of_people(one, keys)
            .into_iter()
            .filter(|token| {
                other
                    .iter()
                    .any(|o| (o.kind, &o.hash) == (token.kind, &token.hash))
            })
            .map(|token| token.kind.as_str())
            .collect();
        kinds.dedup();
        kinds
    }

    #[test]
    fn every_kind_is_made_of_what_is_known() {
        let keys = keys();
        let survivor = called(PartyRole::Survivor, "Amina Zoe", "Stone");
        let perpetrator = called(PartyRole::Perpetrator, "K.", "Reed");
        let nobody = called(PartyRole::Perpetrator, "-", UNREADABLE);
        let of = |people: &[Someone]| counted(&of_people(people, &keys));
        let dateless = [
            ("door", 1),
            ("pair_names", 1),
            ("phone", 1),
            ("place", 2),
            ("place_sound", 2),
        ];
        assert_eq!(
            of(&[survivor.clone(), perpetrator.clone()]),
            dateless.into()
        );
        let dated = [
            born(survivor, (1990, 4, 2)),
            born(perpetrator, (1985, 11, 20)),
        ];
        let all = [
            ("door", 1),
            ("family_born", 2),
            ("given_born", 2),
            ("pair", 1),
            ("pair_born", 1),
            ("pair_names", 1),
            ("perpetrator", 1),
            ("person", 2),
            ("phone", 1),
            ("place", 2),
            ("place_sound", 2),
            ("sound", 2),
            ("survivor", 1),
        ];
        assert_eq!(of(&dated), all.into());
        let unreadable = [("door", 1), ("phone", 1)];
        assert_eq!(of(&[born(nobody, (1985, 11, 20))]), unreadable.into());
        let child = born(called(PartyRole::Child, "Sam", "Stone"), (2018, 6, 1));
        assert_eq!(of(&[child]), [("child", 1), ("person", 1)].into());
    }

    #[test]
    fn files_meet_by_what_is_alike() {
        let keys = keys();
        let her = |given, family, on| {
            let mut who = born(called(PartyRole::Survivor, given, family), on);
            who.contacts.clear();
            who
        };
        let moved = |mut who: Someone, lines: &str, postcode: &str, is_refuge| {
            let (lines, postcode) = (lines.to_owned(), Some(postcode.to_owned()));
            who.addresses = vec![Home {
                lines,
                postcode,
                is_refuge,
            }];
            who
        };
        let away = |who| moved(who, "9 Far Road", "N1 1AA", false);
        let (on, other) = ((1990, 4, 2), (1971, 9, 9));
        let known = her("Catherine Ann", "Phelps", on);
        let table: [(Someone, &[&str]); 9] = [
            (her("Jana", "Lind", other), &["door"]),
            (
                moved(her("Jana", "Lind", other), "Lane Mill, 3", "ls11aa", true),
                &[],
            ),
            (away(her("Ann", "Lind", on)), &["given_born"]),
            (away(her("Katharine", "Lind", on)), &["given_born"]),
            (away(her("C", "Lind", on)), &[]),
            (away(her("Jana", "Lind", on)), &[]),
            (away(her("Katharine", "Lind", other)), &[]),
            (away(her("K", "Felps", (1990, 1, 1))), &["sound"]),
            (
                moved(her("Jana", "Felps", other), "8 Mill Lane", "LS1 1AA", false),
                &["place_sound"],
            ),
        ];
        for (who, by) in table {
            let found = met(
                std::slice::from_ref(&known),
                std::slice::from_ref(&who),
                &keys,
            );
            assert_eq!(found, by, "{who:?}");
        }
        let him = |on| {
            let mut who = away(born(called(PartyRole::Perpetrator, "Piotr", "Moss"), on));
            who.contacts.clear();
            who
        };
        let couple = [known, him(other)];
        let also = |mut who: Someone, (year, month, day)| {
            let date = chrono::NaiveDate::from_ymd_opt(year, month, day);
            who.identity.other_dates_of_birth = date.map(Into::into).into_iter().collect();
            who
        };
        let strangers = |hers, his| {
            let him = born(called(PartyRole::Perpetrator, "Tom", "Reed"), his);
            let mut couple = [her("Jana", "Lind", hers), him];
            for who in &mut couple {
                who.contacts.clear();
                who.addresses.clear();
            }
            couple
        };
        assert_eq!(met(&couple, &strangers(on, other), &keys), ["pair_born"]);
        assert_eq!(met(&couple, &strangers(other, on), &keys), ["pair_born"]);
        let [hers, his] = strangers((1960, 1, 1), other);
        assert_eq!(met(&couple, &[also(hers, on), his], &keys), ["pair_born"]);
        assert!(met(&couple, &strangers(on, (1960, 1, 1)), &keys).is_empty());
    }

    #[test]
    fn what_an_older_version_gives_stands_beside_only_where_it_differs() {
        let keys = keys();
        let older = |given, family| {
            let who = born(called(PartyRole::Survivor, given, family), (1990, 4, 2));
            let made = of_people(&[who], &keys).into_iter();
            let older = made.filter(|token| token.version < VERSION);
            older
                .map(|token| (token.kind.as_str(), token.version))
                .collect::<Vec<_>>()
        };
        assert_eq!(older("Karl", "Stone"), []);
        assert_eq!(older("Karl", "Philips"), [("sound", 2)]);
        let marked = [("survivor", 1), ("person", 1), ("sound", 2)];
        assert_eq!(older("Zoë", "Stone"), marked);
        let who = born(called(PartyRole::Survivor, "Zoë", "Stone"), (1990, 4, 2));
        assert_eq!(of_somebody(&who.identity, &keys).len(), 6);
        let anew = searched_anew(&who, &keys);
        let versions: BTreeSet<_> = anew.iter().map(|(a, b)| (a.version, b.version)).collect();
        assert_eq!(versions, [(1, VERSION), (VERSION, VERSION)].into());
    }

    #[test]
    fn a_case_is_found_in_the_spelling_of_its_referrals_but_searched_in_its_own() {
        let keys = keys();
        let of = |given, family, role| born(called(role, given, family), (1990, 4, 2));
        let recorded = [
            of("Ada", "Bello", PartyRole::Survivor),
            of("Karl", "Stone", PartyRole::Perpetrator),
        ];
        let named = [
            of("Ada", "Below", PartyRole::Survivor),
            of("Karl", "Stohne", PartyRole::Perpetrator),
        ];
        let counted = counted(&of_case(&recorded, &named, &keys));
        assert_eq!((counted["survivor"], counted["perpetrator"]), (1, 1));
        // Each of her names with each of his.
        assert_eq!((counted["person"], counted["pair"]), (4, 4));
        let mut at_intake = of_case(&[], &named, &keys);
        at_intake.sort();
        assert_eq!(at_intake, of_people(&named, &keys));
        let gone = without(of_people(&named, &keys), &of_case(&recorded, &named, &keys));
        assert!(gone.iter().all(|token| token.kind.is_of_search()));
    }
}
