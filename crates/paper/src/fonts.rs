//! The fonts of printed documents: Noto Sans, whose letters cover Latin with all its extensions,
//! Greek and Cyrillic. Carried in the program, so that a document looks the same everywhere.

use std::sync::LazyLock;

use krilla::text::Font;
use ttf_parser::Face;

use crate::{PaperError, Result};

const REGULAR: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/NotoSans-Bold.ttf");

/// Stands where the fonts have no letter.
pub const REPLACEMENT: char = '\u{FFFD}';

/// A face to measure with and to draw with.
pub struct Style {
    face: Face<'static>,
    /// To draw with.
    pub font: Font,
}

/// Regular and bold.
pub struct Fonts {
    regular: Style,
    bold: Style,
}

static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(|| {
    Some(Fonts {
        regular: Style::load(REGULAR)?,
        bold: Style::load(BOLD)?,
    })
});

/// The fonts.
pub fn fonts() -> Result<&'static Fonts> {
    FONTS.as_ref().ok_or(PaperError("the fonts cannot be read"))
}

impl Fonts {
    /// One of the two.
    pub const fn style(&self, bold: bool) -> &Style {
        if bold { &self.bold } else { &self.regular }
    }
}

impl Style {
    fn load(bytes: &'static [u8]) -> Option<Self> {
        Some(Self {
            face: Face::parse(bytes, 0).ok()?,
            font: Font::new(bytes.to_vec().into(), 0)?,
        })
    }

    /// Whether the font has a letter.
    pub fn has(&self, letter: char) -> bool {
        self.face.glyph_index(letter).is_some()
    }

    /// Width of a letter at this size, in points.
    pub fn width_of(&self, letter: char, size: f32) -> f32 {
        let advance = self
            .face
            .glyph_index(letter)
            .and_then(|glyph| self.face.glyph_hor_advance(glyph))
            .unwrap_or(0);
        f32::from(advance) * size / f32::from(self.face.units_per_em())
    }

    /// Width of a text at this size, in points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.width_of(letter, size)).sum()
    }
}
