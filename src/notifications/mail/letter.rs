//! What an e-mail says: that there is something, by case code, and to sign in. No name, no content,
//! and nothing that tells what kind of work its reader does.

use std::time::SystemTime;

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use uuid::Uuid;

use super::post::Mailer;
use super::store::{Addressed, Waiting};
use crate::notifications::model::NoticeKind;

/// Codes one e-mail lists; a whole agenda fits.
const CODES: usize = 60;

/// An e-mail ready to go.
pub struct Letter {
    pub id: Uuid,
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
}

/// The letter for a row, the same however often it is written; nothing if the address is none.
pub fn write(mailer: &Mailer, row: &Waiting, to: &Addressed) -> Option<Letter> {
    let from = mailer.from()?.clone();
    let to_box = Mailbox::new(None, to.address.parse().ok()?);
    let id = format!("<{}@{}>", row.id, from.email.domain());
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(from)
        .to(to_box)
        .subject(format!("Told Once: {}", phrase(row.kind)))
        .message_id(Some(id))
        .date(SystemTime::from(row.created_at))
        .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
        .header(ContentType::TEXT_PLAIN)
        .body(text(row.kind, &to.codes, mailer.public_url()))
        .ok()?;
    Some(Letter {
        id: row.id,
        envelope: message.envelope().clone(),
        bytes: message.formatted(),
    })
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
    text + "\r\nThis message was sent by a program; nobody reads answers to it.\r\n"
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
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn letter(codes: &[&str]) -> String {
        let mailer =
            Mailer::folder("/nowhere".into(), "Told Once <told@example.org>", None).unwrap();
        let row = Waiting {
            id: Uuid::nil(),
            kind: NoticeKind::ActionOverdue,
            attempts: 1,
            created_at: DateTime::UNIX_EPOCH,
        };
        let to = Addressed {
            id: Uuid::nil(),
            address: "reader@agency.example".into(),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        };
        let again = write(&mailer, &row, &to).unwrap();
        let letter = write(&mailer, &row, &to).unwrap();
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
    fn no_kind_tells_what_its_readers_work_on() {
        for kind in NoticeKind::ALL {
            let text = phrase(*kind).to_lowercase();
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
            kind: NoticeKind::ActionDue,
            attempts: 1,
            created_at: DateTime::UNIX_EPOCH,
        };
        for address in ["", "a@b\r\nBcc: c@d", "nobody"] {
            let to = Addressed {
                id: Uuid::nil(),
                address: address.into(),
                codes: Vec::new(),
            };
            assert!(write(&mailer, &row, &to).is_none(), "{address:?}");
        }
    }
}
