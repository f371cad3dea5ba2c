use chrono::TimeZone;
use chrono::Utc;

use super::layout::{self, HEIGHT};
use super::{Block, Document, PrintedFor, Section, Table, capital, fonts, words};
use crate::{html, pdf};
use practice::dates::written_moment as moment;

fn document(sections: Vec<Section>) -> Document {
    Document {
        title: "Minutes".into(),
        marking: "OFFICIAL-SENSITIVE".into(),
        reader: PrintedFor {
            name: "Ana \"Ann\" <O'Neil>".into(),
            agency: "City & Housing".into(),
            at: Utc.with_ymd_and_hms(2026, 7, 4, 8, 30, 0).unwrap(),
        },
        sections,
    }
}

fn section(heading: &str, running: Option<&str>, blocks: Vec<Block>) -> Section {
    Section {
        heading: heading.into(),
        running: running.map(str::to_owned),
        blocks,
    }
}

fn texts(pages: &layout::Pages, page: usize) -> Vec<String> {
    let lines = pages.sheets[page].lines.iter();
    lines.map(|line| line.text.trim_end().to_owned()).collect()
}

#[test]
fn whatever_is_printed_is_text_and_never_markup() {
    let evil = "</p><script>alert(1)</script>\u{7}&\"'";
    let page = html::page(&document(vec![section(
        evil,
        Some("Case </style>\";}"),
        vec![
            Block::Heading(evil.into()),
            Block::Text(evil.into()),
            Block::Notice(evil.into()),
            Block::Facts(vec![(evil.into(), evil.into())]),
            Block::List(vec![evil.into()]),
            Block::Table(Table {
                caption: evil.into(),
                columns: vec![("One", 1), ("Two", 1)],
                rows: vec![vec![evil.into(), evil.into()]],
            }),
        ],
    )]));
    assert!(!page.text.contains("<script"), "{}", page.text);
    assert!(!page.text.contains("alert(1)</"), "{}", page.text);
    assert!(!page.text.contains('\u{7}'));
    assert_eq!(page.text.matches("</style>").count(), 1);
    assert!(page.text.contains("Ana &quot;Ann&quot; &lt;O&#39;Neil&gt;"));
    assert_eq!(html::quoted("a\"}<1"), "\"a\\22 \\7d \\3c 1\"");
    assert_eq!(html::escaped("a\u{0}\nb"), "a\nb");
}

#[test]
fn a_page_may_load_nothing_but_its_own_style() {
    let page = html::page(&document(Vec::new()));
    assert!(
        page.policy
            .starts_with("default-src 'none'; style-src 'sha256-")
    );
    for outside in ["http:", "https:", "src=", "url(", "@import", "style=\""] {
        assert!(!page.text.contains(outside), "{outside}");
    }
    assert!(page.text.contains("<html lang=\"en-GB\">"));
}

#[test]
fn a_heading_stays_with_its_text_and_long_texts_wrap() {
    let long = "Safety planning was discussed at length with everybody present. ".repeat(9);
    let blocks = |n| {
        let text = |_| [Block::Heading("Below".into()), Block::Text(long.clone())];
        (0..n).flat_map(text).collect()
    };
    // Whatever the height above it, a heading never ends a page, and no line crosses the margin.
    for n in 1..24 {
        let pages = layout::set(
            &document(vec![section("Above", None, blocks(n))]),
            fonts::fonts().unwrap(),
        );
        for (index, sheet) in pages.sheets.iter().enumerate() {
            let last = sheet.lines.last().unwrap();
            assert_ne!(last.text, "Below", "{n} texts, page {index}");
            assert!(last.y < HEIGHT - 60.0);
            let style = fonts::fonts().unwrap().style(false);
            for line in &sheet.lines {
                let right = line.x + style.width(line.text.trim_end(), line.size);
                assert!(
                    right < layout::WIDTH - layout::MARGIN + 1.0,
                    "{}",
                    line.text
                );
            }
        }
    }
}

#[test]
fn a_word_wider_than_the_page_is_broken_and_loses_nothing() {
    let word = "x".repeat(500);
    let pages = layout::set(
        &document(vec![section("A", None, vec![Block::Text(word.clone())])]),
        fonts::fonts().unwrap(),
    );
    let all: String = texts(&pages, 0).concat();
    assert!(all.ends_with(&word));
    assert!(pages.sheets[0].lines.len() > 4);
}

#[test]
fn a_case_has_its_pages_for_itself() {
    let pages = layout::set(
        &document(vec![
            section("Present", None, vec![Block::Text("All".into())]),
            section("One", Some("Case A"), vec![Block::Text("a".into())]),
            section("Two", Some("Case B"), vec![Block::Text("b\n".repeat(90))]),
        ]),
        fonts::fonts().unwrap(),
    );
    let running: Vec<_> = pages.sheets.iter().map(|s| s.running.as_deref()).collect();
    assert_eq!(
        running,
        [None, Some("Case A"), Some("Case B"), Some("Case B")]
    );
    assert_eq!(texts(&pages, 1), ["One", "a"]);
    let entries: Vec<_> = pages
        .entries
        .iter()
        .map(|(h, page, _)| (h.as_str(), *page))
        .collect();
    assert_eq!(entries, [("Present", 0), ("One", 1), ("Two", 2)]);
}

#[test]
fn a_table_repeats_its_head_and_cuts_only_rows_higher_than_a_page() {
    let tall = "line\n".repeat(70);
    let mut rows: Vec<Vec<String>> = (0..60)
        .map(|n| vec![format!("row {n}"), "two\nlines".into()])
        .collect();
    rows.push(vec!["tall".into(), tall]);
    let pages = layout::set(
        &document(vec![section(
            "T",
            None,
            vec![Block::Table(Table {
                caption: "Actions".into(),
                columns: vec![("What", 1), ("Who", 2)],
                rows,
            })],
        )]),
        fonts::fonts().unwrap(),
    );
    assert!(pages.sheets.len() > 2);
    for page in 1..pages.sheets.len() {
        assert_eq!(texts(&pages, page)[..2], ["What", "Who"], "page {page}");
    }
    let all: Vec<_> = (0..pages.sheets.len())
        .flat_map(|n| texts(&pages, n))
        .collect();
    assert_eq!(all.iter().filter(|text| *text == "line").count(), 70);
    assert_eq!(all.iter().filter(|text| *text == "lines").count(), 60);
}

#[test]
fn names_of_many_communities_are_printed_and_what_has_no_letter_is_said() {
    let names =
        "Łukasz Ördögh, Nguyễn Thị Hạnh, Ọlá Àjàyí, Șerban, Γιώργος, Олександра Ґалаґан, İpek";
    let plain = document(vec![section("N", None, vec![Block::Text(names.into())])]);
    let pages = layout::set(&plain, fonts::fonts().unwrap());
    assert!(!texts(&pages, 0).concat().contains(fonts::REPLACEMENT));
    let other = document(vec![section("N", None, vec![Block::Text("علي".into())])]);
    let pages = layout::set(&other, fonts::fonts().unwrap());
    assert!(
        texts(&pages, 0)
            .concat()
            .contains("do not have are printed as")
    );
    for document in [plain, other] {
        assert!(pdf::write(&document).unwrap().starts_with(b"%PDF-1.7"));
    }
}

#[test]
fn every_shape_of_document_passes_the_checks_of_pdf_ua() {
    let blocks = vec![
        Block::Heading("H".into()),
        Block::Text("a\n\nb".into()),
        Block::Text(String::new()),
        Block::Notice("n".into()),
        Block::Facts(vec![("t".into(), String::new()), ("u".into(), "v".into())]),
        Block::List(vec!["i".into(), String::new()]),
        Block::Table(Table {
            caption: "c".into(),
            columns: vec![("a", 1), ("b", 1)],
            rows: Vec::new(),
        }),
    ];
    for sections in [
        Vec::new(),
        vec![section("One", None, blocks.clone())],
        vec![section("Two", Some("Case"), blocks)],
    ] {
        assert!(pdf::write(&document(sections)).is_ok());
    }
}

#[test]
fn words_and_times_are_those_of_people() {
    assert_eq!(
        words("not_possible_circumstances_changed"),
        "Not possible circumstances changed"
    );
    assert_eq!(capital("élan"), "Élan");
    assert_eq!(capital(""), "");
    // Summer time.
    let at = Utc.with_ymd_and_hms(2026, 7, 4, 8, 30, 0).unwrap();
    assert_eq!(moment(at), "4 July 2026, 09:30");
}

#[test]
fn text_from_before_is_marked_on_paper() {
    let old = "safe \u{202e}ton si ti";
    let marked = "safe [U+202E]ton si ti";
    let sections = vec![section("Case", None, vec![Block::Text(old.to_owned())])];
    let page = html::page(&document(sections.clone())).text;
    assert!(
        page.contains(marked) && !page.contains('\u{202e}'),
        "{page}"
    );
    let fonts = fonts::fonts().unwrap();
    let pages = layout::set(&document(sections), fonts);
    assert!(texts(&pages, 0).iter().any(|text| text.contains(marked)));
}
