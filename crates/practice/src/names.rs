//! How names are compared: for search, for matching, for what is the same alias. They are stored as they were
//! given.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// A name as it is compared: compatible forms as one (NFKC), full case folding (`ß` is `ss`), without the marks of
/// scripts whose marks are left out by whoever has not the keyboard, with letters that hold a stroke or a hook or join
/// two taken apart, and of what is left letters and digits alone. A dotted and a dotless `i` are one letter, as they are
/// to whoever has no Turkish keyboard; so are the Persian and the Arabic yeh and kaf. A change of what it gives is a new
/// version of tokens.
pub fn folded(name: &str) -> String {
    let one_form = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
    let folded = CaseMapper::new().fold_string(&one_form);
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(&folded);
    let mut out = String::with_capacity(apart.len());
    let mut keeps_marks = false;
    for letter in apart.chars() {
        if is_mark(letter) {
            if keeps_marks && !is_ignorable(letter) {
                out.push(letter);
            }
            continue;
        }
        if is_apostrophe(letter) || is_ignorable(letter) || !letter.is_alphanumeric() {
            continue;
        }
        keeps_marks = marks_make_letters(letter);
        match plain(letter) {
            Some(letters) => out.push_str(letters),
            None => out.push(letter),
        }
    }
    out
}

fn is_mark(letter: char) -> bool {
    matches!(
        CodePointMapData::<GeneralCategory>::new().get(letter),
        GeneralCategory::NonspacingMark
            | GeneralCategory::SpacingMark
            | GeneralCategory::EnclosingMark
    )
}

/// Variation selectors and the like, which are no part of a word.
fn is_ignorable(letter: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

/// Whether a mark on this letter makes another letter of it: a voicing mark, a vowel sign, a virama, a tone. In Latin,
/// Greek, Cyrillic, Arabic and Hebrew it does not, for whoever looks for a name.
fn marks_make_letters(letter: char) -> bool {
    !matches!(
        CodePointMapData::<Script>::new().get(letter),
        Script::Latin
            | Script::Greek
            | Script::Cyrillic
            | Script::Arabic
            | Script::Hebrew
            | Script::Common
            | Script::Inherited
    )
}

/// Letters that stand for an apostrophe, an okina or an ayn and are left out like one; and the Arabic lengthening stroke.
const fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\u{2b9}'
            ..='\u{2bf}'
                | '\u{2c8}'
                | '\u{2ca}'
                | '\u{2cb}'
                | '\u{2ee}'
                | '\u{a78b}'
                | '\u{a78c}'
                | '\u{640}'
    )
}

/// What a letter is without its stroke, hook or tail, or the two that it joins: of those that no normal form takes apart.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ƀ' | 'ɓ' | 'ƃ' => "b",
        'ƈ' | 'ȼ' | 'ɕ' => "c",
        'đ' | 'ð' | 'ɖ' | 'ɗ' | 'ƌ' => "d",
        'ɇ' | 'ə' | 'ǝ' | 'ɛ' => "e",
        'ƒ' => "f",
        'ǥ' | 'ɠ' | 'ɡ' => "g",
        'ħ' | 'ɦ' | 'ⱨ' => "h",
        'ı' | 'ɨ' | 'ɩ' => "i",
        'ɉ' | 'ȷ' => "j",
        'ƙ' | 'ⱪ' | 'ꝁ' | 'ĸ' => "k",
        'ł' | 'ƚ' | 'ⱡ' | 'ɫ' | 'ɬ' | 'ɭ' => "l",
        'ŋ' | 'ɲ' | 'ƞ' | 'ɳ' => "n",
        'ø' | 'ɵ' | 'ɔ' => "o",
        'ƥ' | 'ᵽ' => "p",
        'ɋ' => "q",
        'ɍ' | 'ɽ' => "r",
        'ʂ' | 'ȿ' => "s",
        'ŧ' | 'ƭ' | 'ʈ' | 'ƫ' | 'ⱦ' => "t",
        'ʉ' | 'ʊ' => "u",
        'ʋ' => "v",
        'ⱳ' => "w",
        'ƴ' | 'ɏ' => "y",
        'ƶ' | 'ȥ' | 'ʐ' => "z",
        // Cyrillic letters with a stroke or a tail, as Kazakh, Kyrgyz, Tatar and Uzbek have them.
        'ғ' => "г",
        'қ' | 'ҝ' | 'ҟ' | 'ҡ' => "к",
        'ң' | 'ҥ' | 'ӊ' => "н",
        'ө' => "о",
        'ү' | 'ұ' => "у",
        'ҳ' | 'һ' => "х",
        'җ' => "ж",
        'ҙ' => "з",
        'ҫ' => "с",
        'ҷ' | 'ҹ' => "ч",
        // As a Persian, an Urdu and an Arabic keyboard write the same letter.
        'ک' | 'ڪ' => "ك",
        'ی' | 'ى' | 'ے' => "ي",
        _ => return None,
    })
}

/// The same as the tokens of version 1 were made by: letters and digits alone, lower case.
pub fn folded_before(name: &str) -> String {
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
            &["Ɓala", "Bala", "ɓala"],
            &["Ƙasim", "Kasim"],
            &["Ŋaala", "Naala"],
            &["Əliyev", "Eliyev"],
            &["Aƒi", "Afi"],
            &["Ħamid", "hamid"],
            &[
                "Kaleʻa",
                "Kalea",
                "Kale\u{2bc}a",
                "Kale‘a",
                "Kale’a",
                "Kale'a",
            ],
            &["كريم", "کریم", "كَرِيم", "كـريم", "کریم"],
            &["علي", "على", "علی"],
            &["أحمد", "احمد"],
            &["דָּוִד", "דוד"],
            &["Қайрат", "Кайрат"],
            &["か\u{3099}", "が"],
            &["ｶﾞ", "ガ"],
            &["क\u{93c}", "क़"],
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
            ("か", "が"),
            ("は", "ぱ"),
            ("ハ", "パ"),
            ("क", "क़"),
            ("कत", "क्त"),
            ("ขา", "ข้า"),
            ("ক", "ক্"),
            ("Đà", "Ta"),
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
            "が",
            "क़",
            "क्त",
            "ข้า",
            "Ɓala",
            "کریم",
            "각",
        ] {
            assert_eq!(folded(&folded(name)), folded(name), "{name}");
        }
    }
}
