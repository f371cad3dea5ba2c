//! In what names, doors and numbers are alike, however they are written.

/// A name as it sounds: what it begins with, and up to three codes of American Soundex for what follows. It
/// takes folded letters; those of other alphabets stand for themselves.
pub fn sound(name: &str) -> String {
    soundex(&as_heard(name))
}

/// Beginnings that are spelt in more than one way, and one spelling for each: Soundex alone keeps the first
/// letter. The first that fits holds.
const BEGINNINGS: [(&str, &str); 17] = [
    ("ph", "f"),
    ("kn", "n"),
    ("gn", "n"),
    ("pn", "n"),
    ("wr", "r"),
    ("wh", "w"),
    ("ps", "s"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "sy"),
    ("ge", "je"),
    ("gi", "ji"),
    ("gy", "jy"),
    ("c", "k"),
    ("q", "k"),
    ("x", "s"),
    ("z", "s"),
];

fn as_heard(name: &str) -> String {
    let heard = |(spelt, heard): &(&str, &str)| {
        let rest = name.strip_prefix(spelt)?;
        Some(format!("{heard}{rest}"))
    };
    let found = BEGINNINGS.iter().find_map(heard);
    found.unwrap_or_else(|| name.to_owned())
}

/// American Soundex of letters in lower case.
pub fn soundex(name: &str) -> String {
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

/// The words of a name, in whatever order.
pub fn words(name: &str, fold: fn(&str) -> String) -> String {
    let mut words: Vec<String> = name.split_whitespace().map(fold).collect();
    words.sort();
    words.concat()
}

/// What tells a door from the others of its postcode: the numbers of the lines, or where there is none their
/// words, in whatever order. "Flat 2, 11 Mill Street" and "11 MILL ST, FLAT 2, LEEDS" are one door.
pub fn door(lines: &str, postcode: &str, fold: fn(&str) -> String) -> String {
    let inward = postcode.char_indices().rev().nth(2);
    let (outward, inward) = postcode.split_at(inward.map_or(0, |(at, _)| at));
    let words = lines.split(|letter: char| !letter.is_alphanumeric());
    let mut words: Vec<String> = words.map(fold).collect();
    words.retain(|word| !["", postcode, outward, inward].contains(&word.as_str()));
    let runs = words
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_ascii_digit()));
    let numbers = runs.filter(|run| !run.is_empty());
    let mut numbers: Vec<String> = numbers
        .map(|run| run.trim_start_matches('0').to_owned())
        .collect();
    let told_by = if numbers.is_empty() {
        &mut words
    } else {
        &mut numbers
    };
    told_by.sort();
    told_by.join(" ")
}

/// The digits of a telephone number, the country's prefix as a zero.
pub fn phone(contact: &str) -> Option<String> {
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
    // A number of one digit alone stands for none.
    let is_one = digits.chars().all(|digit| digits.starts_with(digit));
    ((9..=15).contains(&digits.len()) && !is_one).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::folded;

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
    fn a_name_sounds_the_same_whatever_letter_its_beginning_is_spelt_with() {
        for (one, other) in [
            ("catherine", "katharine"),
            ("philip", "filip"),
            ("phelps", "felps"),
            ("geoff", "jeff"),
            ("gerard", "jerard"),
            ("zander", "sander"),
            ("xavier", "zavier"),
            ("cyril", "syril"),
            ("kerr", "carr"),
            ("quinn", "kinn"),
            ("knight", "night"),
            ("wright", "right"),
            ("stephen", "steven"),
        ] {
            assert_eq!(sound(one), sound(other), "{one} {other}");
        }
        for (one, other) in [("gordon", "jordan"), ("peter", "feter"), ("李", "王")] {
            assert_ne!(sound(one), sound(other), "{one} {other}");
        }
        assert_eq!((sound(""), sound("c")), (String::new(), "k".to_owned()));
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
        let folded = |name| words(name, folded);
        assert_eq!(folded("Karl  STONE"), folded("stone karl"));
    }

    #[test]
    fn a_door_is_the_same_however_the_address_is_written() {
        let door = |lines| door(lines, "w99zz", folded);
        for lines in [
            "Flat 2, 11 Mill Street",
            "11 MILL ST. FLAT 2\nLondon W9 9ZZ",
            "Flat 02/11, Mill Street, w99zz",
            "2-11 Mill Str",
        ] {
            assert_eq!(door(lines), "11 2", "{lines}");
        }
        assert_eq!(
            door("Rose Cottage, The Green"),
            door("the green; ROSE  cottage")
        );
        for lines in [
            "Flat 3, 11 Mill Street",
            "11 Mill Street",
            "Rose Cottage",
            "W9 9ZZ",
            "",
        ] {
            assert_ne!(door(lines), "11 2", "{lines}");
        }
        assert_eq!((door(""), door("W9 9ZZ")), (String::new(), String::new()));
    }
}
