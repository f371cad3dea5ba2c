//! The document as a web page: semantic, without script, fit for a printer.

use std::fmt::Write;

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::{Block, Document, Section, Table};

/// A page and the policy it is sent under.
pub struct Page {
    /// The page.
    pub text: String,
    /// Its `Content-Security-Policy`: its own style by hash, and nothing else.
    pub policy: String,
}

const STYLE: &str = include_str!("page.css");

/// Writes the page.
pub fn page(document: &Document) -> Page {
    let style = style(document);
    let hash = digest::digest(&digest::SHA256, style.as_bytes());
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; sandbox",
        BASE64_STANDARD.encode(hash)
    );
    let mut out = String::with_capacity(16 * 1024);
    let title = escaped(&document.title);
    let marking = escaped(&document.marking);
    let reader = escaped(&document.reader.line());
    put(
        &mut out,
        format_args!(
            "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n\
             <header>\n<p class=\"marking\">{marking}</p>\n<h1>{title}</h1>\n\
             <p>{reader}</p>\n</header>\n"
        ),
    );
    contents(&mut out, &document.sections);
    out.push_str("<main>\n");
    let shapes = shapes(document);
    for (index, section) in document.sections.iter().enumerate() {
        self::section(&mut out, index, section, &shapes);
    }
    put(
        &mut out,
        format_args!(
            "</main>\n<footer>\n<p class=\"marking\">{marking}</p>\n<p>{reader}</p>\n</footer>\n\
             </body>\n</html>\n"
        ),
    );
    Page { text: out, policy }
}

/// The style: what all pages share, and what stands on every sheet of paper of this one.
fn style(document: &Document) -> String {
    let mut out = String::from(STYLE);
    put(
        &mut out,
        format_args!(
            "@page{{@top-center{{content:{}}}@bottom-left{{content:{}}}}}\n",
            quoted(&document.marking),
            quoted(&document.reader.line())
        ),
    );
    for (shape, columns) in shapes(document).iter().enumerate() {
        let total: u16 = columns.iter().map(|(_, share)| share).sum();
        for (column, (_, share)) in (1..).zip(*columns) {
            let width = f32::from(*share) * 100.0 / f32::from(total.max(1));
            put(
                &mut out,
                format_args!(".t{shape} th:nth-child({column}){{width:{width:.1}%}}\n"),
            );
        }
    }
    for (index, section) in document.sections.iter().enumerate() {
        if let Some(running) = &section.running {
            put(
                &mut out,
                format_args!(
                    "@page s{index}{{@top-right{{content:{}}}}}\n#s{index}{{page:s{index}}}\n",
                    quoted(running)
                ),
            );
        }
    }
    out
}

/// The columns of a table, with their shares of its width.
type Columns = [(&'static str, u16)];

/// The columns of the document's tables, each kind once: a column is as wide in all of a kind.
fn shapes(document: &Document) -> Vec<&Columns> {
    let mut shapes: Vec<&Columns> = Vec::new();
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    for block in blocks {
        if let Block::Table(table) = block
            && !shapes.contains(&table.columns.as_slice())
        {
            shapes.push(&table.columns);
        }
    }
    shapes
}

fn contents(out: &mut String, sections: &[Section]) {
    out.push_str("<nav aria-label=\"Contents\">\n<ol>\n");
    for (index, section) in sections.iter().enumerate() {
        put(
            out,
            format_args!(
                "<li><a href=\"#s{index}\">{}</a></li>\n",
                escaped(&section.heading)
            ),
        );
    }
    out.push_str("</ol>\n</nav>\n");
}

fn section(out: &mut String, index: usize, section: &Section, shapes: &[&Columns]) {
    let class = if section.running.is_some() {
        " class=\"apart\""
    } else {
        ""
    };
    put(
        out,
        format_args!(
            "<section id=\"s{index}\" aria-labelledby=\"h{index}\"{class}>\n<h2 id=\"h{index}\">{}</h2>\n",
            escaped(&section.heading)
        ),
    );
    for block in &section.blocks {
        self::block(out, block, shapes);
    }
    out.push_str("</section>\n");
}

fn block(out: &mut String, block: &Block, shapes: &[&Columns]) {
    match block {
        Block::Heading(text) => put(out, format_args!("<h3>{}</h3>\n", escaped(text))),
        Block::Text(text) => put(out, format_args!("<p>{}</p>\n", escaped(text))),
        Block::Notice(text) => put(
            out,
            format_args!("<p class=\"notice\">{}</p>\n", escaped(text)),
        ),
        Block::Facts(facts) => {
            out.push_str("<dl>\n");
            for (term, fact) in facts {
                put(
                    out,
                    format_args!(
                        "<div><dt>{}</dt><dd>{}</dd></div>\n",
                        escaped(term),
                        escaped(fact)
                    ),
                );
            }
            out.push_str("</dl>\n");
        }
        Block::List(items) => {
            out.push_str("<ul>\n");
            for item in items {
                put(out, format_args!("<li>{}</li>\n", escaped(item)));
            }
            out.push_str("</ul>\n");
        }
        Block::Table(table) => {
            let shape = shapes.iter().position(|shape| *shape == table.columns);
            self::table(out, table, shape.unwrap_or_default());
        }
    }
}

fn table(out: &mut String, table: &Table, shape: usize) {
    put(
        out,
        format_args!(
            "<table class=\"t{shape}\">\n<caption>{}</caption>\n<thead>\n<tr>",
            escaped(&table.caption)
        ),
    );
    for (heading, _) in &table.columns {
        put(
            out,
            format_args!("<th scope=\"col\">{}</th>", escaped(heading)),
        );
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (index, cell) in row.iter().enumerate() {
            let cell = escaped(cell);
            match index {
                0 => put(out, format_args!("<th scope=\"row\">{cell}</th>")),
                _ => put(out, format_args!("<td>{cell}</td>")),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

/// Writing to a text cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// Text as it may stand between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in practice::text::marked(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            _ if letter.is_control() => {}
            _ => out.push(letter),
        }
    }
    out
}

/// Text as a string of a style sheet: whatever could end it is written by its number.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in practice::text::marked(text).chars() {
        if letter.is_alphanumeric() || letter == ' ' {
            out.push(letter);
        } else {
            put(&mut out, format_args!("\\{:x} ", u32::from(letter)));
        }
    }
    out.push('"');
    out
}
