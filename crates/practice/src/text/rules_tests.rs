use super::*;

#[test]
fn text_in_which_nothing_is_visible_is_blank() {
    let nothing = [
        "",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\u{b}",
        "\u{c}",
        "\u{85}",
        "\u{a0}",
        "\u{ad}",
        "\u{34f}",
        "\u{61c}",
        "\u{115f}",
        "\u{1160}",
        "\u{1680}",
        "\u{17b4}",
        "\u{17b5}",
        "\u{180b}",
        "\u{180e}",
        "\u{2000}",
        "\u{200a}",
        "\u{200b}",
        "\u{200c}",
        "\u{200d}",
        "\u{200e}",
        "\u{200f}",
        "\u{2028}",
        "\u{2029}",
        "\u{202a}",
        "\u{202e}",
        "\u{202f}",
        "\u{205f}",
        "\u{2060}",
        "\u{2061}",
        "\u{2064}",
        "\u{2066}",
        "\u{2069}",
        "\u{206a}",
        "\u{206f}",
        "\u{2800}",
        "\u{3000}",
        "\u{3164}",
        "\u{fe00}",
        "\u{fe0f}",
        "\u{feff}",
        "\u{ffa0}",
        "\u{fff9}",
        "\u{fffb}",
        "\u{13430}",
        "\u{13440}",
        "\u{13441}",
        "\u{13442}",
        "\u{378}",
        "\u{600}",
        "\u{e000}",
        "\u{1bca0}",
        "\u{1d159}",
        "\u{1d173}",
        "\u{e0001}",
        "\u{e0020}",
        "\u{e007f}",
        "\u{e0100}",
        "\u{301}",
        "\u{332}",
        "\u{20dd}",
        "\u{e000}",
        "\u{f0b7}",
    ];
    for text in nothing {
        assert_eq!(many_lines(text, 10), Err(Fault::Blank), "{text:?}");
        assert_eq!(one_line(text, 10), Err(Fault::Blank), "{text:?}");
        let among = format!(" {text}\u{200b}\n{text}\u{3164}");
        assert_eq!(many_lines(&among, 10), Err(Fault::Blank), "{text:?}");
    }
    for text in [
        "a",
        ".",
        "0",
        "é",
        "م",
        "中",
        "👍",
        "\u{1f3f4}\u{e0067}\u{e007f}",
        "\u{fffd}",
    ] {
        assert!(many_lines(text, 10).is_ok(), "{text:?}");
    }
}

#[test]
fn every_control_character_but_line_breaks_and_tabs_is_refused() {
    for code in (0..=0x1f).chain(0x7f..=0x9f) {
        let c = char::from_u32(code).unwrap();
        let text = format!("a{c}b");
        let (many, one) = (many_lines(&text, 10), one_line(&text, 10));
        match c {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' => {
                assert_eq!(many.as_deref(), Ok("a\nb"), "{code:x}");
                assert_eq!(one, Err(Fault::SeveralLines), "{code:x}");
            }
            '\t' => {
                assert_eq!(many.as_deref(), Ok("a\tb"));
                assert_eq!(one, Err(Fault::SeveralLines));
            }
            _ => {
                assert_eq!(many, Err(Fault::ControlCharacter), "{code:x}");
                assert_eq!(one, Err(Fault::ControlCharacter), "{code:x}");
            }
        }
    }
    assert_eq!(many_lines("\0", 10), Err(Fault::ControlCharacter));
    for c in [
        '\u{fdd0}',
        '\u{fdef}',
        '\u{fffe}',
        '\u{ffff}',
        '\u{1fffe}',
        '\u{10ffff}',
    ] {
        assert_eq!(many_lines(&format!("a{c}"), 10), Err(Fault::Noncharacter));
        assert_eq!(one_line(&format!("a{c}"), 10), Err(Fault::Noncharacter));
    }
}

#[test]
fn line_breaks_of_every_kind_become_one_kind() {
    let table = [
        ("a\r\nb", "a\nb"),
        ("a\r\r\nb", "a\n\nb"),
        ("a\n\rb", "a\n\nb"),
        ("a\u{2028}b\u{2029}c", "a\nb\nc"),
        ("a\u{85}\u{b}\u{c}b", "a\n\n\nb"),
        ("\r\n a \r\n", "a"),
    ];
    for (text, expected) in table {
        assert_eq!(many_lines(text, 10).as_deref(), Ok(expected), "{text:?}");
    }
    assert_eq!(one_line("Anne\r\nMarie", 20), Err(Fault::SeveralLines));
    assert_eq!(
        one_line("\tAnne Marie\r\n", 20).as_deref(),
        Ok("Anne Marie")
    );
}

#[test]
fn text_is_composed_and_counted_afterwards() {
    assert_eq!(many_lines("Ame\u{301}lie", 6).as_deref(), Ok("Amélie"));
    assert_eq!(
        one_line("  \u{1112}\u{1161}\u{11ab}  ", 1).as_deref(),
        Ok("한")
    );
    assert_eq!(one_line("👍👍👍", 3).as_deref(), Ok("👍👍👍"));
    assert_eq!(one_line("abcd", 3), Err(Fault::TooLong(3)));
    assert_eq!(many_lines("ab\r\nc", 4).as_deref(), Ok("ab\nc"));
    assert_eq!(many_lines("ab\r\ncd", 4), Err(Fault::TooLong(4)));
}

#[test]
fn what_turns_the_direction_round_is_refused_in_a_line_and_marked_in_text() {
    let controls = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    for c in controls.chars() {
        let text = format!("a{c}b");
        assert_eq!(one_line(&text, 10), Err(Fault::BidirectionalControl));
        let shown = format!("a[U+{:04X}]b", u32::from(c));
        assert_eq!(many_lines(&text, 10).as_deref(), Ok(shown.as_str()));
        assert_eq!(
            many_lines(&shown, 10).as_deref(),
            Ok(shown.as_str()),
            "marked once"
        );
        assert_eq!(
            many_lines(&text, 9),
            Err(Fault::TooLong(9)),
            "counted as shown"
        );
    }
    assert_eq!(marked("plain"), "plain");
    // Words that are written from right to left need no control character.
    assert_eq!(one_line("سارة", 10).as_deref(), Ok("سارة"));
}

#[test]
fn what_is_normal_stays_as_it_is() {
    let again = |text: &str| {
        let once = many_lines(text, 100).unwrap();
        assert_eq!(
            many_lines(&once, 100).as_deref(),
            Ok(once.as_str()),
            "{text:?}"
        );
        once
    };
    for text in [
        "a  b",
        "a\n\n b",
        "\u{fb01}",
        "Zoë O\u{2019}Brien",
        "نمی\u{200c}خواهم",
        "❤\u{fe0f}",
    ] {
        assert_eq!(again(text), text);
    }
    again("\u{212b}");
    again("\u{200b} a \u{feff}\u{2028}b\u{202e}c");
}

#[test]
fn a_fault_travels_through_a_parser_and_back() {
    let all = [
        Fault::Blank,
        Fault::TooLong(120),
        Fault::SecretLength(15, 1024),
        Fault::ControlCharacter,
        Fault::SeveralLines,
        Fault::BidirectionalControl,
        Fault::Noncharacter,
    ];
    for fault in all {
        let heard = format!("{} at line 1 column 7", fault.signal());
        assert_eq!(Fault::from_signal(&heard), Some(fault));
    }
    assert_eq!(
        Fault::from_signal("unknown field `text refused: blank 0 0`"),
        None
    );
}

#[test]
fn what_was_stored_is_opened_as_it_is_and_what_a_caller_sends_is_not() {
    use crate::edge::from_a_caller;
    let old = "\"\\u0000\\u202ea\\r\\n \"";
    let read = serde_json::from_str::<Line<3>>(old).unwrap();
    assert_eq!(
        serde_json::to_string(&read).unwrap(),
        "\"\\u0000\u{202e}a\\r\\n \""
    );
    assert!(from_a_caller(None, || serde_json::from_str::<Line<3>>(old)).is_err());
    assert!(from_a_caller(None, || serde_json::from_str::<Text<3>>("\"abcd\"")).is_err());
    assert!(serde_json::from_str::<Secret<1, 9>>("\"a\\u0000\"").is_err());
    assert!(serde_json::from_str::<Text<3>>("\"abcd\"").is_ok());
    assert!(!format!("{:?}", Line::<9>::as_stored("CANARY")).contains("CANARY"));
}
