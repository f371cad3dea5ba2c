//! What an e-mail says: that there is something, by case code, and to sign in; or what happened to the
//! reader's account, with a link. No name, no content, and nothing that tells what kind of work its
//! reader does.

use std::time::SystemTime;

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use uuid::Uuid;

use super::post::Mailer;
use super::store::{Addressed, Waiting};
use crate::notifications::letters::{AccountMatter, LetterKind, Words};
use crate::notifications::model::NoticeKind;

/// Codes one e-mail lists; a whole agenda fits.
const CODES: usize = 60;

/// An e-mail ready to go.
pub struct Letter {
    pub id: Uuid,
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
}

/// The letter for a notice, the same however often it is written; nothing if the address is none.
pub fn notice(mailer: &Mailer, row: &Waiting, kind: NoticeKind, to: &Addressed) -> Option<Letter> {
    let text = text(kind, &to.codes, mailer.public_url());
    write(mailer, row, &to.address, phrase(kind), text)
}

/// The letter about an account.
pub fn about_account(
    mailer: &Mailer,
    row: &Waiting,
    kind: LetterKind,
    words: &Words,
) -> Option<Letter> {
    let text = account_text(kind, words, mailer.public_url());
    write(mailer, row, &words.address, account_phrase(kind), text)
}

fn write(
    mailer: &Mailer,
    row: &Waiting,
    address: &str,
    phrase: &str,
    text: String,
) -> Option<Letter> {
    let from = mailer.from()?.clone();
    let to_box = Mailbox::new(None, address.parse().ok()?);
    let id = format!("<{}@{}>", row.id, from.email.domain());
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(from)
        .to(to_box)
        .subject(format!("Told Once: {phrase}"))
        .message_id(Some(id))
        .date(SystemTime::from(row.created_at))
        .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
        .header(ContentType::TEXT_PLAIN)
        .body(text)
        .ok()?;
    Some(Letter {
        id: row.id,
        envelope: message.envelope().clone(),
        bytes: message.formatted(),
    })
}

const LAST_LINE: &str = "\r\nThis message was sent by a program; nobody reads answers to it.\r\n";

fn account_text(kind: LetterKind, words: &Words, public_url: Option<&str>) -> String {
    let mut text = format!("Told Once: {}.\r\n\r\n", account_phrase(kind));
    for change in &words.changes {
        text += &format!("  {}\r\n", change_phrase(*change));
    }
    if let Some(link) = &words.link {
        let until = link.until.format("%Y-%m-%d %H:%M");
        text += &format!(
            "{}. Your code is good once, until {until} UTC:\r\n\r\n  {}\r\n",
            account_advice(kind),
            link.token
        );
    }
    if let Some(url) = public_url {
        text += &format!("\r\nWhere: {url}\r\n");
    }
    text + "\r\nIf you did not expect this, tell your coordinator at once.\r\n" + LAST_LINE
}

const fn account_phrase(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Invitation => "an account was made for you",
        LetterKind::PasswordLink => "somebody asked for a new password for you",
        LetterKind::AddressLink => "this address is to become your account's",
        LetterKind::AccountChanged => "somebody changed your account",
    }
}

const fn account_advice(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Invitation | LetterKind::PasswordLink => {
            "Choose a password of at least 15 characters with the code below"
        }
        LetterKind::AddressLink | LetterKind::AccountChanged => {
            "Sign in with your address so far, and confirm the new one with the code below"
        }
    }
}

const fn change_phrase(change: AccountMatter) -> &'static str {
    match change {
        AccountMatter::AddressAsked => {
            "Another address was asked for. It holds once it is confirmed."
        }
        AccountMatter::Address => "Its address was changed: nothing more is sent to this one.",
        AccountMatter::Roles => "Its roles were changed.",
        AccountMatter::Reopened => "It was opened again.",
        AccountMatter::Actor => "A program was linked to it, and acts in your name.",
    }
}

fn text(kind: NoticeKind, codes: &[String], public_url: Option<&str>) -> String {
    let mut text = format!("Told Once: {}.\r\n\r\n", phrase(kind));
    for code in codes.iter().take(CODES) {
        text += &format!("  {code}\r\n");
    }
    if codes.len() > CODES {
        text += "  and others\r\n";
    }
    if !codes.is_empty() {
        text += "\r\n";
    }
    match public_url {
        Some(url) => text += &format!("Sign in to read more: {url}\r\n"),
        None => text += "Sign in to read more.\r\n",
    }
    text + LAST_LINE
}

/// The kind in words that may stand on a locked screen.
const fn phrase(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::ReferralReceived => "something was sent in",
        NoticeKind::ReferralReturned => "something you sent in came back to you",
        NoticeKind::ReferralAccepted | NoticeKind::ReferralNotAccepted => {
            "something you sent in was decided"
        }
        NoticeKind::DecisionChallenged => "somebody asks you to decide again",
        NoticeKind::CaseListed => "something was listed to you",
        NoticeKind::ResearchDue => "a return is due",
        NoticeKind::ResearchLate => "a return is late",
        NoticeKind::MeetingMoved => "a meeting was moved",
        NoticeKind::MeetingCancelled => "a meeting was cancelled",
        NoticeKind::ActionAssigned => "an action was assigned to you",
        NoticeKind::ActionDue => "an action is due",
        NoticeKind::ActionOverdue => "an action is overdue",
        NoticeKind::ActionEscalated => "an overdue action was escalated to you",
        NoticeKind::ActionReported => "an action was reported",
        NoticeKind::MinutesIssued => "minutes were issued",
        NoticeKind::QuestionAsked => "a question was asked",
        NoticeKind::QuestionAnswered => "a question was answered",
        NoticeKind::CaseLapsing => "something lapses soon",
        NoticeKind::CaseLapsed => "something has lapsed",
        NoticeKind::FlagDue | NoticeKind::IdvaContactDue => "a task is due",
        NoticeKind::CoverTaken => "work was handed over",
        NoticeKind::PasswordReset => "somebody asked for a new password for you",
        NoticeKind::AccountMade => "an account was made",
        NoticeKind::AccountChanged => "an account was changed",
        NoticeKind::RoleGranted => "a role was granted",
        NoticeKind::GrantToConfirm => "a grant waits to be confirmed",
        NoticeKind::ClientChanged => "a program's access was changed",
        NoticeKind::OwnAccountChanged => "somebody changed your account",
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::notifications::letters::Link;

    fn letter(codes: &[&str]) -> String {
        let mailer =
            Mailer::folder("/nowhere".into(), "Told Once <told@example.org>", None).unwrap();
        let row = Waiting {
            id: Uuid::nil(),
            kind: Some(NoticeKind::ActionOverdue),
            letter: None,
            sealed: None,
            master_key_id: None,
            attempts: 1,
            created_at: DateTime::UNIX_EPOCH,
        };
        let to = Addressed {
            id: Uuid::nil(),
            address: "reader@agency.example".into(),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        };
        let again = notice(&mailer, &row, NoticeKind::ActionOverdue, &to).unwrap();
        let letter = notice(&mailer, &row, NoticeKind::ActionOverdue, &to).unwrap();
        assert_eq!(letter.bytes, again.bytes);
        String::from_utf8(letter.bytes).unwrap()
    }

    #[test]
    fn it_says_a_code_and_to_sign_in() {
        let text = letter(&["WCC-7K3Q9"]);
        for part in [
            "To: reader@agency.example\r\n",
            "Subject: Told Once: an action is overdue\r\n",
            "Message-ID: <00000000-0000-0000-0000-000000000000@example.org>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "\r\n  WCC-7K3Q9\r\n",
            "Sign in to read more",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }

    #[test]
    fn a_letter_with_a_link_says_it_on_a_line_of_its_own_and_how_long_it_holds() {
        let mailer = Mailer::folder("/nowhere".into(), "told@example.org", None).unwrap();
        let row = Waiting {
            id: Uuid::nil(),
            kind: None,
            letter: Some(LetterKind::Invitation),
            sealed: None,
            master_key_id: None,
            attempts: 1,
            created_at: DateTime::UNIX_EPOCH,
        };
        let token = kernel::crypto::secret().unwrap();
        let words = Words {
            address: "reader@agency.example".into(),
            link: Some(Link {
                token: token.clone(),
                until: DateTime::UNIX_EPOCH,
            }),
            changes: vec![AccountMatter::Roles],
        };
        for kind in LetterKind::ALL {
            let letter = about_account(&mailer, &row, *kind, &words).unwrap();
            let text = String::from_utf8(letter.bytes).unwrap();
            assert!(text.contains(&format!("\r\n  {token}\r\n")), "{text}");
            assert!(text.contains("1970-01-01 00:00 UTC"), "{text}");
            assert!(text.contains("To: reader@agency.example\r\n"), "{text}");
        }
    }

    #[test]
    fn no_kind_tells_what_its_readers_work_on() {
        let notices = NoticeKind::ALL.iter().map(|kind| phrase(*kind));
        let letters = LetterKind::ALL.iter().map(|kind| account_phrase(*kind));
        let advice = LetterKind::ALL.iter().map(|kind| account_advice(*kind));
        let changes = AccountMatter::ALL.iter().map(|one| change_phrase(*one));
        for kind in notices.chain(letters).chain(advice).chain(changes) {
            let text = kind.to_lowercase();
            for word in [
                "marac", "abuse", "victim", "survivor", "referral", "idva", "risk", "case",
            ] {
                assert!(!text.contains(word), "{kind:?}");
            }
        }
    }

    #[test]
    fn an_address_that_is_none_gets_no_letter() {
        let mailer = Mailer::folder("/nowhere".into(), "told@example.org", None).unwrap();
        let row = Waiting {
            id: Uuid::nil(),
            kind: Some(NoticeKind::ActionDue),
            letter: None,
            sealed: None,
            master_key_id: None,
            attempts: 1,
            created_at: DateTime::UNIX_EPOCH,
        };
        for address in ["", "a@b\r\nBcc: c@d", "nobody"] {
            let to = Addressed {
                id: Uuid::nil(),
                address: address.into(),
                codes: Vec::new(),
            };
            assert!(
                notice(&mailer, &row, NoticeKind::ActionDue, &to).is_none(),
                "{address:?}"
            );
        }
    }
}
