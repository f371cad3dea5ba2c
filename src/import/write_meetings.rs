//! Meetings, and the cases they heard.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::ImportError;
use super::report::FileReport;
use super::rows::{self, MEETINGS, MeetingRow};
use super::store::{self, ExistingReferral, Meeting};
use super::write::Register;
use casework::cases::intake;
use conference::meetings::{
    self, AgendaItemKind, HeardCase, HeldMeeting, MeetingKind, MeetingMode,
};
use kernel::audit::Event;
use kernel::db::Tx;
use kernel::error::Error;
use kernel::policy::Act;
use kernel::visibility;

/// The hour at which a meeting is taken to have begun; registers do not say.
const BEGINS_AT: u32 = 10;

/// A referral on the list of a meeting.
struct Listed {
    known: ExistingReferral,
    referred_on: NaiveDate,
    row: u64,
    has_children: bool,
}

type Lists = HashMap<(Uuid, NaiveDate), Vec<Listed>>;

impl Register<'_> {
    pub(super) fn write_meetings(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Event>, ImportError> {
        self.load_places(tx)?;
        let maracs = self.places.ids();
        let mut lists = self.lists(tx)?;
        let mut meetings = store::meetings(tx, &maracs)?;
        let mut agenda = store::agenda(tx, &maracs)?;
        let mut report =
            std::mem::replace(&mut self.checked.meetings, FileReport::new(MEETINGS.file));
        let mut table = self.open(&MEETINGS)?;
        let mut events = Vec::new();
        self.progress
            .begin("writing", MEETINGS.file, Some(report.rows));
        while table
            .next_row()
            .map_err(|error| ImportError::csv(MEETINGS.file, &error))?
            .is_some()
        {
            self.progress.advance(1);
            let row = rows::meeting(table.row(), tx.today())
                .map_err(|_| ImportError::Changed(MEETINGS.file))?;
            let marac_id = self.places.of(&row.area)?.id;
            let key = (marac_id, row.meeting_on);
            let meeting = match meetings.get(&key) {
                Some(meeting) => {
                    report.already_there += 1;
                    *meeting
                }
                None => {
                    let meeting = self.make_meeting(tx, &row)?;
                    meetings.insert(key, meeting);
                    report.new += 1;
                    report.count("still_to_come", u64::from(!meeting.held));
                    report.gaps(&["time_of_day", "mode"]);
                    events.push(Event::new().in_marac(marac_id).on("meeting", meeting.id));
                    meeting
                }
            };
            let listed = lists.remove(&key).unwrap_or_default();
            report.count(
                "counts_of_cases_that_differ_from_the_referrals",
                u64::from(listed.len() as u64 != u64::from(row.cases)),
            );
            let fresh: Vec<_> = newest_of_each_case(listed)
                .into_iter()
                .filter(|listed| agenda.insert((meeting.id, listed.known.case_id)))
                .collect();
            report.count("cases_put_on_agendas", fresh.len() as u64);
            match meeting.held {
                true => heard(tx, meeting.id, &fresh)?,
                false => to_be_heard(tx, meeting.id, &fresh)?,
            }
        }
        self.progress.end();
        let left: usize = lists.values().map(Vec::len).sum();
        report.count("referrals_whose_meeting_is_not_here", left as u64);
        self.checked.meetings = report;
        Ok(events)
    }

    /// The referrals by MARAC and meeting day.
    fn lists(&mut self, tx: &mut Tx<'_>) -> Result<Lists, ImportError> {
        let mut lists = Lists::new();
        for (reference, known) in self.known(tx)? {
            let Some(entry) = self.checked.entries.get(&reference) else {
                continue;
            };
            let Some(meeting_on) = entry.meeting_on else {
                continue;
            };
            let list = lists.entry((known.marac_id, meeting_on)).or_default();
            list.push(Listed {
                known,
                referred_on: entry.referred_on,
                row: entry.mark.row,
                has_children: entry.has_children,
            });
        }
        Ok(lists)
    }

    fn make_meeting(&self, tx: &mut Tx<'_>, row: &MeetingRow) -> Result<Meeting, ImportError> {
        let place = self.places.of(&row.area)?;
        let starts_at = beginning(row.meeting_on, &place.time_zone)?;
        let held = row.meeting_on <= tx.today() && starts_at <= tx.now;
        let (kind, mode) = (MeetingKind::Scheduled, MeetingMode::InPerson);
        let id = if held {
            let meeting = HeldMeeting {
                marac_id: place.id,
                kind,
                mode,
                place: None,
                circulated_at: starts_at,
                starts_at,
                ended_at: starts_at,
            };
            meetings::create_held(tx, meeting)?
        } else {
            meetings::plan(tx, place.id, kind, starts_at, mode, None)?
        };
        Ok(Meeting { id, held })
    }
}

fn beginning(on: NaiveDate, time_zone: &str) -> Result<DateTime<Utc>, Error> {
    let zone: Tz = time_zone
        .parse()
        .map_err(|_| Error::Internal("a MARAC's time zone is none"))?;
    let time = NaiveTime::from_hms_opt(BEGINS_AT, 0, 0).unwrap_or_default();
    let begins = zone.from_local_datetime(&on.and_time(time)).earliest();
    begins
        .map(|begins| begins.with_timezone(&Utc))
        .ok_or(Error::Internal("a meeting's day has no ten o'clock"))
}

/// A case is on an agenda once, for its latest referral; in the order of the referrals.
fn newest_of_each_case(mut listed: Vec<Listed>) -> Vec<Listed> {
    listed.sort_by_key(|one| (one.known.case_id, one.referred_on, one.row));
    listed.reverse();
    listed.dedup_by_key(|one| one.known.case_id);
    listed.sort_by_key(|one| (one.referred_on, one.row));
    listed
}

fn kind_of(listed: &Listed) -> AgendaItemKind {
    match listed.known.repeat {
        true => AgendaItemKind::Repeat,
        false => AgendaItemKind::New,
    }
}

/// The register does not say to which agencies a case was listed, so it is listed to none: owners see
/// their actions whatever they were listed.
fn heard(tx: &mut Tx<'_>, meeting_id: Uuid, listed: &[Listed]) -> Result<(), Error> {
    if listed.is_empty() {
        return Ok(());
    }
    let cases: Vec<_> = listed
        .iter()
        .map(|listed| HeardCase {
            case_id: listed.known.case_id,
            referral_id: Some(listed.known.id),
            kind: kind_of(listed),
            has_children: listed.has_children,
            agencies: Vec::new(),
        })
        .collect();
    meetings::add_heard(tx, meeting_id, &cases)?;
    let heard: Vec<_> = listed
        .iter()
        .map(|listed| (listed.known.case_id, listed.referred_on))
        .collect();
    intake::heard_before(tx, &heard)
}

fn to_be_heard(tx: &mut Tx<'_>, meeting_id: Uuid, listed: &[Listed]) -> Result<(), Error> {
    for one in listed {
        let case = visibility::case_locked(tx, Act::ImportRegister, one.known.case_id)?;
        let referral = Some(one.known.id);
        meetings::put_on(tx, &case, meeting_id, kind_of(one), referral, &[])?;
    }
    Ok(())
}
