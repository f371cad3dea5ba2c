//! A feed in iCalendar (RFC 5545). A meeting keeps its `UID`; `SEQUENCE` grows with every change of
//! it, so that a calendar moves it and strikes it out.

use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Calendar, Class, Component, Event, EventLike, EventStatus};

use super::store::CalendarEntry;
use practice::dates::later;

/// A long meeting; nobody's calendar shows more than a working day of it.
const LONGEST: i32 = 8 * 60;

/// The feed as a calendar reads it.
pub fn render(entries: &[CalendarEntry], now: DateTime<Utc>) -> String {
    let mut calendar = Calendar::new();
    calendar.name("MARAC meetings");
    calendar.append_property(("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"));
    for entry in entries {
        if let Some(event) = event(entry, now) {
            calendar.push(event);
        }
    }
    calendar.done().to_string()
}

fn event(entry: &CalendarEntry, now: DateTime<Utc>) -> Option<Event> {
    let starts_at = entry.starts_at?;
    let minutes = entry.minutes?.clamp(1, LONGEST);
    let status = match entry.cancelled? {
        true => EventStatus::Cancelled,
        false => EventStatus::Confirmed,
    };
    let uid = format!("{}@toldonce", entry.meeting_id?);
    let event = Event::new()
        .uid(&uid)
        .timestamp(now)
        .sequence(u32::try_from(entry.version?).unwrap_or(0))
        .summary("MARAC meeting")
        .starts(starts_at)
        .ends(later(starts_at, TimeDelta::minutes(minutes.into())))
        .status(status)
        .class(Class::Private)
        .done();
    Some(event)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn entry(cancelled: bool, version: i32) -> CalendarEntry {
        CalendarEntry {
            user_id: Uuid::nil(),
            meeting_id: Some(Uuid::max()),
            starts_at: DateTime::from_timestamp(1_800_000_000, 0),
            minutes: Some(375),
            cancelled: Some(cancelled),
            version: Some(version),
        }
    }

    #[test]
    fn it_says_when_and_nothing_else() {
        let text = render(&[entry(false, 3)], DateTime::UNIX_EPOCH);
        let names: Vec<_> = text
            .lines()
            .filter_map(|line| line.split([':', ';']).next())
            .collect();
        for name in &names {
            let known = [
                "BEGIN",
                "END",
                "VERSION",
                "PRODID",
                "CALSCALE",
                "NAME",
                "X-WR-CALNAME",
                "REFRESH-INTERVAL",
                "UID",
                "DTSTAMP",
                "SEQUENCE",
                "SUMMARY",
                "DTSTART",
                "DTEND",
                "STATUS",
                "CLASS",
            ];
            assert!(known.contains(name), "{name} in\n{text}");
        }
        for line in [
            "UID:ffffffff-ffff-ffff-ffff-ffffffffffff@toldonce\r\n",
            "DTSTART:20270115T080000Z\r\n",
            "DTEND:20270115T141500Z\r\n",
            "DTSTAMP:19700101T000000Z\r\n",
            "SEQUENCE:3\r\n",
            "STATUS:CONFIRMED\r\n",
            "SUMMARY:MARAC meeting\r\n",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n",
        ] {
            assert!(text.contains(line), "{line:?} is not in\n{text}");
        }
    }

    #[test]
    fn a_cancelled_meeting_is_struck_out_under_the_same_uid() {
        let text = render(&[entry(true, 4)], DateTime::UNIX_EPOCH);
        assert!(text.contains("STATUS:CANCELLED") && text.contains("SEQUENCE:4"));
        assert!(text.contains("UID:ffffffff-"));
    }

    #[test]
    fn nobody_meets_and_it_is_still_a_calendar() {
        let nothing = CalendarEntry {
            meeting_id: None,
            starts_at: None,
            minutes: None,
            cancelled: None,
            version: None,
            ..entry(false, 1)
        };
        let text = render(&[nothing], DateTime::UNIX_EPOCH);
        assert!(
            text.starts_with("BEGIN:VCALENDAR\r\n") && !text.contains("VEVENT"),
            "{text}"
        );
    }
}
