//! Documents on paper: one shape, printed as an accessible web page and as a tagged PDF.
//!
//! A [`Document`] holds what a reader may see and nothing else: who makes one has already put the
//! lens over it. Both forms are made of the same blocks, so they say the same.

mod fonts;
pub mod html;
mod layout;
pub mod pdf;
mod setter;

use chrono::{DateTime, Utc};
use practice::dates::written_moment;

/// A document could not be typeset: a fault of ours, named for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PaperError(pub(crate) &'static str);

/// Shorthand for results of this crate.
pub(crate) type Result<T, E = PaperError> = std::result::Result<T, E>;

/// A document for one reader.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is.
    pub title: String,
    /// Protective marking, on every page.
    pub marking: String,
    /// Who it was printed for and when, on every page.
    pub reader: PrintedFor,
    /// Its parts, in order.
    pub sections: Vec<Section>,
}

/// Whom a document was printed for.
#[derive(Debug, Clone)]
pub struct PrintedFor {
    /// Their name.
    pub name: String,
    /// Their agency.
    pub agency: String,
    /// The moment of printing.
    pub at: DateTime<Utc>,
}

impl PrintedFor {
    /// The reader and the time, in a line.
    pub fn line(&self) -> String {
        format!(
            "Printed for {}, {} on {}",
            self.name,
            self.agency,
            written_moment(self.at)
        )
    }
}

/// A part of a document under a heading of its own.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Stands on each of its pages, as the case does; such a section has its pages for itself.
    pub running: Option<String>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading below the section's.
    Heading(String),
    /// Text; its line breaks are kept.
    Text(String),
    /// Text that stands out.
    Notice(String),
    /// Terms and what they are.
    Facts(Vec<(String, String)>),
    /// Items, each a text.
    List(Vec<String>),
    /// A table.
    Table(Table),
}

/// A table whose first column names its rows.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Headings and relative widths of its columns.
    pub columns: Vec<(&'static str, u16)>,
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Vec<String>>,
}

impl Section {
    /// A section with nothing in it yet.
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            ..Self::default()
        }
    }

    /// Adds a text.
    pub fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Adds terms and what they are; nothing for a term without a fact.
    pub fn facts<T: Into<String>>(&mut self, facts: impl IntoIterator<Item = (T, Option<String>)>) {
        let facts = facts
            .into_iter()
            .filter_map(|(term, fact)| Some((term.into(), fact?)));
        self.blocks.push(Block::Facts(facts.collect()));
    }

    /// Adds a table; nothing where there is no row.
    pub fn table(
        &mut self,
        caption: &str,
        columns: &[(&'static str, u16)],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) {
        let rows: Vec<_> = rows.into_iter().collect();
        if !rows.is_empty() {
            self.blocks.push(Block::Table(Table {
                caption: caption.to_owned(),
                columns: columns.to_vec(),
                rows,
            }));
        }
    }

    /// Adds a list under a heading; nothing where there is no item.
    pub fn list(&mut self, heading: &str, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::Heading(heading.to_owned()));
            self.blocks.push(Block::List(items));
        }
    }

    /// Adds a heading with texts under it; nothing where there is no text.
    pub fn under(&mut self, heading: &str, texts: impl IntoIterator<Item = String>) {
        let mut texts = texts.into_iter().map(Block::Text).peekable();
        if texts.peek().is_some() {
            self.blocks.push(Block::Heading(heading.to_owned()));
            self.blocks.extend(texts);
        }
    }
}

/// The labels of printed documents begin a sentence.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A value of a closed list in words.
pub fn words(value: &str) -> String {
    capital(&value.replace('_', " "))
}

#[cfg(test)]
mod tests;
