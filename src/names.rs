//! How names are compared: for search, for matching, for what is the same alias. They are stored as they were
//! given.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// A name as it is compared: compatible forms as one (NFKC), full case folding (`ß` is `ss`), without marks, with
/// letters that hold a stroke or join two taken apart, and of what is left letters and digits alone. A dotted and a
/// dotless `i` are one letter, as they are to whoever has no Turkish keyboard. A change of what it gives is a new
/// version of tokens.
pub fn folded(name: &str) -> String {
    let one_form = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
    let folded = CaseMapper::new().fold_string(&one_form);
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(&folded);
    let mut out = String::with_capacity(apart.len());
    for letter in apart.chars() {
        match letter {
            'ı' => out.push('i'),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ħ' => out.push('h'),
            'ŧ' => out.push('t'),
            'þ' => out.push_str("th"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            // A mark is no letter, though some of them count as alphabetic.
            letter if is_mark(letter) => {}
            letter if letter.is_alphanumeric() => out.push(letter),
            _ => {}
        }
    }
    out
}

/// A mark over, under or through a letter, as Latin, Greek, Cyrillic, Arabic and Hebrew have them. The vowel signs of
/// other scripts are no such marks: without them names that are two would be one.
fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The same as the tokens of version 1 were made by: letters and digits alone, lower case.
pub(crate) fn folded_before(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_one_compare_equal() {
        let table: &[&[&str]] = &[
            &["Müller", "MÜLLER", "Mu\u{308}ller", "muller"],
            &["Strauß", "STRAUSS", "strauss", "STRAUẞ"],
            &["Yıldız", "YILDIZ", "Yildiz", "yıldız"],
            &["İpek", "ipek", "IPEK", "i\u{307}pek"],
            &["O'Brien", "O’Brien", "OBRIEN", "O Brien", "o-brien"],
            &[
                "Ångström",
                "Angstrom",
                "A\u{30a}ngstro\u{308}m",
                "\u{212b}ngström",
            ],
            &["Zoë", "Zoe", "ZOË"],
            &["Łukasz", "Lukasz", "łukasz"],
            &["Sørensen", "Sorensen"],
            &["Æthelred", "aethelred"],
            &["Ｍａｒｙ", "Mary"],
            &["ﬁona", "fiona"],
            &["Nguyễn", "Nguyen"],
            &["Đặng", "Dang"],
            &["Σίσυφος", "ΣΙΣΥΦΟΣ", "σισυφοσ"],
            &["Þór", "thor"],
        ];
        for names in table {
            for name in *names {
                assert_eq!(folded(name), folded(names[0]), "{name}");
            }
        }
    }

    #[test]
    fn names_that_are_two_do_not() {
        for (one, other) in [
            ("Anna", "Hannah"),
            ("Lee", "Li"),
            ("محمد", "أحمد"),
            ("李", "王"),
            ("राम", "रोम"),
        ] {
            assert_ne!(folded(one), folded(other));
        }
        assert_eq!(folded(" - ' "), "");
    }

    #[test]
    fn what_is_folded_is_folded_again_to_the_same() {
        for name in [
            "Strauß",
            "İpek",
            "Ångström",
            "Nguyễn",
            "ﬁona",
            "Σίσυφος",
            "محمد",
        ] {
            assert_eq!(folded(&folded(name)), folded(name), "{name}");
        }
    }
}
