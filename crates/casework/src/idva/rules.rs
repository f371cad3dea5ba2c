//! How a contact with a survivor may be recorded: pure decisions.

use chrono::{DateTime, Utc};

use super::{ContactChannel, ContactPurpose, ContactResult};
use kernel::error::{Error, FieldError, Result};
use practice::party::ContactKind;

/// A way to reach the survivor, and what of it is marked safe.
#[derive(Debug, Clone, Copy)]
pub struct Safe {
    /// What it is.
    pub kind: ContactKind,
    /// Safe to call.
    pub call: bool,
    /// Safe to write to.
    pub text: bool,
    /// Safe to leave a voicemail.
    pub voicemail: bool,
}

/// What is to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Tried<'a> {
    pub purpose: ContactPurpose,
    pub channel: ContactChannel,
    pub result: ContactResult,
    pub at: DateTime<Utc>,
    /// A contact was named.
    pub contact_named: bool,
    /// That contact, if it is one of the survivor's.
    pub contact: Option<Safe>,
    /// Why a channel was used that is not marked safe.
    pub unsafe_reason: Option<&'a str>,
    /// Their views were taken down.
    pub views: bool,
    /// The case was heard, or its alert noted.
    pub heard: bool,
}

/// Whether it may be recorded; if so, whether the channel was marked safe (R8).
pub fn check(tried: Tried<'_>, now: DateTime<Utc>) -> Result<bool> {
    let mut errors = Vec::new();
    if tried.at > now {
        errors.push(FieldError::new(
            "/tried_at",
            "in_the_future",
            "This is still to come.",
        ));
    }
    if tried.views && tried.result != ContactResult::Reached {
        errors.push(FieldError::new(
            "/views",
            "not_reached",
            "Views are theirs to give: only when they were reached.",
        ));
    }
    let safe = match (tried.channel, tried.contact_named, tried.contact) {
        (ContactChannel::InPerson, false, _) => Some(true),
        (ContactChannel::InPerson, true, _) => {
            errors.push(FieldError::new(
                "/contact_id",
                "not_in_person",
                "Name no contact for what was said in person.",
            ));
            None
        }
        (_, false, _) => {
            errors.push(FieldError::required("/contact_id"));
            None
        }
        (_, true, None) => {
            errors.push(FieldError::new(
                "/contact_id",
                "unknown",
                "Name a contact of the survivor of this case.",
            ));
            None
        }
        (channel, true, Some(contact)) => {
            let safe = is_safe(channel, contact);
            if safe.is_none() {
                errors.push(FieldError::new(
                    "/channel",
                    "not_of_this_contact",
                    "This contact cannot be used in this way.",
                ));
            }
            safe
        }
    };
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    if tried.purpose == ContactPurpose::Feedback && !tried.heard {
        return Err(Error::conflict("not_heard_yet"));
    }
    let safe = safe.unwrap_or(false);
    let said_why = tried
        .unsafe_reason
        .is_some_and(|reason| !reason.trim().is_empty());
    match safe || said_why {
        true => Ok(safe),
        false => Err(Error::conflict("channel_not_safe")),
    }
}

/// Whether the channel is marked safe; `None`, if the contact is of another kind. What is safe to text
/// is safe to write to; a third party is called.
fn is_safe(channel: ContactChannel, contact: Safe) -> Option<bool> {
    match (channel, contact.kind) {
        (ContactChannel::Call, ContactKind::Phone) => Some(contact.call),
        (ContactChannel::Text, ContactKind::Phone) => Some(contact.text),
        (ContactChannel::Voicemail, ContactKind::Phone) => Some(contact.voicemail),
        (ContactChannel::Email, ContactKind::Email) => Some(contact.text),
        (ContactChannel::ThirdParty, ContactKind::ThirdParty) => Some(contact.call),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Safe = Safe {
        kind: ContactKind::Phone,
        call: false,
        text: false,
        voicemail: false,
    };

    fn at(hour: u32) -> DateTime<Utc> {
        chrono::NaiveDate::from_ymd_opt(2026, 5, 4)
            .unwrap()
            .and_hms_opt(hour, 0, 0)
            .unwrap()
            .and_utc()
    }

    fn tried(channel: ContactChannel, contact: Option<Safe>) -> Tried<'static> {
        Tried {
            purpose: ContactPurpose::BeforeMeeting,
            channel,
            result: ContactResult::Reached,
            at: at(9),
            contact_named: contact.is_some(),
            contact,
            unsafe_reason: None,
            views: false,
            heard: false,
        }
    }

    fn outcome(tried: Tried<'_>) -> String {
        match check(tried, at(10)) {
            Ok(true) => "safe".into(),
            Ok(false) => "not safe".into(),
            Err(Error::Problem(problem)) => match problem.reason {
                Some(reason) => reason.into(),
                None => problem
                    .errors
                    .iter()
                    .map(|error| format!("{} {}", error.pointer, error.code))
                    .collect::<Vec<_>>()
                    .join(", "),
            },
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn only_a_channel_marked_safe_is_recorded_without_a_reason() {
        use ContactChannel as C;
        use ContactKind as K;
        let of = |kind, mark: &str| Safe {
            kind,
            call: mark == "call",
            text: mark == "text",
            voicemail: mark == "voicemail",
        };
        let marks = ["", "call", "text", "voicemail"];
        for channel in ContactChannel::ALL {
            for kind in ContactKind::ALL {
                for mark in marks {
                    let right = match (channel, kind) {
                        (C::Call, K::Phone) | (C::ThirdParty, K::ThirdParty) => Some("call"),
                        (C::Text, K::Phone) | (C::Email, K::Email) => Some("text"),
                        (C::Voicemail, K::Phone) => Some("voicemail"),
                        _ => None,
                    };
                    let expected = match (*channel, right) {
                        (C::InPerson, _) => "/contact_id not_in_person",
                        (_, None) => "/channel not_of_this_contact",
                        (_, Some(right)) if right == mark => "safe",
                        (_, Some(_)) => "channel_not_safe",
                    };
                    let one = tried(*channel, Some(of(*kind, mark)));
                    assert_eq!(outcome(one), expected, "{channel:?} {kind:?} {mark}");
                }
            }
        }
    }

    #[test]
    fn an_unsafe_channel_needs_a_reason_and_is_marked() {
        for (reason, expected) in [
            (None, "channel_not_safe"),
            (Some("  "), "channel_not_safe"),
            (Some("She asked to be rung there."), "not safe"),
        ] {
            let one = Tried {
                unsafe_reason: reason,
                ..tried(ContactChannel::Call, Some(NOTHING))
            };
            assert_eq!(outcome(one), expected, "{reason:?}");
        }
    }

    #[test]
    fn what_cannot_have_been_is_refused() {
        use ContactChannel::{Call, InPerson};
        let safe = Safe {
            call: true,
            ..NOTHING
        };
        let table = [
            (tried(InPerson, None), "safe"),
            (tried(Call, None), "/contact_id required"),
            (
                Tried {
                    contact_named: true,
                    ..tried(Call, None)
                },
                "/contact_id unknown",
            ),
            (
                Tried {
                    at: at(11),
                    ..tried(Call, Some(safe))
                },
                "/tried_at in_the_future",
            ),
            (
                Tried {
                    views: true,
                    result: ContactResult::NoAnswer,
                    ..tried(Call, Some(safe))
                },
                "/views not_reached",
            ),
            (
                Tried {
                    views: true,
                    ..tried(Call, Some(safe))
                },
                "safe",
            ),
            (
                Tried {
                    purpose: ContactPurpose::Feedback,
                    ..tried(Call, Some(safe))
                },
                "not_heard_yet",
            ),
            (
                Tried {
                    purpose: ContactPurpose::Feedback,
                    heard: true,
                    ..tried(Call, Some(safe))
                },
                "safe",
            ),
        ];
        for (one, expected) in table {
            assert_eq!(outcome(one), expected, "{one:?}");
        }
    }
}
