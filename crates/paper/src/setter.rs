//! Setting: blocks become units of lines, and branches of the structure.

use std::rc::Rc;

use super::fonts::{Fonts, REPLACEMENT};
use super::layout::{Branch, Kind, MARGIN, MEASURE, ROOM, SetLine, Unit};
use super::{Block, Section, Table};

/// A row higher than this is continued on the next page.
const TALLEST_ROW: f32 = ROOM * 0.6;
const PADDING: f32 = 4.0;
const TERM: f32 = 130.0;

/// Size of letters and height of a line, in points.
#[derive(Debug, Clone, Copy)]
struct Size(f32, f32);

const TITLE: Size = Size(16.0, 22.0);
const HEADING: Size = Size(14.0, 19.0);
const SUBHEADING: Size = Size(11.0, 15.0);
const TEXT: Size = Size(10.0, 14.0);
const CELL: Size = Size(9.0, 12.5);

/// Sets block after block.
pub struct Setter<'f> {
    pub fonts: &'f Fonts,
    pub units: Vec<Unit>,
    pub leaves: usize,
    pub replaced: bool,
}

impl<'f> Setter<'f> {
    /// With nothing set yet.
    pub const fn new(fonts: &'f Fonts) -> Self {
        Self {
            fonts,
            units: Vec::new(),
            leaves: 0,
            replaced: false,
        }
    }

    /// The title of the document.
    pub fn title(&mut self, text: &str) -> Branch {
        self.heading(1, TITLE, text)
    }

    /// A text outside any section.
    pub fn remark(&mut self, text: &str) -> Branch {
        self.text(text, false, 0.0)
    }

    fn leaf(&mut self) -> usize {
        self.leaves += 1;
        self.leaves - 1
    }

    /// A section.
    pub fn section(&mut self, section: &Section) -> Branch {
        let first = self.units.len();
        let mut branches = vec![self.heading(2, HEADING, &section.heading)];
        for block in &section.blocks {
            branches.push(self.block(block));
        }
        let running: Option<Rc<str>> = section.running.as_deref().map(Rc::from);
        for unit in self.units.iter_mut().skip(first) {
            unit.running.clone_from(&running);
        }
        if let Some(unit) = self.units.get_mut(first) {
            unit.breaks = running.is_some();
            unit.entry = Some(section.heading.clone());
        }
        Branch::Of(Kind::Section, branches)
    }

    fn block(&mut self, block: &Block) -> Branch {
        match block {
            Block::Heading(text) => self.heading(3, SUBHEADING, text),
            Block::Text(text) => self.text(text, false, 0.0),
            Block::Notice(text) => self.text(text, true, 0.0),
            Block::Facts(facts) => {
                let first = self.units.len();
                let rows = facts.iter().map(|(term, fact)| self.fact(term, fact));
                let rows = rows.collect();
                if let Some(unit) = self.units.get_mut(first) {
                    unit.gap = 5.0;
                }
                Branch::Of(Kind::List, rows)
            }
            Block::List(items) => {
                let rows = items.iter().map(|item| self.item(item));
                Branch::Of(Kind::List, rows.collect())
            }
            Block::Table(table) => self.table(table),
        }
    }

    fn heading(&mut self, level: u16, size: Size, text: &str) -> Branch {
        let leaf = self.leaf();
        let first = self.units.len();
        self.lines(text, true, size, 0.0, leaf);
        for unit in self.units.iter_mut().skip(first) {
            unit.keep = true;
        }
        if let Some(unit) = self.units.get_mut(first) {
            unit.gap = size.1 * 0.8;
        }
        if level == 2
            && let Some(unit) = self.units.last_mut()
        {
            unit.ruled = true;
            unit.height += 3.0;
        }
        Branch::Leaf(Kind::Heading(level, text.to_owned()), leaf)
    }

    fn text(&mut self, text: &str, bold: bool, indent: f32) -> Branch {
        let leaf = self.leaf();
        let first = self.units.len();
        self.lines(text, bold, TEXT, indent, leaf);
        self.hold_ends(first);
        Branch::Leaf(Kind::Text, leaf)
    }

    /// The first two and the last two lines of a text stay together.
    fn hold_ends(&mut self, first: usize) {
        let count = self.units.len() - first;
        for (index, unit) in self.units.iter_mut().skip(first).enumerate() {
            unit.keep = count > 1 && (index == 0 || index + 2 == count);
            if index == 0 {
                unit.gap = 5.0;
            }
        }
    }

    fn lines(&mut self, text: &str, bold: bool, size: Size, indent: f32, leaf: usize) {
        for text in self.wrap(text, bold, size.0, MEASURE - indent) {
            let line = SetLine {
                x: MARGIN + indent,
                y: foot(size),
                size: size.0,
                bold,
                text,
                leaf: Some(leaf),
            };
            self.units.push(Unit {
                height: size.1,
                lines: vec![line],
                ..Unit::default()
            });
        }
    }

    fn item(&mut self, text: &str) -> Branch {
        let label = self.leaf();
        let first = self.units.len();
        let body = match self.text(text, false, 14.0) {
            Branch::Leaf(_, leaf) => Branch::Leaf(Kind::Body, leaf),
            other => other,
        };
        if let Some(unit) = self.units.get_mut(first) {
            unit.gap = 2.0;
            let bullet = SetLine {
                x: MARGIN + 3.0,
                y: foot(TEXT),
                size: TEXT.0,
                bold: false,
                text: "•".to_owned(),
                leaf: Some(label),
            };
            unit.lines.insert(0, bullet);
        }
        Branch::Of(Kind::Item, vec![Branch::Leaf(Kind::Label, label), body])
    }

    fn fact(&mut self, term: &str, fact: &str) -> Branch {
        let cells = [
            (term, true, MARGIN, TERM - 8.0),
            (fact, false, MARGIN + TERM, MEASURE - TERM),
        ];
        let leaves = self.row(&cells, TEXT, false, None);
        let kinds = [Kind::Label, Kind::Body];
        let leaves = kinds.into_iter().zip(leaves);
        Branch::Of(
            Kind::Item,
            leaves
                .map(|(kind, leaf)| Branch::Leaf(kind, leaf))
                .collect(),
        )
    }

    fn table(&mut self, table: &Table) -> Branch {
        let caption = self.leaf();
        let first = self.units.len();
        self.lines(&table.caption, true, TEXT, 0.0, caption);
        for (index, unit) in self.units.iter_mut().skip(first).enumerate() {
            unit.keep = true;
            unit.gap = if index == 0 { 8.0 } else { 0.0 };
        }
        let total: u16 = table.columns.iter().map(|(_, share)| share).sum();
        let mut at = MARGIN;
        let columns: Vec<(f32, f32)> = table
            .columns
            .iter()
            .map(|(_, share)| {
                let width = MEASURE * f32::from(*share) / f32::from(total.max(1));
                let column = (at, width - PADDING * 2.0);
                at += width;
                column
            })
            .collect();
        let place = |cell| move |(text, (x, width)): (_, &(f32, f32))| (text, cell, *x, *width);
        let headings = table.columns.iter().map(|(heading, _)| *heading);
        let cells: Vec<_> = headings.zip(&columns).map(place(true)).collect();
        let leaves = self.row(&cells, CELL, true, None);
        let head = self.units.last_mut().map(|unit| {
            unit.keep = true;
            let mut again = unit.clone();
            again.lines.iter_mut().for_each(|line| line.leaf = None);
            Rc::new(again)
        });
        let leaf = |kind: Kind| move |leaf| Branch::Leaf(kind.clone(), leaf);
        let heads = leaves.into_iter().map(leaf(Kind::ColumnHead)).collect();
        let mut rows = Vec::new();
        for row in &table.rows {
            let texts = row.iter().map(String::as_str);
            let cells: Vec<_> = texts.zip(&columns).map(place(false)).collect();
            let leaves = self.row(&cells, CELL, true, head.clone());
            let kinds = std::iter::once(Kind::RowHead).chain(std::iter::repeat(Kind::Cell));
            let cells = kinds
                .zip(leaves)
                .map(|(kind, leaf)| Branch::Leaf(kind, leaf));
            rows.push(Branch::Of(Kind::Row, cells.collect()));
        }
        let mut parts = vec![
            Branch::Leaf(Kind::Caption, caption),
            Branch::Of(Kind::Head, vec![Branch::Of(Kind::Row, heads)]),
        ];
        if !rows.is_empty() {
            parts.push(Branch::Of(Kind::Rows, rows));
        }
        Branch::Of(Kind::Table, parts)
    }

    /// Cells beside one another, each wrapped in its column: `(text, bold, x, width)`. A row too high
    /// for a page is cut into several units.
    fn row(
        &mut self,
        cells: &[(&str, bool, f32, f32)],
        size: Size,
        ruled: bool,
        head: Option<Rc<Unit>>,
    ) -> Vec<usize> {
        let mut leaves = Vec::with_capacity(cells.len());
        let mut columns = Vec::with_capacity(cells.len());
        for (text, bold, x, width) in cells {
            let text = if text.trim().is_empty() { "–" } else { text };
            leaves.push(self.leaf());
            columns.push((self.wrap(text, *bold, size.0, *width), *bold, *x));
        }
        let depth = columns.iter().map(|(lines, _, _)| lines.len()).max();
        let depth = depth.unwrap_or(0);
        let per_unit = (0..)
            .take_while(|lines| line_height(size, lines + 1) <= TALLEST_ROW)
            .count();
        let mut from = 0;
        while from < depth {
            let until = depth.min(from + per_unit);
            let mut unit = Unit {
                height: line_height(size, until - from) + PADDING,
                gap: if ruled { 0.0 } else { 1.0 },
                ruled: ruled && until == depth,
                head: head.clone(),
                ..Unit::default()
            };
            for ((lines, bold, x), leaf) in columns.iter().zip(&leaves) {
                for (index, text) in lines.iter().enumerate().take(until).skip(from) {
                    unit.lines.push(SetLine {
                        x: *x,
                        y: foot(size) + line_height(size, index - from) + PADDING / 2.0,
                        size: size.0,
                        bold: *bold,
                        text: text.clone(),
                        leaf: Some(*leaf),
                    });
                }
            }
            // What belongs to a cell follows one another, for those who hear the page read.
            self.units.push(unit);
            from = until;
        }
        leaves
    }

    /// The text in lines no wider than this. Each but the last ends in a space, so that words stay
    /// apart for those who copy or hear it.
    fn wrap(&mut self, text: &str, bold: bool, size: f32, width: f32) -> Vec<String> {
        let text = self.drawable(text, bold);
        let style = self.fonts.style(bold);
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            let mut used = 0.0;
            for word in paragraph.split_whitespace() {
                let space = style.width_of(' ', size);
                let wide = style.width(word, size);
                if !line.is_empty() && used + space + wide > width {
                    line.push(' ');
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                if !line.is_empty() {
                    line.push(' ');
                    used += space;
                }
                for letter in word.chars() {
                    let advance = style.width_of(letter, size);
                    if used + advance > width && !line.is_empty() {
                        lines.push(std::mem::take(&mut line));
                        used = 0.0;
                    }
                    line.push(letter);
                    used += advance;
                }
            }
            lines.push(line);
        }
        lines
    }

    fn drawable(&mut self, text: &str, bold: bool) -> String {
        let style = self.fonts.style(bold);
        let mut replaced = false;
        let drawn = practice::text::marked(text)
            .chars()
            .filter(|letter| *letter == '\n' || *letter == '\t' || !letter.is_control())
            .map(|letter| match letter {
                _ if letter.is_whitespace() || style.has(letter) => letter,
                _ => {
                    replaced = true;
                    REPLACEMENT
                }
            })
            .collect();
        self.replaced |= replaced;
        drawn
    }
}

const fn foot(size: Size) -> f32 {
    // Letters stand on about a quarter of the space between lines.
    size.0 + (size.1 - size.0) * 0.25
}

fn line_height(size: Size, lines: usize) -> f32 {
    size.1 * u16::try_from(lines).map_or(f32::MAX, f32::from)
}
