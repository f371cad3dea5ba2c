//! The document as a PDF: tagged for screen readers (PDF/UA-1), its text fit to be copied.

use std::num::NonZeroU16;

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::Document as Pdf;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime as Stamp, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope,
    Tag, TagGroup, TagTree,
};
use krilla::text::TextDirection;

use crate::Document;
use crate::fonts::{Fonts, fonts};
use crate::layout::{self, Branch, HEIGHT, Kind, MARGIN, Pages, SetLine, Sheet, WIDTH};
use crate::{PaperError, Result};

const FAULT: PaperError = PaperError("a document could not be typeset");
const SMALL: f32 = 8.0;

/// Writes the document.
pub fn write(document: &Document) -> Result<Vec<u8>> {
    let fonts = fonts()?;
    let pages = layout::set(document, fonts);
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| FAULT)?;
    let mut pdf = Pdf::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    pdf.set_metadata(metadata(document));
    let mut leaves = vec![Vec::new(); pages.leaves];
    let count = pages.sheets.len();
    for (index, sheet) in pages.sheets.iter().enumerate() {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(FAULT)?;
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        body(&mut surface, fonts, sheet, &mut leaves);
        margins(&mut surface, fonts, document, sheet, (index + 1, count));
        surface.finish();
        page.finish();
    }
    pdf.set_outline(outline(&pages));
    let mut tree = TagTree::new();
    for branch in &pages.branches {
        tree.push(tagged(branch, &mut leaves));
    }
    pdf.set_tag_tree(tree);
    pdf.finish().map_err(|_| FAULT)
}

fn metadata(document: &Document) -> Metadata {
    Metadata::new()
        .title(document.title.clone())
        .language("en-GB".to_owned())
        .creator("Told Once".to_owned())
        .creation_date(stamp(document.reader.at))
}

fn stamp(at: DateTime<Utc>) -> Stamp {
    let small = |value: u32| u8::try_from(value).unwrap_or_default();
    Stamp::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn outline(pages: &Pages) -> Outline {
    let mut outline = Outline::new();
    for (heading, page, y) in &pages.entries {
        let place = XyzDestination::new(*page, Point::from_xy(MARGIN, *y));
        outline.push_child(OutlineNode::new(heading.clone(), place));
    }
    outline
}

/// Draws the lines of a page, and notes where each leaf of the structure has its text.
fn body(surface: &mut Surface<'_>, fonts: &Fonts, sheet: &Sheet, leaves: &mut [Vec<Identifier>]) {
    for group in sheet.lines.chunk_by(|a, b| a.leaf == b.leaf) {
        let slot = group
            .first()
            .and_then(|line| line.leaf)
            .and_then(|leaf| leaves.get_mut(leaf));
        match slot {
            Some(slot) => slot.push(surface.start_tagged(ContentTag::Span(SpanTag::empty()))),
            None => artifact(surface, ArtifactType::PaginationOther),
        }
        for line in group {
            draw(surface, fonts, line);
        }
        surface.end_tagged();
    }
    for y in &sheet.rules {
        artifact(surface, ArtifactType::Layout);
        rule(surface, *y);
        surface.end_tagged();
    }
}

fn artifact(surface: &mut Surface<'_>, kind: ArtifactType) {
    // What is no part of the text has no place in the structure, and so no identifier to keep.
    let _ = surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, line: &SetLine) {
    if line.text.is_empty() {
        return;
    }
    surface.set_stroke(None);
    surface.set_fill(Some(Fill {
        paint: rgb::Color::new(26, 26, 26).into(),
        ..Fill::default()
    }));
    surface.draw_text(
        Point::from_xy(line.x, line.y),
        fonts.style(line.bold).font.clone(),
        line.size,
        &line.text,
        false,
        TextDirection::LeftToRight,
    );
}

fn rule(surface: &mut Surface<'_>, y: f32) {
    let mut path = PathBuilder::new();
    path.move_to(MARGIN, y);
    path.line_to(WIDTH - MARGIN, y);
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: rgb::Color::new(150, 150, 150).into(),
        width: 0.5,
        ..Stroke::default()
    }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// What stands on every page: the marking, the document and its case; the reader, the time, the page.
fn margins(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    document: &Document,
    sheet: &Sheet,
    (page, of): (usize, usize),
) {
    let room = WIDTH - 2.0 * MARGIN;
    let running = sheet.running.as_deref().unwrap_or_default();
    let left = room - fonts.style(true).width(running, SMALL) - 12.0;
    artifact(surface, ArtifactType::Header);
    for (text, y, bold, align, wide) in [
        (document.marking.as_str(), 32.0, true, Align::Centre, room),
        (document.title.as_str(), 50.0, false, Align::Left, left),
        (running, 50.0, true, Align::Right, room),
    ] {
        edge(surface, fonts, text, y, (bold, align, wide));
    }
    surface.end_tagged();
    artifact(surface, ArtifactType::Footer);
    let reader = document.reader.line();
    let number = format!("Page {page} of {of}");
    let left = room - fonts.style(false).width(&number, SMALL) - 12.0;
    for (text, y, bold, align, wide) in [
        (reader.as_str(), HEIGHT - 44.0, false, Align::Left, left),
        (number.as_str(), HEIGHT - 44.0, false, Align::Right, room),
        (
            document.marking.as_str(),
            HEIGHT - 28.0,
            true,
            Align::Centre,
            room,
        ),
    ] {
        edge(surface, fonts, text, y, (bold, align, wide));
    }
    surface.end_tagged();
}

#[derive(Clone, Copy)]
enum Align {
    Left,
    Centre,
    Right,
}

/// Writes a line at the edge of a page, smaller if it would not fit.
fn edge(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    text: &str,
    y: f32,
    (bold, align, wide): (bool, Align, f32),
) {
    let style = fonts.style(bold);
    let text: String = text
        .chars()
        .map(|letter| match letter {
            _ if style.has(letter) => letter,
            _ => crate::fonts::REPLACEMENT,
        })
        .collect();
    let natural = style.width(&text, SMALL);
    let size = SMALL * (wide / natural.max(1.0)).min(1.0);
    let width = style.width(&text, size);
    let x = match align {
        Align::Left => MARGIN,
        Align::Centre => (WIDTH - width) / 2.0,
        Align::Right => WIDTH - MARGIN - width,
    };
    let line = SetLine {
        x,
        y,
        size,
        bold,
        text,
        leaf: None,
    };
    draw(surface, fonts, &line);
}

fn tagged(branch: &Branch, leaves: &mut [Vec<Identifier>]) -> TagGroup {
    match branch {
        Branch::Of(kind, parts) => {
            let mut group = group(kind);
            for part in parts {
                group.push(tagged(part, leaves));
            }
            group
        }
        Branch::Leaf(kind, leaf) => {
            let mut group = group(kind);
            let places = leaves.get_mut(*leaf).map(std::mem::take);
            for place in places.unwrap_or_default() {
                group.push(Node::Leaf(place));
            }
            group
        }
    }
}

fn group(kind: &Kind) -> TagGroup {
    match kind {
        Kind::Section => TagGroup::new(Tag::Section),
        Kind::Heading(level, title) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            TagGroup::new(Tag::Hn(level, Some(title.clone())))
        }
        Kind::Text => TagGroup::new(Tag::P),
        Kind::List => TagGroup::new(Tag::L(ListNumbering::None)),
        Kind::Item => TagGroup::new(Tag::LI),
        Kind::Label => TagGroup::new(Tag::Lbl),
        Kind::Body => TagGroup::new(Tag::LBody),
        Kind::Table => TagGroup::new(Tag::Table),
        Kind::Caption => TagGroup::new(Tag::Caption),
        Kind::Head => TagGroup::new(Tag::THead),
        Kind::Rows => TagGroup::new(Tag::TBody),
        Kind::Row => TagGroup::new(Tag::TR),
        Kind::ColumnHead => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Kind::RowHead => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
        Kind::Cell => TagGroup::new(Tag::TD),
    }
}
