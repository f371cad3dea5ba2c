//! Minutes as they are answered.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{MinutesAction, MinutesCorrection, MinutesFrame, MinutesHearing};
use super::read::{Edition, SeenPart};
use super::store::VersionRow;
use super::{MinutesStatus, rules};
use crate::meetings::{AgendaItemStatus, Meeting};
use kernel::audit::{Audited, Event};
use kernel::db::Tx;
use kernel::http::{Tagged, etag};
use kernel::policy::lens::FieldGroup;

/// Minutes as this reader has them.
#[derive(Debug, Serialize, ToSchema)]
pub struct MinutesOut {
    /// Where they stand, and since when.
    pub version: MinutesVersionOut,
    /// The meeting.
    pub meeting_id: Uuid,
    /// The MARAC.
    pub marac_id: Uuid,
    /// Of the meeting and of no case.
    pub frame: MinutesFrame,
    /// The cases this reader may see, in the order of the agenda.
    pub cases: Vec<MinutesCaseOut>,
}

/// A version of minutes.
#[derive(Debug, Serialize, ToSchema)]
pub struct MinutesVersionOut {
    /// Id.
    pub id: Uuid,
    /// Its number, among the versions that say something to this reader.
    pub number: usize,
    /// Where it is in its life cycle.
    pub status: MinutesStatus,
    /// The day by which minutes were to be issued (R25).
    pub due_on: NaiveDate,
    /// Issued after that day, or not issued and the day is past; null for a correction, which is due
    /// on no day.
    pub late: Option<bool>,
    /// When the chair approved it.
    pub approved_at: Option<DateTime<Utc>>,
    /// The chair's name.
    pub approved_by: Option<String>,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// By whom.
    pub issued_by: Option<String>,
    /// What it corrects, and why.
    pub corrections: Vec<MinutesCorrectionOut>,
    /// Version, for `If-Match`; for coordinator and chair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// What a version corrects.
#[derive(Debug, Serialize, ToSchema)]
pub struct MinutesCorrectionOut {
    /// Of which case; null: of the meeting.
    pub case_id: Option<Uuid>,
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// A case in minutes.
#[derive(Debug, Serialize, ToSchema)]
pub struct MinutesCaseOut {
    /// The case.
    pub case_id: Uuid,
    /// Its code.
    pub case_code: String,
    /// Its number among the cases of the meeting as this reader has them; null for one that was not
    /// heard.
    pub number: Option<u32>,
    /// What was said and decided, if it was on the agenda.
    pub heard: Option<MinutesHearing>,
    /// Actions left over from before (R21).
    pub outstanding: Vec<MinutesAction>,
    /// The day its twelve months ran out (R14).
    pub lapsed_on: Option<NaiveDate>,
    /// Added by corrections.
    pub notes: Vec<String>,
    /// Groups of fields this reader does not get.
    pub withheld: Vec<FieldGroup>,
}

impl MinutesVersionOut {
    /// A version as the caller has it.
    pub fn of(
        tx: &Tx<'_>,
        meeting: &Meeting,
        row: &VersionRow,
        number: usize,
        corrections: Vec<(Option<Uuid>, MinutesCorrection)>,
    ) -> Self {
        let staff = tx.actor.is_staff(meeting.marac_id);
        let late = || rules::late(row.due_on, row.issued_at, tx.today());
        Self {
            id: row.id,
            number,
            status: row.status,
            due_on: row.due_on,
            late: (row.number == 1).then(late),
            approved_at: row.approved_at,
            approved_by: row.approved_by.clone(),
            issued_at: row.issued_at,
            issued_by: row.issued_by.clone(),
            corrections: corrections
                .into_iter()
                .map(|(case_id, one)| MinutesCorrectionOut {
                    case_id,
                    what: one.what,
                    why: one.why,
                })
                .collect(),
            etag: staff.then(|| etag(row.version)),
        }
    }
}

impl MinutesOut {
    /// An edition, and the events of reading it: one of the meeting, and one of each case.
    pub fn audited(tx: &Tx<'_>, meeting: &Meeting, edition: Edition) -> Audited<Self> {
        let own = edition.corrections.into_iter().map(|one| (None, one));
        let of_cases = edition.parts.iter().flat_map(|part| {
            let corrections = part.corrections.iter().cloned();
            corrections.map(|one| (Some(part.case_id), one))
        });
        let corrections = own.chain(of_cases).collect();
        let version = &edition.row;
        let event = Event::list(edition.parts.len())
            .on("meeting", meeting.id)
            .in_marac(meeting.marac_id);
        let events: Vec<_> = edition
            .parts
            .iter()
            .map(|part| {
                Event::new()
                    .on("minutes", version.id)
                    .in_case(meeting.marac_id, part.case_id)
                    .fields(["minutes"])
            })
            .collect();
        let out = Self {
            version: MinutesVersionOut::of(tx, meeting, version, edition.number, corrections),
            meeting_id: meeting.id,
            marac_id: meeting.marac_id,
            frame: edition.frame,
            cases: numbered(edition.parts),
        };
        let audited = Audited::new(out, event.fields(["minutes"]));
        events.into_iter().fold(audited, Audited::and)
    }

    /// The answer, with the version for those who may change it.
    pub fn tagged(self) -> Tagged<Self> {
        Tagged::with(self.version.etag.clone(), self)
    }
}

/// The cases, those that were heard or noted with a number.
fn numbered(parts: Vec<SeenPart>) -> Vec<MinutesCaseOut> {
    let mut last = 0;
    parts
        .into_iter()
        .map(|seen| {
            let status = seen.part.heard.as_ref().map(|heard| heard.status);
            let takes_number = status.is_some_and(|status| status != AgendaItemStatus::Deferred);
            last += u32::from(takes_number);
            MinutesCaseOut {
                case_id: seen.case_id,
                case_code: seen.code,
                number: takes_number.then_some(last),
                heard: seen.part.heard,
                outstanding: seen.part.outstanding,
                lapsed_on: seen.part.lapsed_on,
                notes: seen.part.notes,
                withheld: seen.withheld,
            }
        })
        .collect()
}
