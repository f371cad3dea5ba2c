//! Drafting, approving, issuing and correcting minutes: the steps that `rules` allows.

use std::collections::HashMap;

use uuid::Uuid;

use super::answer::MinutesOut;
use super::change_api::MinutesChangeIn;
use super::draft::{self, day_of};
use super::model::{Kept, MinutesCorrection, MinutesFrame, MinutesPart, frame_of};
use super::read::{self, Seen};
use super::rules::{self, Command, Latest, Step};
use super::store::{self, NewVersion, Parts, VersionRow};
use super::{MinutesStatus, damaged, edits, key_store};
use crate::meetings::{self, Meeting, MeetingStatus};
use directory::maracs;
use directory::notifications::{self, Notice, NoticeKind, To};
use kernel::audit::Audited;
use kernel::db::Tx;
use kernel::error::{Error, FieldError, Result};
use kernel::http::IfMatch;
use kernel::policy::{Act, hidden};

/// The meeting, locked, what the caller has of its minutes, and what the command leads to.
struct Work {
    meeting: Meeting,
    seen: Seen,
    step: Step,
}

fn begin(
    tx: &mut Tx<'_>,
    act: Act,
    meeting_id: Uuid,
    if_match: IfMatch,
    command: Command,
) -> Result<Work> {
    let meeting = meetings::in_sight_locked(tx, act, meeting_id)?;
    let seen = read::seen(tx, &meeting)?;
    let latest = seen.latest();
    if_match.check(latest.map_or(0, |row| row.version))?;
    let latest = latest.map(|row| Latest {
        number: row.number,
        status: row.status,
    });
    let step = rules::step(meeting.status, latest, command)?;
    Ok(Work {
        meeting,
        seen,
        step,
    })
}

impl Work {
    fn latest(&self) -> Result<&VersionRow> {
        self.seen.latest().ok_or_else(hidden)
    }
}

/// The version as it now is.
fn outcome(tx: &mut Tx<'_>, meeting: &Meeting, version_id: Uuid) -> Result<Audited<MinutesOut>> {
    let seen = read::seen(tx, meeting)?;
    let edition = seen.edition(tx, meeting, version_id)?.ok_or_else(hidden)?;
    Ok(MinutesOut::audited(tx, meeting, edition))
}

/// Writes the first version from what was recorded; again, until it is issued. Parts of cases that are
/// closed to the caller stay as somebody else drafted them.
pub fn draft(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    if_match: IfMatch,
    any_other_business: Option<String>,
) -> Result<Audited<MinutesOut>> {
    let work = begin(tx, Act::DraftMinutes, meeting_id, if_match, Command::Draft)?;
    let meeting = &work.meeting;
    let marac = maracs::find(tx, meeting.marac_id)?;
    let frame = draft::frame(tx, meeting, &marac, any_other_business)?;
    let parts = draft::parts(tx, meeting)?;
    let key = key_store::key_or_new(tx, meeting)?;
    let id = match work.step {
        Step::Begin | Step::Next => {
            let id = Uuid::now_v7();
            let new = NewVersion {
                id,
                due_on: marac.settings()?.minutes_due_on(day_of(meeting)),
                frame: Some(key.seal_json(frame_of(id), &Kept::first(frame))?),
            };
            store::begin(tx, meeting, new)?;
            id
        }
        Step::To(_) => {
            let id = work.latest()?.id;
            let sealed = key.seal_json(frame_of(id), &Kept::first(frame))?;
            store::redraft(tx, id, Some(sealed))?;
            store::drop_parts(tx, id, Parts::InSight)?;
            id
        }
    };
    store::put_parts(tx, meeting, id, parts)?;
    outcome(tx, meeting, id)
}

/// The chair's word on the version in hand (R24).
pub fn approve(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    if_match: IfMatch,
) -> Result<Audited<MinutesOut>> {
    let act = Act::ApproveMinutes;
    let work = begin(tx, act, meeting_id, if_match, Command::Approve)?;
    let latest = work.latest()?;
    whole(tx, &work, latest)?;
    store::approve(tx, latest.id)?;
    outcome(tx, &work.meeting, latest.id)
}

/// Gives the approved version to its readers, and to nobody a way to change it.
pub fn issue(tx: &mut Tx<'_>, meeting_id: Uuid, if_match: IfMatch) -> Result<Audited<MinutesOut>> {
    let work = begin(tx, Act::IssueMinutes, meeting_id, if_match, Command::Issue)?;
    let latest = work.latest()?.clone();
    whole(tx, &work, &latest)?;
    store::issue(tx, latest.id)?;
    tell(tx, &work.meeting, &latest)?;
    let meeting = match work.meeting.status {
        MeetingStatus::Held => meetings::minuted(tx, work.meeting)?,
        _ => work.meeting,
    };
    outcome(tx, &meeting, latest.id)
}

/// Tells those who may read what is issued; of a correction of a case, nobody from whom it is closed.
fn tell(tx: &mut Tx<'_>, meeting: &Meeting, version: &VersionRow) -> Result<()> {
    let mut notices: Vec<Notice> = Vec::new();
    for (case_id, agency_id) in store::readers(tx, meeting, version)? {
        match notices.last_mut().filter(|one| one.case_id == case_id) {
            Some(notice) => notice.to.push(To::Agency(agency_id)),
            None => notices.push(Notice {
                kind: NoticeKind::MinutesIssued,
                marac_id: meeting.marac_id,
                case_id,
                subject: ("meeting", meeting.id),
                to: vec![To::Agency(agency_id)],
            }),
        }
    }
    notifications::tell(tx, &notices)
}

/// Who drafted the minutes may have been shut out of a case; then somebody who is not drafts them again.
/// What could not be read is not minutes.
fn whole(tx: &mut Tx<'_>, work: &Work, version: &VersionRow) -> Result<()> {
    let meeting = &work.meeting;
    if version.number == 1 && store::lacks_parts(tx, meeting.id, version.id)? {
        return Err(Error::conflict("parts_missing"));
    }
    let edition = work.seen.edition(tx, meeting, version.id)?;
    damaged::refuse(&edition.ok_or_else(hidden)?)
}

/// Corrects what was issued by a version of its own, or goes on with the one in hand (R24).
pub fn correct(
    tx: &mut Tx<'_>,
    meeting_id: Uuid,
    if_match: IfMatch,
    changes: &[MinutesChangeIn],
) -> Result<Audited<MinutesOut>> {
    let act = Act::CorrectMinutes;
    let work = begin(tx, act, meeting_id, if_match, Command::Correct)?;
    sayings(changes)?;
    let latest = work.latest()?;
    let hand = (latest.status != MinutesStatus::Issued).then_some(latest.id);
    let id = hand.unwrap_or_else(Uuid::now_v7);
    let mut again = HashMap::new();
    if changes.iter().any(|change| change.from_record) {
        again = draft::contents(tx, &work.meeting)?;
    }
    let (mut frame, mut parts) = (None, Vec::new());
    for (index, change) in changes.iter().enumerate() {
        let under = format!("/changes/{index}/edits");
        let correction = MinutesCorrection {
            what: change.what.clone().into_string(),
            why: change.why.clone().into_string(),
        };
        match change.case_id {
            None => {
                let mut base = work.seen.base_frame(tx, &work.meeting, hand)?;
                match change.from_record {
                    true => {
                        base.kept.content = reframed(tx, &work.meeting, base.kept.content)?;
                    }
                    false => damaged::refuse_base(base.place, &format!("/changes/{index}"))?,
                }
                base.kept.content = edits::apply(&base.kept.content, &change.edits, &under)?;
                base.kept.corrections.push(correction);
                frame = Some(base.key.seal_json(frame_of(id), &base.kept)?);
            }
            Some(case_id) => {
                let base = work.seen.base_part(tx, case_id, hand)?;
                let mut base = base.ok_or_else(|| {
                    let pointer = format!("/changes/{index}/case_id");
                    Error::field(&pointer, "unknown", "These minutes have no such case.")
                })?;
                if !change.from_record {
                    damaged::refuse_base(base.place, &format!("/changes/{index}"))?;
                }
                if let Some(part) = again.remove(&case_id).filter(|_| change.from_record) {
                    let notes = std::mem::take(&mut base.kept.content.notes);
                    base.kept.content = MinutesPart { notes, ..part };
                }
                base.kept.content = edits::apply(&base.kept.content, &change.edits, &under)?;
                base.kept.corrections.push(correction);
                let part = draft::sealed(&base.key, case_id, base.position, &base.kept)?;
                parts.push(part);
            }
        }
    }
    match hand {
        Some(id) => {
            store::redraft(tx, id, frame)?;
            let cases = parts.iter().map(|part| part.case_id).collect();
            store::drop_parts(tx, id, Parts::Of(cases))?;
        }
        None => {
            let due_on = latest.due_on;
            store::begin(tx, &work.meeting, NewVersion { id, due_on, frame })?;
        }
    }
    store::put_parts(tx, &work.meeting, id, parts)?;
    outcome(tx, &work.meeting, id)
}

/// The frame from the record as it now is, with what people added to it.
fn reframed(tx: &mut Tx<'_>, meeting: &Meeting, old: MinutesFrame) -> Result<MinutesFrame> {
    let marac = maracs::find(tx, meeting.marac_id)?;
    let new = draft::frame(tx, meeting, &marac, old.any_other_business)?;
    Ok(MinutesFrame {
        notes: old.notes,
        ..new
    })
}

/// Each case once, and each with something that changes.
fn sayings(changes: &[MinutesChangeIn]) -> Result<()> {
    let mut refused = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let mut before = changes.iter().take(index);
        if before.any(|one| one.case_id == change.case_id) {
            refused.push(FieldError::new(
                format!("/changes/{index}/case_id"),
                "twice",
                "Say all that changes of a case in one change.",
            ));
        }
        if change.edits.is_empty() && !change.from_record {
            refused.push(FieldError::required(format!("/changes/{index}/edits")));
        }
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(refused))
    }
}
