//! Which passwords are taken: long ones that are not on anybody's list, do not say whose they are, and
//! are not the one before.

use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use zxcvbn::{Score, zxcvbn};

use super::password::{MAX_LENGTH, MIN_LENGTH, prepared};
use kernel::error::{Error, Result};

/// What everybody knows who knows the person.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub address: String,
    /// Their agency, and the MARACs where they have a role: names and codes.
    pub places: Vec<String>,
}

/// Long passwords that many people use, in lower case, one to a line. Most are from the list of common
/// passwords that Django ships (BSD licence); shorter ones, padded or repeated, are found by zxcvbn.
static COMMON: LazyLock<Vec<String>> = LazyLock::new(|| {
    let lines = include_str!("common_passwords.txt").lines();
    lines.map(letters).collect()
});

/// Shortest part of a name or address that a password may not contain.
const PART: usize = 4;
/// The same of the name of an agency or MARAC, whose words are in common use.
const WORD: usize = 6;

/// Refuses a password that breaks a rule.
pub fn check(pointer: &str, password: &str, about: &About) -> Result<()> {
    let prepared = prepared(password);
    let refused = |code, message| Err(Error::field(pointer, code, message));
    if prepared.chars().any(char::is_control) {
        return refused("control_character", "Use characters that can be seen.");
    }
    let length = prepared.chars().count();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        return refused("length", "Use 15 to 256 characters.");
    }
    let plain = letters(&prepared);
    if own(about).iter().any(|part| plain.contains(part)) {
        let message = "This contains a part of your name or address. Choose another.";
        return refused("own_name", message);
    }
    if places(about).iter().any(|word| plain.contains(word)) {
        let message = "This contains the name of your agency or MARAC. Choose another.";
        return refused("agency_name", message);
    }
    if COMMON.contains(&plain) || is_guessable(&prepared) {
        return refused("common", "This is easily guessed. Choose another.");
    }
    Ok(())
}

/// The refusal of a new password that is the one before.
pub fn same_as_before(pointer: &str) -> Error {
    Error::field(pointer, "same_as_before", "This is the password so far.")
}

/// Made of words, names, dates, rows of keys and repetitions that are tried first.
fn is_guessable(password: &str) -> bool {
    // Its work grows with the length; whoever has so much that is hard to guess has enough.
    let start: String = password.chars().take(100).collect();
    zxcvbn(&start, &[]).score() < Score::Three
}

/// Letters and figures alone, alike in every case and width.
fn letters(text: &str) -> String {
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let lower = text.to_lowercase();
    lower.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn parts(text: &str, shortest: usize) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).map(letters);
    parts.filter(move |part| part.chars().count() >= shortest)
}

fn own(about: &About) -> Vec<String> {
    let (person, domain) = about.address.split_once('@').unwrap_or_default();
    // The last label is a country or a kind.
    let domain = domain.rsplit_once('.').map_or("", |(domain, _)| domain);
    let whole = [letters(&about.name), letters(person)];
    whole
        .into_iter()
        .filter(|text| text.chars().count() >= PART)
        .chain(
            [&about.name, person, domain]
                .into_iter()
                .flat_map(|text| parts(text, PART)),
        )
        .collect()
}

fn places(about: &About) -> Vec<String> {
    let names = about.places.iter();
    let whole = names.clone().map(|name| letters(name));
    whole
        .filter(|name| name.chars().count() >= PART)
        .chain(names.flat_map(|name| parts(name, WORD)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<String> {
        let about = About {
            name: "Zoë Okonjo-Lee".into(),
            address: "z.hartley@steadyground.example".into(),
            places: vec!["City Housing".into(), "Westminster".into(), "WCC".into()],
        };
        match check("/new", password, &about) {
            Ok(()) => None,
            Err(Error::Problem(problem)) => Some(problem.errors[0].code.clone()),
            Err(_) => unreachable!(),
        }
    }

    #[test]
    fn each_rule_refuses_by_its_name() {
        let table = [
            ("four random socks tonight", None),
            ("vK3#pq9Lw!zT7&xB", None),
            ("ein sehr ungewöhnlicher Satz", None),
            ("短い文ではなく長い文を選ぶことにします", None),
            ("fourteen chars", Some("length")),
            ("password1234567", Some("common")),
            ("PasswordPassword1!", Some("common")),
            ("aaaaaaaaaaaaaaaaaaaa", Some("common")),
            ("               ", Some("common")),
            ("123456789012345678", Some("common")),
            ("qwertyuiopasdfghjkl", Some("common")),
            ("Correct Horse Battery Staple", Some("common")),
            ("ManchesterUnited", Some("common")),
            ("iloveyouiloveyou", Some("common")),
            ("my okonjo keeps bees here", Some("own_name")),
            ("my OKONJO keeps bees here", Some("own_name")),
            ("my ＯＫＯＮＪＯ keeps bees here", Some("own_name")),
            ("o.k.o.n.j.o keeps bees here", Some("own_name")),
            ("the Hartley collection of 9 hats", Some("own_name")),
            ("steadyground has 9 odd hats", Some("own_name")),
            ("a westminster of odd hats", Some("agency_name")),
            ("cityhousing of nine odd hats", Some("agency_name")),
            ("nine odd hats in housing", Some("agency_name")),
            ("nine odd\u{7}hats in a row", Some("control_character")),
            ("nine odd\nhats in a row", Some("control_character")),
        ];
        for (password, expected) in table {
            assert_eq!(code(password).as_deref(), expected, "{password}");
        }
        assert_eq!(
            code(&"four random socks ".repeat(20)).as_deref(),
            Some("length")
        );
    }

    #[test]
    fn no_length_takes_long_to_judge() {
        let long: String = "aB3$".repeat(64);
        check("/new", &long, &About::default()).ok();
    }
}
