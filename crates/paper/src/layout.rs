//! Typesetting: blocks become lines, lines become pages. Knows sizes and widths, and nothing of PDF.
//!
//! A document is cut into units, the smallest pieces that are never split: a line of text, a row of a
//! table. A unit may ask to stay with the next one, as a heading does with its text; pages are filled
//! with such chains.

use std::rc::Rc;

use super::Document;
use super::fonts::{Fonts, REPLACEMENT};
use super::setter::Setter;

/// Size of the paper, A4, in points.
pub const WIDTH: f32 = 595.28;
/// See `WIDTH`.
pub const HEIGHT: f32 = 841.89;
/// Left and right margin.
pub const MARGIN: f32 = 51.0;
const TOP: f32 = 76.0;
const BOTTOM: f32 = 66.0;
/// Height that the text may fill.
pub const ROOM: f32 = HEIGHT - TOP - BOTTOM;
/// Width of a line.
pub const MEASURE: f32 = WIDTH - 2.0 * MARGIN;
/// A line of text in its place.
#[derive(Debug, Clone)]
pub struct SetLine {
    /// From the left edge of the paper.
    pub x: f32,
    /// The foot of its letters, from the top of its unit; on a page, from the top of the paper.
    pub y: f32,
    /// Size of its letters.
    pub size: f32,
    /// In bold.
    pub bold: bool,
    /// The text.
    pub text: String,
    /// The leaf of the outline of tags it belongs to; `None` for what is repeated on each page.
    pub leaf: Option<usize>,
}

/// What a leaf or a branch of the tags is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Section,
    /// A heading of a level.
    Heading(u16, String),
    Text,
    List,
    Item,
    Label,
    Body,
    Table,
    Caption,
    Head,
    Rows,
    Row,
    ColumnHead,
    RowHead,
    Cell,
}

/// The structure that screen readers follow.
#[derive(Debug, Clone)]
pub enum Branch {
    /// A branch with others on it.
    Of(Kind, Vec<Self>),
    /// Lines of text, by the number of their leaf.
    Leaf(Kind, usize),
}

/// The smallest piece that is never split.
#[derive(Debug, Clone, Default)]
pub struct Unit {
    pub height: f32,
    /// Space above, unless it begins a page.
    pub gap: f32,
    pub lines: Vec<SetLine>,
    /// A rule along its foot.
    pub ruled: bool,
    /// Stays with the next unit.
    pub keep: bool,
    /// Begins a page.
    pub breaks: bool,
    /// Stands at the head of its pages.
    pub running: Option<Rc<str>>,
    /// The head of its table, repeated where a page begins with it.
    pub head: Option<Rc<Self>>,
    /// A section begins here: its place in the table of contents.
    pub entry: Option<String>,
}

/// A page of lines.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Its lines, from the top.
    pub lines: Vec<SetLine>,
    /// Heights of the rules across it.
    pub rules: Vec<f32>,
    /// The case it is about.
    pub running: Option<Rc<str>>,
}

/// A document in pages.
#[derive(Debug)]
pub struct Pages {
    /// The pages.
    pub sheets: Vec<Sheet>,
    /// The structure.
    pub branches: Vec<Branch>,
    /// How many leaves it has.
    pub leaves: usize,
    /// Where the sections begin: heading, page, height.
    pub entries: Vec<(String, usize, f32)>,
}

/// Sets a document.
pub fn set(document: &Document, fonts: &Fonts) -> Pages {
    let mut setter = Setter::new(fonts);
    let mut branches = vec![setter.title(&document.title)];
    for section in &document.sections {
        branches.push(setter.section(section));
    }
    if setter.replaced {
        let text = format!(
            "Letters that these fonts do not have are printed as {REPLACEMENT}. The record in the system shows them."
        );
        branches.push(setter.remark(&text));
    }
    let (sheets, entries) = paginate(setter.units);
    Pages {
        sheets,
        branches,
        leaves: setter.leaves,
        entries,
    }
}

type Entries = Vec<(String, usize, f32)>;

/// Fills pages with chains of units that stay together.
fn paginate(units: Vec<Unit>) -> (Vec<Sheet>, Entries) {
    let mut sheets = vec![Sheet::default()];
    let mut entries = Vec::new();
    let mut y = TOP;
    let mut empty = true;
    let mut rest = units.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut chain = vec![first];
        while chain.last().is_some_and(|unit| unit.keep)
            && let Some(next) = rest.next_if(|unit| !unit.breaks)
        {
            chain.push(next);
        }
        let height: f32 = chain.iter().map(|unit| unit.gap + unit.height).sum();
        let breaks = chain.first().is_some_and(|unit| unit.breaks);
        // A chain higher than a page cannot stay together: it is filled in unit by unit.
        let together = height <= ROOM;
        if !empty && (breaks || together && y + height > TOP + ROOM) {
            sheets.push(Sheet::default());
            (y, empty) = (TOP, true);
        }
        for unit in chain {
            if !empty && y + unit.gap + unit.height > TOP + ROOM {
                sheets.push(Sheet::default());
                (y, empty) = (TOP, true);
            }
            let page = sheets.len() - 1;
            let Some(sheet) = sheets.last_mut() else {
                continue;
            };
            if empty && let Some(head) = &unit.head {
                place(sheet, head, y);
                y += head.height;
            } else if !empty {
                y += unit.gap;
            }
            if let Some(heading) = unit.entry.clone() {
                entries.push((heading, page, y));
            }
            place(sheet, &unit, y);
            y += unit.height;
            empty = false;
        }
    }
    (sheets, entries)
}

fn place(sheet: &mut Sheet, unit: &Unit, y: f32) {
    sheet.running = unit.running.clone().or(sheet.running.take());
    sheet
        .lines
        .extend(unit.lines.iter().cloned().map(|line| SetLine {
            y: line.y + y,
            ..line
        }));
    if unit.ruled {
        sheet.rules.push(y + unit.height);
    }
}
