//! Printed papers, read back.

use super::Answer;

impl Answer {
    /// The text of each page of a PDF.
    #[track_caller]
    pub fn pages(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{:#}", self.body);
        assert_eq!(self.header("content-type"), Some("application/pdf"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let document = lopdf::Document::load_mem(&self.bytes).unwrap();
        let numbers: Vec<u32> = document.get_pages().into_keys().collect();
        let text = |number| {
            let text = document.extract_text(&[number]).unwrap();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        numbers.into_iter().map(text).collect()
    }

    /// The source of a web page.
    #[track_caller]
    pub fn page(&self) -> String {
        assert_eq!(self.status, 200, "{:#}", self.body);
        String::from_utf8(self.bytes.clone()).unwrap()
    }
}

/// Whether a paper says this, however its columns break it.
pub fn says(text: &str, word: &str) -> bool {
    let close = |text: &str| text.split_whitespace().collect::<String>();
    close(text).contains(&close(word))
}
