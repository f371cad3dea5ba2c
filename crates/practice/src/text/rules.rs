//! What text must be, as pure rules over a string.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Why a text is refused. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing in it can be seen.
    Blank,
    /// More characters than the field takes.
    TooLong(usize),
    /// A secret that is too short or too long.
    SecretLength(usize, usize),
    /// A control character, NUL included.
    ControlCharacter,
    /// A line break or a tab within what is one line.
    SeveralLines,
    /// A character that turns the direction of writing round.
    BidirectionalControl,
    /// A code that Unicode reserves as no character.
    Noncharacter,
}

/// Begins the message by which a fault travels through a parser.
const SIGN: &str = "text refused:";

impl Fault {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::TooLong(_) => "too_long",
            Self::SecretLength(..) => "length",
            Self::ControlCharacter => "control_character",
            Self::SeveralLines => "one_line",
            Self::BidirectionalControl => "bidirectional_control",
            Self::Noncharacter => "noncharacter",
        }
    }

    /// What is asked for.
    pub fn message(self) -> Cow<'static, str> {
        match self {
            Self::Blank => {
                "Nothing visible stands here. Write something, or leave the field out.".into()
            }
            Self::TooLong(limit) => format!("At most {limit} characters.").into(),
            Self::SecretLength(least, most) => {
                format!("Between {least} and {most} characters.").into()
            }
            Self::ControlCharacter => "This holds a control character. Leave it out.".into(),
            Self::SeveralLines => "Give one line of text, without tabs.".into(),
            Self::BidirectionalControl => {
                "This holds a character that turns the direction of writing round. Leave it out."
                    .into()
            }
            Self::Noncharacter => "This holds a code that is no character. Leave it out.".into(),
        }
    }

    /// The most characters allowed, if that was the fault.
    pub const fn limit(self) -> Option<usize> {
        match self {
            Self::TooLong(limit) | Self::SecretLength(_, limit) => Some(limit),
            _ => None,
        }
    }

    /// The fault as the message of a parser's error.
    pub fn signal(self) -> String {
        let least = match self {
            Self::SecretLength(least, _) => least,
            _ => 0,
        };
        format!(
            "{SIGN} {} {least} {}",
            self.code(),
            self.limit().unwrap_or(0)
        )
    }

    /// The fault that a parser's error carries, if it carries one.
    pub fn from_signal(message: &str) -> Option<Self> {
        let mut words = message.strip_prefix(SIGN)?.split_whitespace();
        let code = words.next()?;
        let least = words.next()?.parse().ok()?;
        let most = words.next()?.parse().ok()?;
        [
            Self::Blank,
            Self::TooLong(most),
            Self::SecretLength(least, most),
            Self::ControlCharacter,
            Self::SeveralLines,
            Self::BidirectionalControl,
            Self::Noncharacter,
        ]
        .into_iter()
        .find(|fault| fault.code() == code)
    }
}

/// Characters that end a line: CR LF counts as one of them.
const fn ends_a_line(c: char) -> bool {
    matches!(
        c,
        '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Marks, embeddings, overrides and isolates of the bidirectional algorithm.
pub const fn is_bidirectional_control(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

const fn is_noncharacter(c: char) -> bool {
    let code = c as u32;
    (code >= 0xfdd0 && code <= 0xfdef) || code & 0xfffe == 0xfffe
}

/// Whether a character leaves nothing to be seen: spaces, what Unicode says to ignore (zero-width
/// characters, fillers, variation selectors, tags, the soft hyphen), the empty Braille pattern, blanks among the
/// hieroglyphs, marks without a letter, what only says how others are laid out, and codes without an agreed meaning.
pub fn is_invisible(c: char) -> bool {
    let category = || CodePointMapData::<GeneralCategory>::new().get(c);
    !c.is_ascii_graphic()
        && (c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{2800}' | '\u{1d159}' | '\u{13441}' | '\u{13442}')
            || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
            || matches!(
                category(),
                GeneralCategory::NonspacingMark
                    | GeneralCategory::EnclosingMark
                    | GeneralCategory::Format
                    | GeneralCategory::Unassigned
                    | GeneralCategory::PrivateUse
            ))
}

/// Whether nothing in the text can be seen.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Taken off both ends: spaces, and what is as empty as a space.
fn is_outer_space(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{180e}' | '\u{200b}' | '\u{2060}' | '\u{2800}' | '\u{feff}'
        )
}

/// Composed (NFC), with one kind of line break.
fn composed(text: &str) -> String {
    let text = match text.is_ascii() {
        true => Cow::Borrowed(text),
        false => ComposingNormalizerBorrowed::new_nfc().normalize(text),
    };
    let mut out = String::with_capacity(text.len());
    let mut after_cr = false;
    for c in text.chars() {
        if !(after_cr && c == '\n') {
            out.push(if ends_a_line(c) { '\n' } else { c });
        }
        after_cr = c == '\r';
    }
    out
}

fn refuse_codes(text: &str) -> Result<(), Fault> {
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        return Err(Fault::ControlCharacter);
    }
    match text.chars().any(is_noncharacter) {
        true => Err(Fault::Noncharacter),
        false => Ok(()),
    }
}

/// Far more bytes than the characters allowed can have, composed or not: refused before anything is
/// worked out of them.
fn refuse_flood(text: &str, most: usize) -> Result<(), Fault> {
    const BYTES: usize = 64;
    match text.len() > most.saturating_mul(BYTES) {
        true => Err(Fault::TooLong(most)),
        false => Ok(()),
    }
}

fn measured(text: &str, most: usize) -> Result<String, Fault> {
    let text = text.trim_matches(is_outer_space);
    if text.chars().count() > most {
        return Err(Fault::TooLong(most));
    }
    Ok(text.to_owned())
}

/// Text of several lines with at most `most` characters. Line breaks of every kind become `\n`, tabs
/// stay, and characters that turn the direction of writing round are marked as what they are.
pub fn many_lines(text: &str, most: usize) -> Result<String, Fault> {
    refuse_flood(text, most)?;
    let text = composed(text);
    refuse_codes(&text)?;
    if is_blank(&text) {
        return Err(Fault::Blank);
    }
    measured(&marked(&text), most)
}

/// Text of one line with at most `most` characters. Line breaks and tabs within, and characters that
/// turn the direction of writing round, are refused.
pub fn one_line(text: &str, most: usize) -> Result<String, Fault> {
    refuse_flood(text, most)?;
    let text = composed(text);
    refuse_codes(&text)?;
    if is_blank(&text) {
        return Err(Fault::Blank);
    }
    if text.chars().any(is_bidirectional_control) {
        return Err(Fault::BidirectionalControl);
    }
    let line = measured(&text, most)?;
    match line.contains(['\n', '\t']) {
        true => Err(Fault::SeveralLines),
        false => Ok(line),
    }
}

/// The text with every character that turns the direction of writing round shown as its code, such as
/// `[U+202E]`, so that a page or a PDF reads in the order it was written in.
pub fn marked(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_bidirectional_control) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_bidirectional_control(c) {
            true => out.push_str(&format!("[U+{:04X}]", c as u32)),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}
